"""The benchmark itself works, in its smallest size, on the tier that is tested."""

import json
import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings

from tests.support.server import ROOT

# Under a minute on a quiet machine; the tests beside it may leave it a small share.
WITHIN_S = 600

# Each tier measures what the other does not. Throughput takes too long for a test; its parts are in the others.
EMBEDDED = ("fleet", "crash", "documents")
EMBEDDED_FIGURES = {
    "lost_SQLite",
    "doubled_SQLite",
    "storm_daphne",
    "idle_cpu_daphne",
    *("documents_xml", "documents_pdf_1", "documents_pdf_2"),
}
PRODUCTION = ("commands", "pages", "rating")
PRODUCTION_FIGURES = {
    *("command_enqueued_p50", "command_posted_p50", "commands_per_second"),
    *("page_stations_10", "page_sessions_1000", "api_sessions_1000"),
    *("rated_engine", "running_cost_p99", "rated_stored"),
}


@pytest.mark.server
def test_a_quick_run_measures_every_figure_and_loses_nothing(tmp_path):
    json_path = tmp_path / "bench.json"
    run_benchmark(json_path)
    values = {figure["key"]: figure["value"] for figure in json.loads(json_path.read_text())["figures"]}
    expected = PRODUCTION_FIGURES if settings.DATABASE_URL else EMBEDDED_FIGURES
    assert expected - values.keys() == set()
    assert {key: value for key, value in values.items() if key.startswith(("lost_", "doubled_")) and value} == {}
    assert all(value > 0 for key, value in values.items() if key.startswith(("cpu_", "rate_")))


def run_benchmark(json_path) -> None:
    """On PostgreSQL only where this tier has it: an address that nobody listens on switches it off."""
    server = settings.DATABASE_URL.rsplit("/", 1)[0] if settings.DATABASE_URL else "postgres://postgres@127.0.0.1:1"
    environment = {
        **os.environ,
        "BENCH_DATABASE_SERVER": server,
        "BENCH_REDIS_URL": settings.REDIS_URL or "redis://127.0.0.1:1",
    }
    command = [
        sys.executable,
        "-m",
        "tests.benchmarks",
        *(PRODUCTION if settings.DATABASE_URL else EMBEDDED),
        "--quick",
        "--json",
        str(json_path),
    ]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            output, _ = process.communicate(timeout=WITHIN_S)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGTERM)
            output, _ = process.communicate()
            pytest.fail(f"The benchmark took more than {WITHIN_S} s:\n{output[-3000:]}")
    assert process.returncode == 0, output[-3000:]
