"""``manage.py serve``: the portal, the API and the charger sockets in this process, under hardened Daphne.

Any number of these may run behind a balancer; background work is done by Celery workers of their own.
"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.gateway.server import PortInUse, build_server, tune_gc
from apps.gateway.tls_failures import note_failed_handshake
from chargenet.management.tls import add_tls_arguments, read_tls_options


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
        add_tls_arguments(parser)
        parser.add_argument("--tls-only", action="store_true", help="Listen with TLS alone, not on --port.")

    def handle(self, *, host: str, port: int, trusted_proxies: str | None, **options) -> None:
        from chargenet.asgi import application

        tls = read_tls_options(options)
        if options["tls_only"] and tls is None:
            raise CommandError("--tls-only needs --tls-cert and --tls-key.")
        limits = gateway_limits()
        if trusted_proxies is not None:
            limits["trusted_proxies"] = tuple(name for name in trusted_proxies.split(",") if name.strip())
        try:
            server = build_server(
                application,
                host=host,
                port=None if options["tls_only"] else port,
                tls=tls,
                handshake_failed=note_failed_handshake,
                **limits,
            )
        except (PortInUse, ValueError) as error:
            raise CommandError(str(error)) from error
        for letter, number in (("", server.port), ("s", server.tls_port)):
            if number is not None:
                self.stdout.write(
                    f"Listening on http{letter}://{host}:{number}/ and ws{letter}://{host}:{number}/ocpp/<identity>"
                )
        tune_gc()
        server.run()


def gateway_limits() -> dict[str, Any]:
    """The server's limits as the settings give them."""
    return {
        "frame_limit_bytes": settings.OCPP_MAX_FRAME_BYTES,
        "ping_interval_s": settings.OCPP_PING_INTERVAL_S,
        "ping_timeout_s": settings.OCPP_PING_TIMEOUT_S,
        "trusted_proxies": tuple(settings.TRUSTED_PROXIES),
        "client_certificate_header": settings.CLIENT_CERTIFICATE_HEADER,
    }
