"""Files of a simulated station: firmware really fetched, in parts; logs really uploaded. All in threads."""

import asyncio
import base64
import hashlib
import http.client
import urllib.error
import urllib.request
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit, urlunsplit

PART_BYTES = 256 * 1024
TIMEOUT_S = 30
MAX_BYTES = 1024 * 1024 * 1024


class TransferFailed(Exception):
    """The server did not take or give the file; the text says why."""


@dataclass(frozen=True)
class Fetched:
    """A whole file. ``version`` is what its first line ``VERSION=…`` says, or ``""``."""

    sha256: str
    md5: str
    size_bytes: int
    version: str


async def download(location: str) -> Fetched:
    """Fetch by ranges, as stations with little memory do. Raises TransferFailed."""
    return await _in_thread(_download, location)


async def upload(location: str, name: str, content: bytes) -> None:
    """``PUT`` the file into the directory ``location``. Raises TransferFailed."""
    await _in_thread(_upload, location, name, content)


async def _in_thread(work, *arguments):
    try:
        return await asyncio.to_thread(work, *arguments)
    except urllib.error.HTTPError as error:
        raise TransferFailed(f"HTTP {error.code}") from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise TransferFailed(str(error)) from error


def _download(location: str) -> Fetched:
    url, headers = _split(location)
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    first, size, head = 0, 1, b""
    while first < min(size, MAX_BYTES):
        wanted = {**headers, "Range": f"bytes={first}-{first + PART_BYTES - 1}"}
        with urllib.request.urlopen(urllib.request.Request(url, headers=wanted), timeout=TIMEOUT_S) as answer:
            part = answer.read(MAX_BYTES)
            size = int(answer.headers["Content-Range"].rpartition("/")[2]) if answer.status == 206 else len(part)
        if not part:
            raise ValueError("the file ends too early")
        head = head or part[:200]
        sha256.update(part)
        md5.update(part)
        first += len(part)
    line = head.partition(b"\n")[0]
    version = line.removeprefix(b"VERSION=").decode(errors="replace").strip() if line.startswith(b"VERSION=") else ""
    return Fetched(sha256.hexdigest(), md5.hexdigest(), first, version[:50])


def _upload(location: str, name: str, content: bytes) -> None:
    url, headers = _split(location)
    request = urllib.request.Request(f"{url.rstrip('/')}/{quote(name)}", data=content, method="PUT", headers=headers)
    request.add_header("Content-Type", "text/plain")
    with urllib.request.urlopen(request, timeout=TIMEOUT_S):
        return


def _split(location: str) -> tuple[str, dict[str, str]]:
    """The address without its credentials, and the header that says them."""
    parts = urlsplit(location)
    if parts.scheme not in ("http", "https"):
        raise ValueError(f"no way to transfer by {parts.scheme or 'nothing'}")
    if parts.username is None:
        return location, {}
    login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=host)), {
        "Authorization": "Basic " + base64.b64encode(login.encode()).decode()
    }
