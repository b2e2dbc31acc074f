"""The download door: ``GET`` or ``HEAD /files/out/<token>/<name>``, with ranges, for whoever has the ticket."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

from channels.db import database_sync_to_async
from django.db import DatabaseError

from apps.chargers.services.files.serving import Download, find_download
from apps.gateway.files.answers import SAFE, Headers, Receive, Scope, Send, answer, header
from apps.gateway.files.ranges import NotSatisfiable, Span, read_range

PREFIX = "/files/out/"
PIECE_BYTES = 128 * 1024


async def download_door(scope: Scope, receive: Receive, send: Send) -> None:
    """200 or 206 with the firmware, 304 for one that is known, 404 without a good ticket, 416."""
    if scope["method"] not in ("GET", "HEAD"):
        await answer(send, 405, "Fetch the file by GET.", [(b"allow", b"GET, HEAD")])
        return
    token = scope["path"].removeprefix(PREFIX).partition("/")[0]
    try:
        found = await database_sync_to_async(find_download)(token=token, at=datetime.now(UTC))
    except DatabaseError:
        await answer(send, 503, "Try again soon.", [(b"retry-after", b"30")])
        return
    if found is None or not await asyncio.to_thread(found.path.is_file):
        await answer(send, 404, "There is no file under this address, or it has expired.")
        return
    if found.etag in header(scope, b"if-none-match"):
        await send({"type": "http.response.start", "status": 304, "headers": [(b"etag", found.etag.encode())]})
        await send({"type": "http.response.body", "body": b""})
        return
    try:
        span = read_range(_range_header(scope, found), found.size_bytes)
    except NotSatisfiable:
        size = f"bytes */{found.size_bytes}".encode()
        await answer(send, 416, "The file has no such bytes.", [(b"content-range", size)])
        return
    await _send_file(scope, send, found, span)


async def _send_file(scope: Scope, send: Send, found: Download, span: Span | None) -> None:
    headers: Headers = [
        (b"content-type", b"application/octet-stream"),
        (b"content-disposition", f'attachment; filename="{found.name}"'.encode()),
        (b"accept-ranges", b"bytes"),
        (b"etag", found.etag.encode()),
        *SAFE,
    ]
    whole = span is None
    span = span or Span(0, found.size_bytes - 1)
    headers.append((b"content-length", str(span.length).encode()))
    if not whole:
        headers.append((b"content-range", f"bytes {span.first}-{span.last}/{found.size_bytes}".encode()))
    await send({"type": "http.response.start", "status": 200 if whole else 206, "headers": headers})
    if scope["method"] != "HEAD":
        async for piece in pieces_of(found.path, first=span.first, length=span.length):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def pieces_of(path: Path, *, first: int, length: int) -> AsyncIterator[bytes]:
    """The bytes of a file, read in threads."""
    file = await asyncio.to_thread(path.open, "rb")
    try:
        await asyncio.to_thread(file.seek, first)
        while length > 0:
            piece = await asyncio.to_thread(file.read, min(PIECE_BYTES, length))
            if not piece:
                return
            length -= len(piece)
            yield piece
    finally:
        await asyncio.to_thread(file.close)


def _range_header(scope: Scope, found: Download) -> str:
    """``""`` where the sender's part belongs to another file (If-Range)."""
    condition = header(scope, b"if-range")
    return header(scope, b"range") if not condition or condition == found.etag else ""
