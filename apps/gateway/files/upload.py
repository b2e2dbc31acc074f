"""The upload door: ``PUT`` or ``POST /files/in/<token>/<any name>``, or the token as password of Basic credentials.

Nothing of a body is read before the ticket is known to be good, and at no time more than some pieces are in memory.
"""

import asyncio
import base64
import binascii
from datetime import UTC, datetime

import structlog
from channels.db import database_sync_to_async
from django.db import DatabaseError

from apps.chargers.services.files.receiving import (
    Received,
    Upload,
    UploadRefused,
    abandon_upload,
    begin_upload,
    finish_upload,
)
from apps.core.errors import DomainError
from apps.gateway.files.answers import Receive, Scope, Send, answer, header
from apps.gateway.files.bodies import BadBody, body_for
from apps.gateway.files.sink import DiskFull, Sink, TooLarge, has_room

log = structlog.get_logger(__name__)
PREFIX = "/files/in/"
LONGEST_S = 3600
TOKEN_LENGTH = 32
_CHALLENGE = [(b"www-authenticate", b'Basic realm="files"')]


class ClientGone(Exception):
    """The sender hung up."""


async def upload_door(scope: Scope, receive: Receive, send: Send) -> None:
    """201 when the file is stored. 401, 404 without a good ticket, 409 while another upload uses it, 408, 413, 507."""
    if scope["method"] not in ("PUT", "POST"):
        await answer(send, 405, "Send a file by PUT or POST.", [(b"allow", b"PUT, POST")])
        return
    token, name = _token_and_name(scope)
    if not token:
        await answer(send, 401, "Credentials are needed.", _CHALLENGE)
        return
    try:
        upload = await database_sync_to_async(begin_upload)(token=token, at=_now())
    except UploadRefused as error:
        await answer(send, error.status, error.message)
        return
    except DatabaseError:
        await answer(send, 503, "Try again soon.", [(b"retry-after", b"30")])
        return
    await _receive_file(scope, receive, send, upload, name)


async def _receive_file(scope: Scope, receive: Receive, send: Send, upload: Upload, name: str) -> None:
    kept = False
    try:
        page = await _store(scope, receive, upload, name)
        kept = True
    except ClientGone:
        log.info("upload.broken_off", ticket=upload.ticket_id)
    except TooLarge:
        await answer(send, 413, f"At most {upload.limit_bytes} bytes are taken.")
    except DiskFull:
        log.error("upload.disk_full", ticket=upload.ticket_id)
        await answer(send, 507, "There is no room for this file.")
    except TimeoutError:
        await answer(send, 408, "The upload took too long.")
    except BadBody as error:
        await answer(send, 400, str(error))
    except DomainError as error:
        await answer(send, getattr(error, "status", 422), error.message)
    finally:
        if not kept:
            await database_sync_to_async(abandon_upload)(upload=upload)
    if kept and page:
        await answer(send, 303, "", [(b"location", page.encode())])
    elif kept:
        await answer(send, 201, "Stored.")


async def _store(scope: Scope, receive: Receive, upload: Upload, name: str) -> str:
    """Raises what went wrong; then nothing of the file stays."""
    declared = header(scope, b"content-length")
    size_bytes = int(declared) if declared.isascii() and declared.isdigit() else 0
    body = body_for(header(scope, b"content-type"), name)
    if size_bytes > upload.limit_bytes + body.overhead_bytes:
        raise TooLarge
    if not await asyncio.to_thread(has_room, size_bytes):
        raise DiskFull
    sink = await asyncio.to_thread(Sink, upload.limit_bytes)
    try:
        async with asyncio.timeout(LONGEST_S):
            async for data in _pieces(receive):
                if found := body.feed(data):
                    await sink.write(found)
        body.end()
        received = await sink.keep(body.name)
        return await _finish(upload, received)
    except BaseException:
        sink.drop()
        raise


async def _finish(upload: Upload, received: Received) -> str:
    return await database_sync_to_async(finish_upload)(upload=upload, received=received, at=_now())


async def _pieces(receive: Receive):
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        if message.get("body"):
            yield message["body"]
        if not message.get("more_body", False):
            return


def _token_and_name(scope: Scope) -> tuple[str, str]:
    """``("", …)`` where there are no credentials. The name may be anything; it is cleaned before it is kept."""
    rest = scope["path"].removeprefix(PREFIX)
    kind, _, encoded = header(scope, b"authorization").partition(" ")
    if kind.lower() == "basic":
        try:
            _, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        first, _, after = rest.partition("/")
        return password, after if first == password else rest
    token, _, name = rest.partition("/")
    return (token, name) if len(token) == TOKEN_LENGTH else ("", name)


def _now() -> datetime:
    return datetime.now(UTC)
