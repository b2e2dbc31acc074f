"""``manage.py simulate`` as a process."""

import asyncio
import signal
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from apps.gateway.simulator.misbehaviour import TABLE

pytestmark = pytest.mark.server


async def start(*arguments):
    return await asyncio.create_subprocess_exec(
        sys.executable,
        str(settings.BASE_DIR / "manage.py"),
        "simulate",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_it_runs_stations_of_both_versions_until_a_signal(csms, number):
    process = await start("--url", csms.url, "--count", "2", "--version", "mixed", "--password", "x" * 16, "-v", "2")
    await csms.until(lambda: len(csms.payloads("BootNotification")) == 2, timeout_s=30)
    process.send_signal(number)
    output, errors = await asyncio.wait_for(process.communicate(), timeout=20)
    assert (process.returncode, errors) == (0, b"")
    assert b"2 simulated chargers towards" in output
    assert b"SIM-001 boot Accepted" in output
    assert output.endswith(b"All simulated chargers have stopped.\n")
    await csms.until(lambda: len(csms.closes) == 2)
    assert sorted(csms.offered) == ["ocpp1.6", "ocpp2.0.1"]


async def test_a_server_that_is_not_there_is_tried_again_until_the_duration_ends():
    process = await start("--url", "ws://127.0.0.1:9/ocpp", "--duration", "0.5", "-v", "2")
    output, errors = await asyncio.wait_for(process.communicate(), timeout=20)
    assert (process.returncode, errors) == (0, b"")
    assert b"Connect call failed" in output


def test_the_misbehaviours_are_listed_with_a_sentence_each(capsys):
    call_command("simulate", "--list-misbehaviours")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == sorted(TABLE)
    assert all("." in line for line in lines)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--misbehave", "juggling"], "unknown misbehaviour: juggling"),
        (["--fleet", "/nowhere/fleet.json"], "No such file"),
        (["--speed", "0"], "--speed"),
        (["--connectors", "0"], "connectors ≥ 1"),
    ],
)
def test_wrong_arguments_are_refused_in_one_sentence(arguments, complaint):
    with pytest.raises(CommandError, match=complaint):
        call_command("simulate", *arguments)
