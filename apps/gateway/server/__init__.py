"""The server that carries the portal and the charger sockets: Daphne, hardened; uvicorn as the alternative.

Nothing here knows Django or OCPP: an ASGI application goes in, HTTP and WebSockets come out.
"""

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from apps.gateway.server.connection import ConnectionInfo
from apps.gateway.server.listening import PortInUse, open_listening_socket
from apps.gateway.server.options import ServerOptions
from apps.gateway.server.tls import KeyPair, TlsFilesUnusable, TlsOptions
from apps.gateway.server.tuning import install_fast_reactor, raise_open_file_limit, tune_gc

if TYPE_CHECKING:
    from apps.gateway.server.daphne import GatewayServer

__all__ = [
    "ConnectionInfo",
    "KeyPair",
    "PortInUse",
    "ServerOptions",
    "TlsFilesUnusable",
    "TlsOptions",
    "build_server",
    "tune_gc",
]


def build_server(
    application: Callable[..., Any],
    *,
    host: str,
    port: int | None,
    tls: TlsOptions | None = None,
    ready: Callable[[], None] | None = None,
    handshake_failed: Callable[[str, str], None] | None = None,
    listening: socket.socket | None = None,
    **limits: Any,
) -> "GatewayServer":
    """Prepare the server; ``.run()`` of the result serves until a signal or ``.stop()``.

    The port is bound here, so that a caller learns of ``PortInUse`` before it does anything else. Port 0 takes
    a free one (``.port`` of the result). ``listening`` hands over a socket that already listens, instead of host
    and port. ``port`` None: nothing but TLS is served. ``tls`` listens beside it, with certificates of our own
    (``.tls_port``). ``ready`` is called once, inside the running loop, when connections are accepted;
    ``handshake_failed(address, words)`` for each client that got no further than TLS. ``limits`` are the fields of
    ``ServerOptions``. Raises ``TlsFilesUnusable``.

    One server per process: Twisted's reactor cannot be started a second time.
    """
    options = ServerOptions(**limits)
    raise_open_file_limit()
    if port is not None and listening is None:
        listening = open_listening_socket(host=host, port=port, backlog=options.backlog)
    secured = open_listening_socket(host=host, port=tls.port, backlog=options.backlog) if tls else None
    # Imported late because importing Daphne installs Twisted's reactor, which no other use of this package wants.
    install_fast_reactor()
    from apps.gateway.server.daphne import GatewayServer

    return GatewayServer(
        application,
        options=options,
        listening=listening,
        secured=secured,
        pairs=tls.pairs if tls else (),
        ready=ready,
        handshake_failed=handshake_failed,
    )
