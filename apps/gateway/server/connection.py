"""What the server tells the application about a WebSocket while it is open."""

from dataclasses import dataclass

EXTENSION = "chargenet.connection"
"""Key in ``scope["extensions"]`` under which the application finds its ``ConnectionInfo``, if the server is ours."""


@dataclass(slots=True)
class ConnectionInfo:
    """Facts of one connection, kept up to date by the server and only read by the application.

    ``rtt_ms``: round trip of the last answered ping; None before the first.
    ``tls_version``: None on a connection without TLS of our own.
    ``peer_certificates``: the client's in DER, its own first, as TLS of our own or a trusted proxy tells; often none.
    ``close_reason``: why the connection ended, in words, once it has.
    """

    rtt_ms: float | None = None
    tls_version: str | None = None
    peer_certificates: tuple[bytes, ...] = ()
    close_reason: str | None = None
