"""What is in an archive that a charger uploaded, without trusting it."""

import zipfile
from pathlib import Path

MOST_DIRECTORY_BYTES = 1024 * 1024
"""Of a directory, which is read as a whole: some twenty thousand files. A hostile one may be as large as the upload."""
_END, _END_BYTES = b"PK\x05\x06", 22
_LOCATOR, _LOCATOR_BYTES = b"PK\x06\x07", 20  # of the end of a ZIP64, which counts over the other
_LONGEST_COMMENT = 2**16


def entries_of(path: Path, *, most: int) -> list[tuple[str, int]] | None:
    """``(name, bytes unpacked)`` of the first ``most`` files of a ZIP; ``None`` where it is none, or a huge one."""
    try:
        if not zipfile.is_zipfile(path) or _directory_bytes(path) > MOST_DIRECTORY_BYTES:
            return None
        with zipfile.ZipFile(path) as archive:
            return [(entry.filename, entry.file_size) for entry in archive.infolist()[:most]]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None


def _directory_bytes(path: Path) -> int:
    """The size of the directory as the end of the file says it; huge where that is not to be believed."""
    with path.open("rb") as opened:
        size = opened.seek(0, 2)
        opened.seek(max(size - _LONGEST_COMMENT - _END_BYTES - _LOCATOR_BYTES, 0))
        tail = opened.read()
    is_without_comment = tail[-_END_BYTES:].startswith(_END) and tail.endswith(b"\0\0")
    end = len(tail) - _END_BYTES if is_without_comment else tail.rfind(_END)
    if end < 0 or tail[max(end - _LOCATOR_BYTES, 0) : end].startswith(_LOCATOR):
        return MOST_DIRECTORY_BYTES + 1
    return int.from_bytes(tail[end + 12 : end + 16], "little")
