"""A charger on a published npm package. Opt-in, since it fetches the package: ``CHARGENET_NPM=1``."""

import asyncio
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.e2e.network import CARD, PASSWORD

PACKAGE = "ocpp-rpc@2.2.1"
SCRIPT = Path(__file__).parent / "foreign" / "charger.cjs"
STEP_WITHIN_S = 15

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(
        os.environ.get("CHARGENET_NPM") != "1", reason=f"fetches {PACKAGE} from npm: set CHARGENET_NPM=1"
    ),
]


@pytest.fixture(scope="session")
def package(tmp_path_factory) -> Path:
    """The package, installed for this run."""
    if not shutil.which("npm") or not shutil.which("node"):
        pytest.skip("needs node and npm")
    folder = tmp_path_factory.mktemp("npm")
    command = ["npm", "install", "--no-save", "--ignore-scripts", "--prefix", str(folder), PACKAGE]
    try:
        subprocess.run(command, check=True, timeout=120, capture_output=True)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"npm did not bring {PACKAGE}: {error}")
    return folder / "node_modules" / "ocpp-rpc"


class NodeCharger:
    """The script in a process of its own; ``step`` waits for a line."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def step(self, name: str) -> dict:
        async with asyncio.timeout(STEP_WITHIN_S):
            while True:
                line = json.loads(await self._process.stdout.readline())
                assert line["step"] != "failed", line
                if line["step"] == name:
                    return line

    async def end(self) -> None:
        self._process.stdin.close()
        async with asyncio.timeout(STEP_WITHIN_S):
            await self._process.wait()


@pytest.fixture
async def charger(network, station, version, package):
    arguments = [str(package), version, network.server.socket_url, station.identity, PASSWORD, CARD]
    process = await asyncio.create_subprocess_exec(
        "node", str(SCRIPT), *arguments, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    charger = NodeCharger(process)
    yield charger
    await charger.end()


@pytest.fixture
def station(network):
    return network.enrol()


START = {
    "1.6": ("RemoteStartTransaction", {"idTag": CARD, "connectorId": 1}),
    "2.0.1": (
        "RequestStartTransaction",
        {"idToken": {"idToken": CARD, "type": "ISO14443"}, "remoteStartId": 7, "evseId": 1},
    ),
}
REGISTERS = {"1.6": [1010, 1020, 1030], "2.0.1": [1000, 1010, 1020, 1030, 1030]}  # every event of 2.0.1 has one
UNLOCK = {"1.6": {"connectorId": 1}, "2.0.1": {"evseId": 1, "connectorId": 1}}
RESET = {"1.6": "Soft", "2.0.1": "OnIdle"}


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
async def test_it_charges_and_obeys(api, station, charger, version):
    assert (await charger.step("boot"))["status"] == "Accepted"
    assert (await charger.step("authorised"))["status"] == "Accepted"
    await charger.step("ready")
    session = await api.session(station.identity)
    assert (session["state"], session["energy_wh"], session["stopped_reason"]) == ("ended", 30, "Local")
    values = await api.all("meter-values/", station=station.identity)
    assert [row["energy_wh"] for row in values] == REGISTERS[version]

    assert (await api.command(station.identity, *START[version]))["response"] == {"status": "Accepted"}
    assert (await charger.step("remote start"))["status"] == "Accepted"
    running, _ = await api.all("sessions/", station=station.identity)
    number = int(running["transaction_id"]) if version == "1.6" else running["transaction_id"]
    stop = {"1.6": "RemoteStopTransaction", "2.0.1": "RequestStopTransaction"}[version]
    row = await api.command(station.identity, stop, {"transactionId": number})
    assert row["response"] == {"status": "Accepted"}
    await charger.step("remote stop")
    assert (await api.one(f"sessions/{running['id']}/"))["stopped_reason"] == "Remote"

    assert (await api.command(station.identity, "UnlockConnector", UNLOCK[version]))["response"] == {
        "status": "Unlocked"
    }
    row = await api.command(station.identity, "TriggerMessage", {"requestedMessage": "Heartbeat"})
    assert row["response"] == {"status": "Accepted"}
    assert "currentTime" in await charger.step("heartbeat")
    assert (await api.command(station.identity, "Reset", {"type": RESET[version]}))["response"] == {
        "status": "Accepted"
    }
    await charger.step("reset")
    await api.until(f"stations/{station.identity}/", is_online=True, vendor="npm")
    assert (await api.command(station.identity, "ClearCache", {}))["error_code"] in {"NotImplemented", "NotSupported"}
