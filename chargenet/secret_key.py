"""The signing key of an installation that was given none: made once, kept in ``var/``."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from django.core.management.utils import get_random_secret_key


def load_or_create_secret_key(var_dir: Path) -> str:
    """Return the key kept in ``var_dir/secret_key``, creating it (mode 0600) the first time.

    Two processes that start together agree on one key: the file appears whole, and only once.
    """
    path = var_dir / "secret_key"
    if not path.exists():
        try:
            var_dir.mkdir(parents=True, exist_ok=True)
            _create(path)
        except OSError as error:
            sys.exit(
                f"ChargeNet cannot write to {var_dir} ({error.strerror}). Set CHARGENET_VAR to a writable directory."
            )
    return path.read_text().strip()


def _create(path: Path) -> None:
    partial = path.with_suffix(f".{uuid4().hex}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(get_random_secret_key())
    with suppress(FileExistsError):  # somebody else was quicker
        os.link(partial, path)
    partial.unlink()
