"""The common case of RFC 6455 framing, fast; everything unusual is left to Autobahn."""

import struct
from typing import NamedTuple

try:
    from websockets.speedups import apply_mask
except ImportError:  # websockets without its C extension
    from websockets.utils import apply_mask

TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA
_DATA = (0x81, 0x82)
_PING_PONG = (0x89, 0x8A)


class Frame(NamedTuple):
    """A whole frame: opcode, unmasked payload and where in the buffer the next frame begins."""

    opcode: int
    payload: bytes
    end: int


def read_whole_frame(buffer: bytes, start: int, *, limit_bytes: int, in_message: bool) -> Frame | None:
    """The frame at ``start`` if it is complete, final, masked, well-formed and within the limit.

    None otherwise, whatever the cause: incomplete, fragmented, unmasked, too large, close, reserved. While a
    fragmented message is being received only pings and pongs are taken.
    """
    available = len(buffer) - start
    if available < 6:
        return None
    first = buffer[start]
    length = buffer[start + 1] - 0x80
    if length < 0:
        return None
    if first in _DATA:
        if in_message:
            return None
    elif first not in _PING_PONG or length > 125:
        return None
    head = 6
    if length == 126:
        length = int.from_bytes(buffer[start + 2 : start + 4], "big")
        head = 8
        if length < 126:
            return None
    elif length == 127:
        length = int.from_bytes(buffer[start + 2 : start + 10], "big")
        head = 14
        if length < 65536:
            return None
    if length > limit_bytes or available < head + length:
        return None
    body = start + head
    end = body + length
    return Frame(first & 0x0F, apply_mask(buffer[body:end], buffer[body - 4 : body]), end)


def write_frame(opcode: int, payload: bytes) -> bytes:
    """One final, unmasked frame (server to client)."""
    length = len(payload)
    if length < 126:
        return bytes((0x80 | opcode, length)) + payload
    if length < 65536:
        return struct.pack("!BBH", 0x80 | opcode, 126, length) + payload
    return struct.pack("!BBQ", 0x80 | opcode, 127, length) + payload
