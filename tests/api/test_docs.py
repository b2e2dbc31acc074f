"""Every example of ``docs/api.md`` runs, in order, against a real server."""

import json
import os
import re
import subprocess
from pathlib import Path
from shutil import which

import pytest

from tests.api.test_connected import operator_of

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(which("curl") is None, reason="needs curl"),
]
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "api.md"


def examples() -> list[str]:
    return re.findall(r"```sh\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)


def test_the_examples_of_the_documentation_run(common_server, server_database, real_database_allowed):
    token, site = operator_of(server_database)
    parts = examples()
    assert len(parts) == 6
    marked = [re.sub(r"^curl -sS", "curl -sS --fail-with-body -w '\\\\n'", part, flags=re.MULTILINE) for part in parts]
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail"], input="\n".join(marked), capture_output=True, text=True, timeout=60,
        env={"URL": common_server.url, "TOKEN": token, "SITE": str(site), "PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines() if line]
    sites, station, changed, card, command, values, journal = answers
    assert [row["id"] for row in sites["results"]] == [site]
    assert (station["identity"], station["name"], changed["heartbeat_interval_s"]) == ("CP-0815", "Garage 3", 60)
    assert (card["value"], card["status"], card["driver_name"]) == ("04A1B2C3", "active", "Mara")
    assert (command["state"], values["results"], journal["results"]) == ("pending", [], [])
