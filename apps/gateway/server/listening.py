"""The listening socket."""

import errno
import socket


class PortInUse(OSError):
    """Another program already listens on this address."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(errno.EADDRINUSE, f"Port {port} on {host} is already in use. Choose another port.")
        self.host = host
        self.port = port

    def __str__(self) -> str:
        return str(self.strerror)


def open_listening_socket(*, host: str, port: int, backlog: int) -> socket.socket:
    """Bind and listen, non-blocking. Raises ``PortInUse``; other refusals of the system stay ``OSError``.

    The backlog is given here because Daphne's endpoints keep Twisted's 50, with which a reconnecting fleet
    meets refused connections. The kernel caps it at ``net.core.somaxconn``.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(backlog)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(host, port) from error
        raise
    listening.setblocking(False)
    return listening
