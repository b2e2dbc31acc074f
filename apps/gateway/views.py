"""What machines ask of a process: is it well, what has it counted."""

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

from apps.gateway.metrics import GatewayCollector

REGISTRY.register(GatewayCollector())
ANSWER_WITHIN_S = 2


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the process answers and reaches the database, and Redis where there is one; 503 otherwise."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "database away"}, status=503)
    if settings.REDIS_URL and not _redis_answers():
        return JsonResponse({"status": "Redis away"}, status=503)
    return JsonResponse({"status": "ok"})


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Counters of this process for Prometheus; 404 unless ``METRICS_ENABLED``."""
    if not settings.METRICS_ENABLED:
        raise Http404
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _redis_answers() -> bool:
    import redis  # 0.2 s that a start without Redis should not wait for

    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=ANSWER_WITHIN_S, socket_connect_timeout=ANSWER_WITHIN_S
        ) as client:
            return client.ping()
    except redis.RedisError:
        return False
