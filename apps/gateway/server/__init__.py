"""The server that carries the portal and the charger sockets: Daphne, hardened; uvicorn as the alternative.

Nothing here knows Django or OCPP: an ASGI application goes in, HTTP and WebSockets come out.
"""

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from apps.gateway.server.connection import ConnectionInfo
from apps.gateway.server.listening import PortInUse, open_listening_socket
from apps.gateway.server.options import ServerOptions
from apps.gateway.server.tuning import raise_open_file_limit, tune_gc

if TYPE_CHECKING:
    from apps.gateway.server.daphne import GatewayServer

__all__ = ["ConnectionInfo", "PortInUse", "ServerOptions", "build_server", "tune_gc"]


def build_server(
    application: Callable[..., Any],
    *,
    host: str,
    port: int,
    ready: Callable[[], None] | None = None,
    listening: socket.socket | None = None,
    **limits: Any,
) -> "GatewayServer":
    """Prepare the server; ``.run()`` of the result serves until a signal or ``.stop()``.

    The port is bound here, so that a caller learns of ``PortInUse`` before it does anything else. Port 0 takes
    a free one (``.port`` of the result). ``listening`` hands over a socket that already listens, instead of host
    and port. ``ready`` is called once, inside the running loop, when connections are accepted. ``limits`` are
    the fields of ``ServerOptions``.

    One server per process: Twisted's reactor cannot be started a second time.
    """
    options = ServerOptions(**limits)
    raise_open_file_limit()
    bound = listening or open_listening_socket(host=host, port=port, backlog=options.backlog)
    # Imported late because importing Daphne installs Twisted's reactor, which no other use of this package wants.
    from apps.gateway.server.daphne import GatewayServer

    return GatewayServer(application, options=options, listening=bound, ready=ready)
