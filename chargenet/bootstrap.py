"""Prepares a machine: ``.venv`` from ``uv.lock``, and the libraries that WeasyPrint needs.

Run as a script by any Python; uses the standard library only, since nothing is installed yet. Every failure is one
sentence that says what to do.
"""

from __future__ import annotations

import ctypes.util
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / ".chargenet-lock"
PANGO_LIBRARIES = ("pango-1.0", "pangoft2-1.0", "harfbuzz")
DEBIAN_PANGO = ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"]


def main(arguments: list[str]) -> None:
    if sys.version_info < (3, 11):
        sys.exit(
            f"ChargeNet needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}. "
            "Install a newer Python and run: make run PYTHON=python3.11"
        )
    with_dev = "--dev" in arguments
    wanted = f"{hashlib.sha256((ROOT / 'uv.lock').read_bytes()).hexdigest()} {'dev' if with_dev else 'run'}"
    if not _is_prepared(wanted):
        _sync(with_dev=with_dev)
        STAMP.write_text(wanted)
    _check_pango()


def _is_prepared(wanted: str) -> bool:
    """The environment matches the lock; one with the development tools also serves for running."""
    return STAMP.is_file() and STAMP.read_text() in {wanted, wanted.replace(" run", " dev")}


def _sync(*, with_dev: bool) -> None:
    print("Preparing .venv (only the first time, and after an update) …", flush=True)
    python = VENV / "bin" / "python"
    try:
        if not python.exists():
            _run([sys.executable, "-m", "venv", str(VENV)])
        uv = shutil.which("uv") or str(VENV / "bin" / "uv")
        if not Path(uv).exists():
            _run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"])
        extra = [] if with_dev else ["--no-dev"]
        environment = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(VENV), "UV_LINK_MODE": "copy"}
        # --inexact keeps uv itself where it was installed into the environment.
        _run([uv, "sync", "--frozen", "--inexact", "--quiet", "--python", str(python), *extra], env=environment)
    except OSError as error:
        sys.exit(f"ChargeNet cannot write to {ROOT} ({error.strerror}). Copy it to a directory of yours.")


def _run(command: list[str], env: dict[str, str] | None = None) -> None:
    if subprocess.run(command, cwd=ROOT, env=env, check=False).returncode:
        sys.exit(f"Preparing .venv failed at: {' '.join(command[:4])} … Mend what is said above and run it again.")


def _check_pango() -> None:
    """WeasyPrint draws PDF with Pango, which pip cannot bring."""
    if all(ctypes.util.find_library(name) for name in PANGO_LIBRARIES):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Pango for PDF documents …", flush=True)
        subprocess.run(["apt-get", "update", "-qq"], check=False, stdout=subprocess.DEVNULL)
        subprocess.run(["apt-get", "install", "-y", "-qq", *DEBIAN_PANGO], check=False, stdout=subprocess.DEVNULL)
        if ctypes.util.find_library(PANGO_LIBRARIES[0]):
            return
    print(
        "PDF documents need Pango, which is not installed. Everything else works. To get it: "
        f"sudo apt-get install {' '.join(DEBIAN_PANGO)}  (macOS: brew install pango)"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
