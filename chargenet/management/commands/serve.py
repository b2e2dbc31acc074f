"""``manage.py serve``: the portal, the API and the charger sockets in this process, under hardened Daphne.

Any number of these may run behind a balancer; background work is done by Celery workers of their own.
"""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.gateway.server import PortInUse, build_server, tune_gc


class Command(BaseCommand):
    help = "Serve the portal, the API and the charger sockets until a signal."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--trust-proxy-headers", action="store_true", help="Take addresses from X-Forwarded-*.")

    def handle(self, *, host: str, port: int, trust_proxy_headers: bool, **options) -> None:
        from chargenet.asgi import application

        try:
            server = build_server(
                application, host=host, port=port, trust_proxy_headers=trust_proxy_headers, **gateway_limits()
            )
        except PortInUse as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Listening on http://{host}:{server.port}/ and ws://{host}:{server.port}/ocpp/<identity>")
        tune_gc()
        server.run()


def gateway_limits() -> dict[str, float]:
    """The server's limits as the settings give them."""
    return {
        "frame_limit_bytes": settings.OCPP_MAX_FRAME_BYTES,
        "ping_interval_s": settings.OCPP_PING_INTERVAL_S,
        "ping_timeout_s": settings.OCPP_PING_TIMEOUT_S,
    }
