"""A WebSocket client that costs a few microseconds per message, so that the generator does not measure itself.

It masks with a key of zeros: a legal frame (RFC 6455 5.3) whose payload needs no work. It is no client for the
outside world, where the key must be random.
"""

import asyncio
import base64
import struct
from collections.abc import Callable

TEXT, CLOSE, PING, PONG = 0x81, 0x88, 0x89, 0x8A
_NO_MASK = b"\0\0\0\0"
_REQUEST = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Protocol: {subprotocol}\r\nAuthorization: Basic {credentials}\r\n\r\n"
)


def frame(payload: bytes, kind: int = TEXT) -> bytes:
    """One whole frame of a client."""
    size = len(payload)
    if size < 126:
        return bytes((kind, 0x80 | size)) + _NO_MASK + payload
    return struct.pack("!BBH", kind, 0xFE, size) + _NO_MASK + payload


def upgrade_request(path: str, *, subprotocol: str, identity: str, password: str) -> bytes:
    """The handshake of a charger with HTTP Basic."""
    credentials = base64.b64encode(f"{identity}:{password}".encode()).decode()
    return _REQUEST.format(path=path, subprotocol=subprotocol, credentials=credentials).encode()


class Link(asyncio.Protocol):
    """One connection. ``on_open()`` after the upgrade, ``on_text(payload)``, ``on_lost(reason)`` once at the end."""

    __slots__ = ("_is_open", "_request", "_rest", "on_lost", "on_open", "on_text", "transport")

    def __init__(
        self,
        request: bytes,
        *,
        on_open: Callable[[], None],
        on_text: Callable[[bytes], None],
        on_lost: Callable[[str], None],
    ) -> None:
        self.transport: asyncio.Transport | None = None
        self.on_open, self.on_text, self.on_lost = on_open, on_text, on_lost
        self._request = request
        self._rest = b""
        self._is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        transport.write(self._request)
        self._request = b""

    def connection_lost(self, error: Exception | None) -> None:
        self.on_lost(f"connection lost: {error}" if error else "connection closed")

    def send(self, payload: bytes) -> None:
        self.transport.write(frame(payload))

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
            self._rest = b""
        if not self._is_open:
            head, end, data = data.partition(b"\r\n\r\n")
            if not end:
                self._rest = head
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self.on_lost(f"refused: {head[9:12].decode()} {data[:80].decode(errors='replace')}")
                self.transport.abort()
                return
            self._is_open = True
            self.on_open()
        at, end_at = 0, len(data)
        while end_at - at >= 2:
            size, start = data[at + 1], at + 2
            if size == 126:
                if end_at - at < 4:
                    break
                size, start = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
            elif size == 127:
                if end_at - at < 10:
                    break
                size, start = int.from_bytes(data[at + 2 : at + 10], "big"), at + 10
            stop = start + size
            if stop > end_at:
                break
            kind = data[at]
            if kind == TEXT:
                self.on_text(data[start:stop])
            elif kind == PING:
                self.transport.write(frame(data[start:stop], PONG))
            elif kind == CLOSE:
                self.on_lost(f"closed by the server: {data[start:stop]!r}")
            at = stop
        self._rest = data[at:]
