"""Answers that are sent while they are read, so that memory does not grow with them."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

PIECE_BYTES = 256 * 1024


def for_server(request: HttpRequest, pieces: Iterator[bytes]):
    """ASGI servers would first gather a plain iterator in memory; they are handed an asynchronous one."""
    return _in_thread(pieces) if isinstance(request, ASGIRequest) else pieces


def file_response(request: HttpRequest, path: Path, *, name: str, size_bytes: int) -> StreamingHttpResponse:
    """A file that came from outside: always a download, whatever it is; never shown by the browser itself."""
    response = StreamingHttpResponse(for_server(request, _pieces(path)), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Length"] = str(size_bytes)
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Accel-Buffering"] = "no"
    return response


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as opened:
        while piece := opened.read(PIECE_BYTES):
            yield piece


async def _in_thread(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    take = sync_to_async(next)
    while (piece := await take(pieces, None)) is not None:
        yield piece
