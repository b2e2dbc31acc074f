"""A WebSocket client made of bytes, for what no well-behaved library sends."""

import asyncio
import struct

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
DEADLINE_S = 10


def request(path: str = "/ocpp/CP1", *, method: str = "GET", version: str = "1.1", **headers: str | None) -> bytes:
    """A handshake request. Keywords replace headers (underscore for hyphen), None leaves one out."""
    lines = {
        "Host": "127.0.0.1",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": KEY,
        "Sec-WebSocket-Version": "13",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value is not None)
    return f"{method} {path} HTTP/{version}\r\n{head}\r\n".encode("latin-1")


def frame(opcode: int, payload: bytes, *, fin: bool = True, masked: bool = True, rsv: int = 0) -> bytes:
    first = (0x80 if fin else 0) | rsv << 4 | opcode
    mask_bit = 0x80 if masked else 0
    length = len(payload)
    if length < 126:
        head = bytes([first, mask_bit | length])
    elif length < 65536:
        head = struct.pack("!BBH", first, mask_bit | 126, length)
    else:
        head = struct.pack("!BBQ", first, mask_bit | 127, length)
    if not masked:
        return head + payload
    mask = b"\x01\x02\x03\x04"
    return head + mask + bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))


class RawSocket:
    """A connection to the server, with a deadline on everything."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def connect(cls, port: int) -> "RawSocket":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    @classmethod
    async def open(cls, port: int, path: str = "/ocpp/CP1") -> "RawSocket":
        raw = await cls.connect(port)
        raw.writer.write(request(path))
        head = await raw.read_head()
        assert head.startswith("HTTP/1.1 101 "), head
        return raw

    async def __aenter__(self) -> "RawSocket":
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.transport.abort()

    async def read_head(self) -> str:
        async with asyncio.timeout(DEADLINE_S):
            return (await self.reader.readuntil(b"\r\n\r\n")).decode()

    async def read_frame(self) -> tuple[int, bytes]:
        """Opcode and payload of the next frame."""
        async with asyncio.timeout(DEADLINE_S):
            first, length = await self.reader.readexactly(2)
            if length == 126:
                (length,) = struct.unpack("!H", await self.reader.readexactly(2))
            elif length == 127:
                (length,) = struct.unpack("!Q", await self.reader.readexactly(8))
            return first & 0x0F, await self.reader.readexactly(length)

    async def read_close_code(self) -> int:
        """The code of the next frame, which must be a close frame."""
        opcode, payload = await self.read_frame()
        assert opcode == 8, (opcode, payload)
        return struct.unpack("!H", payload[:2])[0]

    async def read_end(self) -> bytes:
        """Everything until the server ends the connection; a reset is an end too."""
        received = b""
        async with asyncio.timeout(DEADLINE_S):
            try:
                while chunk := await self.reader.read(65536):
                    received += chunk
            except ConnectionResetError:
                pass
        return received
