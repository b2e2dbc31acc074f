"""Small requests to addresses that somebody else named: only where it is safe to go, and not for long.

A URL from a charger or a vehicle is a door into our own network (server-side request forgery). So a name is resolved
once, every address must be a public one (or the host on ``settings.OUTBOUND_ALLOWED_HOSTS``), the connection goes to
that very address, redirects are not followed, and time and size are bounded, also where a server sends a byte a second.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson
from django.conf import settings

MAX_URL_CHARACTERS = 2000
_CHUNK_BYTES = 16 * 1024
_all_until_s: ContextVar[float | None] = ContextVar("all_until_s", default=None)


class FetchFailed(Exception):
    """Nothing usable came back; the words say why."""


class AddressForbidden(FetchFailed):
    """We do not go there."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``status`` is any HTTP status; ``body`` at most ``max_bytes``."""

    status: int
    body: bytes


def ask_own(url: str, question: Any, *, token: str, timeout_s: float, max_bytes: int) -> tuple[int, dict[str, Any]]:
    """POST ``question`` as JSON to an address of our settings; the status, and what was said (an object, else ``{}``).

    ``token`` goes along as a bearer's, where there is one. Raises ``FetchFailed``, and ``ValueError`` for no JSON.
    """
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    answer = fetch(
        url, body=orjson.dumps(question), headers=headers, timeout_s=timeout_s, max_bytes=max_bytes,
        is_our_own_choice=True,
    )  # fmt: skip
    said = orjson.loads(answer.body or b"{}")
    return answer.status, said if isinstance(said, dict) else {}


@contextmanager
def all_within(seconds: float) -> Iterator[None]:
    """Every ``fetch`` inside has ended after ``seconds``, however many there are."""
    token = _all_until_s.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _all_until_s.reset(token)


def fetch(
    url: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout_s: float,
    max_bytes: int,
    is_our_own_choice: bool = False,
) -> Answer:
    """``POST`` with a ``body``, else ``GET``; blocks for ``timeout_s`` at most. Raises ``FetchFailed``.

    ``is_our_own_choice``: the URL stands in our settings, so private addresses are right.
    """
    deadline_s = time.monotonic() + timeout_s
    if (all_until_s := _all_until_s.get()) is not None:
        deadline_s = min(deadline_s, all_until_s)
    try:
        connection, path = _connect(url, deadline_s, is_our_own_choice=is_our_own_choice)
    except (OSError, ValueError) as error:  # an unknown name, a closed port, a URL that is none
        raise FetchFailed(f"Not reachable: {error}.") from error
    has_hung_up = threading.Event()
    watchdog = threading.Timer(max(deadline_s - time.monotonic(), 0), _hang_up, [connection.sock, has_hung_up])
    watchdog.daemon = True
    watchdog.start()
    try:
        connection.request("POST" if body is not None else "GET", path, body=body, headers=dict(headers or {}))
        response = connection.getresponse()
        answer = Answer(response.status, _read(response, connection, deadline_s, max_bytes))
        if has_hung_up.is_set():  # what was cut off may look whole
            raise TimeoutError("out of time")
        return answer
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise FetchFailed(f"No usable answer: {error!r}."[:300]) from error
    finally:
        watchdog.cancel()
        connection.close()


def _hang_up(sock: socket.socket, has_hung_up: threading.Event) -> None:
    """Timeouts of sockets count from the last byte: whoever drips never meets one."""
    has_hung_up.set()
    with suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # below TLS: nobody is asked to say goodbye


def _connect(url: str, deadline_s: float, *, is_our_own_choice: bool) -> tuple[http.client.HTTPConnection, str]:
    if len(url) > MAX_URL_CHARACTERS or any(ord(character) <= 32 or ord(character) > 126 for character in url):
        raise AddressForbidden("The address is no URL.")
    parts = urlsplit(url)
    host, is_tls = parts.hostname, parts.scheme == "https"
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.password:
        raise AddressForbidden("Only plain http and https addresses are asked.")
    port = parts.port or (443 if is_tls else 80)
    may_be_private = is_our_own_choice or host in settings.OUTBOUND_ALLOWED_HOSTS
    _left(deadline_s)  # a name is not looked up when the time is over already
    address = _address_of(host, port, may_be_private=may_be_private)
    connection = http.client.HTTPConnection(host, port, timeout=_left(deadline_s))
    raw = socket.create_connection((address, port), timeout=_left(deadline_s))
    connection.sock = _wrapped(raw, host) if is_tls else raw
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return connection, path


def _wrapped(raw: socket.socket, host: str) -> socket.socket:
    try:
        return ssl.create_default_context().wrap_socket(raw, server_hostname=host)
    except BaseException:
        raw.close()
        raise


def _address_of(host: str, port: int, *, may_be_private: bool) -> str:
    found = [info[4][0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not may_be_private and not all(_is_public(str(address)) for address in found):
        raise AddressForbidden("The address is not a public one.")
    if not found:
        raise FetchFailed("The name leads nowhere.")
    return str(found[0])


def _is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        embedded = parsed.ipv4_mapped or parsed.sixtofour
        if embedded is not None:
            parsed = embedded
    return parsed.is_global and not parsed.is_multicast


def _read(
    response: http.client.HTTPResponse, connection: http.client.HTTPConnection, deadline_s: float, max_bytes: int
) -> bytes:
    """The body, piece by piece: a server that drips must not hold us longer than one that is silent."""
    body = b""
    while not response.isclosed():
        if connection.sock is not None:
            connection.sock.settimeout(_left(deadline_s))
        piece = response.read1(_CHUNK_BYTES)
        if not piece:
            break
        body += piece
        if len(body) > max_bytes:
            raise FetchFailed("The answer is too long.")
    return body


def _left(deadline_s: float) -> float:
    left = deadline_s - time.monotonic()
    if left <= 0:
        raise TimeoutError("out of time")
    return left
