"""A file on its way to disk: hashed as it comes, limited, removed unless it was kept."""

import asyncio
import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from apps.chargers.services.files.receiving import Received
from apps.chargers.services.files.storage import new_storage_name, partial_path_of, path_of

GATHERED_BYTES = 256 * 1024
RESERVE_BYTES = 64 * 1024 * 1024
"""Left free on the disk, for the database above all."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class TooLarge(Exception):
    """More came than is allowed."""


class DiskFull(Exception):
    """There is no room."""


class Sink:
    """``await write`` gathers and writes in a thread; ``await keep`` or ``await drop`` ends it."""

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self.size_bytes = 0
        self.storage_name = new_storage_name()
        self._sha256, self._md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
        self._gathered: list[bytes] = []
        self._gathered_bytes = 0
        self._path = partial_path_of(self.storage_name)
        with _full_is_said():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("xb", buffering=0)

    async def write(self, data: bytes) -> None:
        """Raises ``TooLarge`` or ``DiskFull``."""
        self.size_bytes += len(data)
        if self.size_bytes > self.limit_bytes:
            raise TooLarge
        self._gathered.append(data)
        self._gathered_bytes += len(data)
        if self._gathered_bytes >= GATHERED_BYTES:
            await asyncio.to_thread(self._flush)

    async def keep(self, name: str) -> Received:
        """All of it is on disk under its name of ours."""
        await asyncio.to_thread(self._finish)
        return Received(self.storage_name, name, self.size_bytes, self._sha256.hexdigest(), self._md5.hexdigest())

    def drop(self) -> None:
        """Nothing stays."""
        self._file.close()
        self._path.unlink(missing_ok=True)
        path_of(self.storage_name).unlink(missing_ok=True)

    def _flush(self) -> None:
        data = b"".join(self._gathered)
        self._gathered.clear()
        self._gathered_bytes = 0
        self._sha256.update(data)
        self._md5.update(data)
        with _full_is_said():
            view = memoryview(data)
            while view:
                view = view[self._file.write(view) :]
        if self._file.tell() // GATHERED_BYTES % 64 == 0 and not has_room(0):
            raise DiskFull

    def _finish(self) -> None:
        self._flush()
        with _full_is_said():
            os.fsync(self._file.fileno())
            self._file.close()
            self._path.rename(path_of(self.storage_name))


@contextmanager
def _full_is_said() -> Iterator[None]:
    """What the system says of a full disk, or of one that is full for us, becomes ``DiskFull``."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFull from error
        raise


def has_room(size_bytes: int) -> bool:
    """Whether a file of this size fits and the reserve stays."""
    root = Path(settings.FILES_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(root).free >= size_bytes + RESERVE_BYTES
