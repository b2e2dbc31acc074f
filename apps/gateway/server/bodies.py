"""Request bodies that go to the application while they arrive, and answers that wait for their reader."""

import asyncio
from typing import TYPE_CHECKING, Any

from apps.gateway.server.inbox import Inbox

if TYPE_CHECKING:
    from apps.gateway.server.http import GatewayRequest

PIECES_LIMIT = 16
"""Pieces of a body not yet taken by the application, some tens of KiB each, at which reading pauses."""


class StreamedBody:
    """Stands where Twisted keeps a request's body; what is written to it goes to the application's inbox."""

    closed = False

    def __init__(self, request: "GatewayRequest", loop: asyncio.AbstractEventLoop) -> None:
        self._request = request
        self.inbox = Inbox(loop, limit=PIECES_LIMIT, on_drained=self._resume)
        self.is_complete = False
        self._is_paused = False

    def write(self, data: bytes) -> None:
        self.inbox.put_nowait({"type": "http.request", "body": data, "more_body": True})
        if self.inbox.is_full and not self._is_paused:
            self._is_paused = True
            self._request.channel.pause_reading()

    def end(self) -> None:
        """The last piece was written."""
        self.is_complete = True
        self.inbox.put_nowait({"type": "http.request", "body": b"", "more_body": False})

    def tell(self) -> int:
        return 0

    def close(self) -> None:
        self.closed = True
        self.inbox.detach()

    def _resume(self) -> None:
        if self._is_paused and self._request.channel is not None:
            self._is_paused = False
            self._request.channel.resume_reading()


class Pace:
    """Twisted's push producer of an answer: says when its reader has fallen behind."""

    def __init__(self) -> None:
        self._may_write = asyncio.Event()
        self._may_write.set()

    def pauseProducing(self) -> None:
        self._may_write.clear()

    def resumeProducing(self) -> None:
        self._may_write.set()

    def stopProducing(self) -> None:
        self._may_write.set()

    async def wait(self, *, at_most_s: float) -> bool:
        """Whether the reader caught up in that time."""
        try:
            await asyncio.wait_for(self._may_write.wait(), at_most_s)
        except TimeoutError:
            return False
        return True


def http_scope(request: Any, *, headers: list[tuple[bytes, bytes]], path: str) -> dict[str, Any]:
    """The ASGI scope of a request whose method, path and version are known."""
    return {
        "type": "http",
        "http_version": request.clientproto.partition(b"/")[2].decode("ascii"),
        "method": request.method.decode("ascii"),
        "path": path,
        "raw_path": request.path,
        "root_path": request.server.root_path,
        "query_string": request.uri.partition(b"?")[2],
        "headers": headers,
        "server": [str(request.host.host), request.host.port],
    }
