"""``manage.py serve``: the portal, the API and the charger sockets in this process, under hardened Daphne.

Any number of these may run behind a balancer; background work is done by Celery workers of their own.
"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.gateway.server import PortInUse, build_server, tune_gc


class Command(BaseCommand):
    help = "Serve the portal, the API and the charger sockets until a signal."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--trusted-proxies",
            help="Addresses or networks, comma-separated, whose X-Forwarded-For and -Proto are believed; "
            "TRUSTED_PROXIES of the settings if not given.",
        )

    def handle(self, *, host: str, port: int, trusted_proxies: str | None, **options) -> None:
        from chargenet.asgi import application

        limits = gateway_limits()
        if trusted_proxies is not None:
            limits["trusted_proxies"] = tuple(name for name in trusted_proxies.split(",") if name.strip())
        try:
            server = build_server(application, host=host, port=port, **limits)
        except (PortInUse, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Listening on http://{host}:{server.port}/ and ws://{host}:{server.port}/ocpp/<identity>")
        tune_gc()
        server.run()


def gateway_limits() -> dict[str, Any]:
    """The server's limits as the settings give them."""
    return {
        "frame_limit_bytes": settings.OCPP_MAX_FRAME_BYTES,
        "ping_interval_s": settings.OCPP_PING_INTERVAL_S,
        "ping_timeout_s": settings.OCPP_PING_TIMEOUT_S,
        "trusted_proxies": tuple(settings.TRUSTED_PROXIES),
    }
