"""Short answers of the doors."""

from collections.abc import Awaitable, Callable
from typing import Any

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

SAFE: Headers = [(b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store")]


async def answer(send: Send, status: int, sentence: str = "", headers: Headers | None = None) -> None:
    """A status with one sentence of plain text."""
    body = f"{sentence}\n".encode() if sentence else b""
    told = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*told, *SAFE, *(headers or [])]})
    await send({"type": "http.response.body", "body": body})


def header(scope: Scope, name: bytes) -> str:
    """The first header of that name (lower case), or ``""``."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")
