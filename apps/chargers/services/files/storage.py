"""Where file contents lie: under ``FILES_ROOT``, outside everything that is served, with random names of ours."""

import re
import secrets
from pathlib import Path

from django.conf import settings

_NAME = re.compile(r"[0-9a-f]{32}")
_UNSAFE = re.compile(r"[^A-Za-z0-9._+-]+")


def new_storage_name() -> str:
    return secrets.token_hex(16)


def path_of(storage_name: str) -> Path:
    """The file with this name of ours; ``ValueError`` for anything that is none."""
    if not _NAME.fullmatch(storage_name):
        raise ValueError("This is no name of a stored file.")
    return Path(settings.FILES_ROOT) / storage_name[:2] / storage_name


def partial_path_of(storage_name: str) -> Path:
    """Where it lies while it is still coming in."""
    return path_of(storage_name).with_suffix(".part")


def remove_content(storage_name: str) -> None:
    """Delete the content; harmless where there is none."""
    if storage_name:
        path_of(storage_name).unlink(missing_ok=True)
        partial_path_of(storage_name).unlink(missing_ok=True)


def clean_name(name: str, *, otherwise: str = "file") -> str:
    """The last part of a name that came from outside, in plain letters; never a path, never hidden."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return _UNSAFE.sub("_", last).strip("._")[:120] or otherwise
