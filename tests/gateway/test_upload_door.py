"""The upload door where the disk is full and where a sender falls silent: nothing stays, and it may be tried again."""

import asyncio
import errno
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from apps.chargers.models import FileTicket, StationFile
from apps.chargers.services.files.tickets import issue_ticket
from apps.gateway.files import sink, upload
from tests.factories.files import LogRequestFactory

pytestmark = pytest.mark.django_db(transaction=True)
FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def token(settings, tmp_path):
    settings.FILES_ROOT = tmp_path
    at = datetime.now(UTC)
    return issue_ticket(at=at, expires_at=at + timedelta(hours=1), purpose="log", log_request=LogRequestFactory())


async def put(token: str, *pieces: bytes, ends: bool = True, declared: int | None = None) -> int:
    """The status that a sender gets who sends these pieces and then, unless it ``ends`` there, nothing more."""
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    said = []

    async def receive() -> dict:
        if messages:
            return messages.pop(0)
        if not ends:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict) -> None:
        said.append(message)

    headers = [] if declared is None else [(b"content-length", str(declared).encode())]
    await upload.upload_door(
        {"method": "PUT", "path": f"/files/in/{token}/log.txt", "headers": headers}, receive, send
    )  # fmt: skip
    await sync_to_async(connections.close_all)()  # of the thread in which the door asked the database
    return said[0]["status"]


def is_as_before(root) -> bool:
    """No file, no row, and the ticket is free."""
    files = [path for path in root.glob("**/*") if path.is_file()]
    return not files and not StationFile.objects.exists() and FileTicket.objects.get().claimed_at is None


def run(*arguments, **options) -> int:
    return asyncio.run(put(*arguments, **options))


def test_the_door_takes_a_file(token, tmp_path):
    assert run(token, b"abc", b"def") == 201
    assert StationFile.objects.get().size_bytes == 6


def test_a_file_that_would_fill_the_disk_is_refused_before_it_is_read(token, tmp_path, monkeypatch):
    monkeypatch.setattr(sink.shutil, "disk_usage", lambda root: type("Usage", (), {"free": 100 * 1024 * 1024})())
    assert run(token, b"abc", declared=40 * 1024 * 1024) == 507
    assert is_as_before(tmp_path)
    assert run(token, b"abc", declared=3) == 201


def test_a_disk_that_fills_up_while_it_is_written_is_said(token, tmp_path, monkeypatch):
    class OnFullDevice(sink.Sink):
        def __init__(self, limit_bytes):
            super().__init__(limit_bytes)
            self._file.close()
            self._file = Path("/dev/full").open("wb", buffering=0)  # noqa: SIM115

    monkeypatch.setattr(upload, "Sink", OnFullDevice)
    assert run(token, b"x" * sink.GATHERED_BYTES) == 507
    assert is_as_before(tmp_path)


def test_a_disk_that_says_so_only_at_the_end_is_believed(token, tmp_path, monkeypatch):
    def fsync(number):
        raise FULL

    monkeypatch.setattr(sink.os, "fsync", fsync)
    assert run(token, b"abc") == 507
    assert is_as_before(tmp_path)


def test_a_disk_without_room_for_one_more_name_is_full(token, tmp_path, monkeypatch):
    def mkdir(self, **options):
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    with monkeypatch.context() as patch:
        patch.setattr(sink.Path, "mkdir", mkdir)
        patch.setattr(upload, "has_room", lambda size_bytes: True)
        assert run(token, b"abc") == 507
    assert is_as_before(tmp_path)


def test_a_sender_who_falls_silent_is_sent_away_in_the_end(token, tmp_path, monkeypatch):
    monkeypatch.setattr(upload, "LONGEST_S", 0.05)
    assert run(token, b"abc", ends=False) == 408
    assert is_as_before(tmp_path)
    monkeypatch.setattr(upload, "LONGEST_S", 60)
    assert run(token, b"abc") == 201
