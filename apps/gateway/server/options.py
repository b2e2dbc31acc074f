"""The limits of the server, each with its unit, in one place."""

from dataclasses import dataclass, fields

from apps.gateway.server.proxies import TrustedProxies

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """Limits and periods; all numbers must be positive, except that ``ping_interval_s`` 0 switches pings off.

    ``frame_limit_bytes``: largest frame and largest message from a client; more closes with 1009.
    ``inbox_limit``: messages received but not yet taken by the application before reading pauses.
    ``output_limit_bytes``: unsent bytes at which a client that does not read is dropped.
    ``ping_interval_s``, ``ping_timeout_s``: how often we ask for a sign of life and how long we wait for it.
    ``header_timeout_s``: time for a complete request head, from connect or from its first byte.
    ``idle_timeout_s``: how long a kept-alive HTTP connection may be idle, or a body pause.
    ``connect_timeout_s``: time for the application to accept or refuse a WebSocket; then 503.
    ``close_timeout_s``: time for a peer to answer our close frame or to read the last bytes.
    ``application_close_timeout_s``: time for an application to end after its connection has.
    ``stop_timeout_s``: time for sockets and requests to end when the server stops.
    ``body_limit_bytes``: largest HTTP request body; more is answered with 413.
    ``streamed_paths``: beginnings of paths whose bodies go to the application as they come, without that limit.
    ``backlog``: connections that may wait to be accepted.
    ``trusted_proxies``: addresses and networks (CIDR) whose X-Forwarded-For and -Proto tell client and scheme.
    ``client_certificate_header``: where such a proxy writes the client's certificate; empty: none does.
    """

    frame_limit_bytes: int = 256 * KIB
    inbox_limit: int = 16
    output_limit_bytes: int = MIB
    ping_interval_s: float = 30
    ping_timeout_s: float = 20
    header_timeout_s: float = 10
    idle_timeout_s: float = 75
    connect_timeout_s: float = 60
    close_timeout_s: float = 5
    application_close_timeout_s: float = 10
    stop_timeout_s: float = 10
    body_limit_bytes: int = 20 * MIB
    streamed_paths: tuple[bytes, ...] = (b"/files/in/",)
    backlog: int = 4096
    trusted_proxies: tuple[str, ...] = ()
    client_certificate_header: str = ""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "client_certificate_header":
                continue
            if field.name == "trusted_proxies":
                TrustedProxies(value)
            elif field.name == "streamed_paths":
                continue
            elif value < 0 or (value == 0 and field.name != "ping_interval_s"):
                raise ValueError(f"{field.name} must be positive, not {value!r}.")
