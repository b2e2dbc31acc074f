"""Writing to a Twisted transport without a detour through the reactor."""

from typing import Any

from twisted.internet.interfaces import ITransport
from twisted.internet.tcp import Server as TcpTransport


def is_plain_tcp(transport: ITransport) -> bool:
    """Whether bytes may be handed to the socket directly (not through TLS)."""
    return isinstance(transport, TcpTransport) and not transport.TLS


def write_now(transport: TcpTransport, data: bytes) -> None:
    """Send at once what the socket takes and leave the rest to the reactor.

    ``transport.write`` alone registers the socket for writing, waits for the next turn of the loop and
    unregisters it: two system calls and a callback per message. Order is kept, since bytes go directly only
    when none are waiting. An error is left for the reactor to meet, which then reports the connection lost.
    """
    if transport.connected and not transport.disconnecting and not unsent_bytes(transport):
        sent = transport.writeSomeData(data)
        if sent == len(data):
            return
        if isinstance(sent, int):
            data = data[sent:]
    transport.write(data)


def unsent_bytes(transport: TcpTransport) -> int:
    """Bytes that wait in memory for the socket (Twisted keeps them in two buffers and an offset)."""
    return len(transport.dataBuffer) - transport.offset + transport._tempDataLen


def carrier_of(transport: Any) -> TcpTransport:
    """The TCP transport itself, from beneath TLS where there is any."""
    return transport if isinstance(transport, TcpTransport) else transport.transport


def end_writing(transport: Any) -> None:
    """Send what is left and then nothing more; TLS knows no half-closed connection and ends as a whole."""
    if is_plain_tcp(transport):
        transport.loseWriteConnection()
    else:
        transport.loseConnection()
