"""The opening handshake of a WebSocket (RFC 6455 section 4.2), without I/O.

Autobahn's own handshake is bypassed: it parses the request a second time from text, refuses what real chargers
send (an empty or repeated item in Sec-WebSocket-Protocol) and keeps the texts of request and answer for good.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from http.client import responses
from urllib.parse import unquote_to_bytes

Headers = list[tuple[bytes, bytes]]

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_BROKEN_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_HEADER_BREAK = re.compile(rb"[\r\n\x00]")
_OWN_HEADERS = frozenset([b"content-length", b"transfer-encoding", b"connection", b"upgrade"])
_ACCEPT_HEADERS = frozenset(
    [*_OWN_HEADERS, b"sec-websocket-accept", b"sec-websocket-protocol", b"sec-websocket-extensions"]
)


class BadUpgrade(Exception):
    """The request is not a WebSocket handshake that we can answer with 101."""

    def __init__(self, status: int, sentence: str, headers: Headers | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.headers = headers or []


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A valid handshake request: the client's key and the subprotocols it offers, in its order."""

    key: bytes
    subprotocols: list[str]


def wants_websocket(upgrade_values: Iterable[bytes]) -> bool:
    """Whether the values of the Upgrade header name websocket."""
    return b"websocket" in _tokens(upgrade_values)


def read_upgrade(*, method: bytes, version: bytes, headers: Headers) -> Upgrade:
    """Check a request that asks for a WebSocket. Header names are lower case. Raises ``BadUpgrade``."""
    if method != b"GET":
        raise BadUpgrade(405, "A WebSocket handshake is a GET request.", [(b"Allow", b"GET")])
    if version != b"HTTP/1.1":
        raise BadUpgrade(505, "A WebSocket handshake needs HTTP/1.1.")
    if len(_values(headers, b"host")) != 1:
        raise BadUpgrade(400, "A request has exactly one Host header.")
    if b"upgrade" not in _tokens(_values(headers, b"connection")):
        raise BadUpgrade(400, "The Connection header of a WebSocket handshake names Upgrade.")
    if _values(headers, b"sec-websocket-version") != [b"13"]:
        raise BadUpgrade(426, "Sec-WebSocket-Version must be 13.", [(b"Sec-WebSocket-Version", b"13")])
    keys = _values(headers, b"sec-websocket-key")
    if len(keys) != 1 or not _is_key(keys[0]):
        raise BadUpgrade(400, "Sec-WebSocket-Key must be 16 bytes in base64, given once.")
    return Upgrade(key=keys[0], subprotocols=_subprotocols(_values(headers, b"sec-websocket-protocol")))


def decode_path(raw_path: bytes) -> str:
    """Percent-decode a path once. Raises ``BadUpgrade`` unless it is ASCII, well-formed and UTF-8 inside."""
    if not raw_path.isascii() or _BROKEN_PERCENT.search(raw_path):
        raise BadUpgrade(400, "The path is not percent-encoded correctly.")
    try:
        return unquote_to_bytes(raw_path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadUpgrade(400, "The path is not UTF-8.") from error


def accept_response(key: bytes, *, subprotocol: str | None, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The 101 answer. Raises ValueError for a header that cannot be sent."""
    digest = base64.b64encode(hashlib.sha1(key + _GUID, usedforsecurity=False).digest())
    lines = [
        b"HTTP/1.1 101 Switching Protocols",
        b"Upgrade: websocket",
        b"Connection: Upgrade",
        b"Sec-WebSocket-Accept: " + digest,
    ]
    if subprotocol is not None:
        lines.append(b"Sec-WebSocket-Protocol: " + subprotocol.encode("latin-1"))
    lines += _header_lines(headers, without=_ACCEPT_HEADERS)
    return b"\r\n".join([*lines, b"", b""])


def refusal_response(status: int, *, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> bytes:
    """A complete HTTP answer that ends the connection. Raises ValueError for what cannot be sent."""
    if not 200 <= status <= 599:
        raise ValueError(f"{status} is not a final HTTP status.")
    lines = [
        f"HTTP/1.1 {status} {responses.get(status, '')}".encode("ascii"),
        b"Content-Length: %d" % len(body),
        b"Connection: close",
        *_header_lines(headers, without=_OWN_HEADERS),
    ]
    return b"\r\n".join([*lines, b"", body])


def _header_lines(headers: Iterable[tuple[bytes, bytes]], *, without: frozenset[bytes]) -> list[bytes]:
    lines = []
    for name, value in headers:
        if _HEADER_BREAK.search(name) or _HEADER_BREAK.search(value):
            raise ValueError(f"The header {name!r} contains a line break.")
        if name.lower() not in without:
            lines.append(name + b": " + value)
    return lines


def _values(headers: Headers, wanted: bytes) -> list[bytes]:
    return [value.strip() for name, value in headers if name == wanted]


def _tokens(values: Iterable[bytes]) -> set[bytes]:
    return {token.strip().lower() for value in values for token in value.split(b",")}


def _subprotocols(values: list[bytes]) -> list[str]:
    """Offered names in order; several header lines are one list, empty and repeated items are dropped."""
    items = (item.strip() for value in values for item in value.decode("latin-1").split(","))
    return list(dict.fromkeys(item for item in items if item))


def _is_key(value: bytes) -> bool:
    try:
        return len(value) == 24 and len(binascii.a2b_base64(value, strict_mode=True)) == 16
    except binascii.Error:
        return False
