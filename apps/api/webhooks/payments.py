"""The door of payment providers. No sign-in and no cookie: the signature says who speaks."""

import structlog
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from apps.invoicing.payments.port import ForgedWebhook
from apps.invoicing.payments.providers import UnknownProvider
from apps.invoicing.services.inbox import receive_webhook

log = structlog.get_logger(__name__)
MAX_BODY_BYTES = 256 * 1024


@method_decorator(csrf_exempt, name="dispatch")
class PaymentWebhook(View):
    """``POST`` a message: 200 once it is kept (also a repeated one), 400 forged or unreadable, 404 no such provider."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, provider: str) -> JsonResponse:
        body = request.read(MAX_BODY_BYTES + 1)
        if len(body) > MAX_BODY_BYTES:
            return self._refuse(request, provider, 413, "body_too_large")
        try:
            rows = receive_webhook(provider=provider, headers=request.headers, body=body, at=timezone.now())
        except UnknownProvider:
            return self._refuse(request, provider, 404, "unknown_provider")
        except ForgedWebhook:
            return self._refuse(request, provider, 400, "forged")
        except ValueError:
            return self._refuse(request, provider, 400, "unreadable")
        return JsonResponse({"outcomes": [row.outcome for row in rows]})

    def _refuse(self, request: HttpRequest, provider: str, status: int, code: str) -> JsonResponse:
        log.warning(f"payments.webhook_{code}", provider=provider[:20], address=request.META.get("REMOTE_ADDR"))
        return JsonResponse({"code": code}, status=status)
