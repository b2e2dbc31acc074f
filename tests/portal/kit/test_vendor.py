"""Files of others are exactly the ones that the manifest names."""

import hashlib
from pathlib import Path

from django.conf import settings

VENDOR = Path(settings.BASE_DIR) / "static" / "vendor"


def listed() -> dict[str, str]:
    lines = (VENDOR / "MANIFEST.txt").read_text().splitlines()
    pairs = [line.split("  ", 1) for line in lines if "  " in line and not line.startswith("#")]
    return {path: digest for digest, path in pairs}


def test_every_vendored_file_has_the_hash_that_the_manifest_states():
    found = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "MANIFEST.txt"
    }
    assert found == listed()


def test_every_library_comes_with_its_licence():
    libraries = {path.split("/", 1)[0] for path in listed()}
    assert libraries == {"htmx", "idiomorph", "inter", "tabler", "tabler-icons", "uplot"}
    assert {library for library in libraries if not (VENDOR / library / "LICENSE").is_file()} == set()


def test_nothing_vendored_points_to_another_host_for_its_assets():
    for path in VENDOR.rglob("*.css"):
        text = path.read_text()
        assert "@import" not in text
        assert "url(http" not in text
        assert "url(//" not in text
