"""Commands by the API to a charger that is really connected, through a real server."""

import asyncio
import time
from dataclasses import dataclass
from itertools import count

import httpx
import pytest

from apps.accounts.policy import Role
from apps.accounts.services.api_tokens import issue_api_token
from apps.gateway.simulator.driver import CallError, SimulatedStation
from tests.factories.places import MembershipFactory, OrganisationFactory, SiteFactory, UserFactory
from tests.support.server import OwnDatabase, ServerProcess
from tests.support.waiting import eventually

pytestmark = pytest.mark.server
PASSWORD = "a-long-enough-password"
_numbers = count(1)


@dataclass
class Outside:
    """An outside program with its token, and chargers it enrols for itself."""

    server: ServerProcess
    http: httpx.AsyncClient
    site: int

    async def enrol(self, **fields) -> SimulatedStation:
        """A simulated charger that the program has enrolled."""
        version = fields.pop("version", "1.6")
        identity = f"API-{next(_numbers):04}"
        body = {"identity": identity, "site": self.site, "password": PASSWORD, "provisioning_enabled": False, **fields}
        response = await self.http.post("/api/v1/stations/", json=body)
        assert response.status_code == 201, response.text
        return SimulatedStation(url=self.server.socket_url, identity=identity, version=version, password=PASSWORD)

    async def send(self, charger: SimulatedStation, action: str, payload: dict | None = None, wait: float = 10):
        body = {"action": action, "payload": payload or {}, "wait": wait}
        response = await self.http.post(f"/api/v1/stations/{charger.station.spec.identity}/commands/", json=body)
        assert response.status_code == 201, response.text
        return response.json()


def operator_of(database: OwnDatabase) -> tuple[str, int]:
    """The API token of a new operator, and the id of a site of the organisation."""

    def make():
        number = next(_numbers)
        organisation = OrganisationFactory(slug=f"outside-{number}", name=f"Outside {number}")
        user = UserFactory(email=f"outside{number}@example.com")
        MembershipFactory(user=user, organisation=organisation, role=Role.OPERATOR)
        site = SiteFactory(organisation=organisation, name=f"Outside {number}")
        return issue_api_token(user=user, name="test", actor=user)[1], site.pk

    return database.do(make)


@pytest.fixture
async def outside(common_server, server_database, real_database_allowed):
    secret, site = operator_of(server_database)
    headers = {"Authorization": f"Token {secret}"}
    async with httpx.AsyncClient(base_url=common_server.url, headers=headers, timeout=40) as http:
        yield Outside(common_server, http, site)


@pytest.mark.parametrize("version", ["1.6", "2.0.1", "2.1"])
async def test_the_whole_answer_of_the_charger_comes_with_the_command(outside, version):
    async with await outside.enrol(version=version) as charger:
        await charger.boot()
        unlock = {"connectorId": 1} if version == "1.6" else {"evseId": 1, "connectorId": 1}
        row = await outside.send(charger, "UnlockConnector", unlock)
        assert (row["state"], row["status_word"], row["response"]) == ("accepted", "Unlocked", {"status": "Unlocked"})
        assert (row["action"], row["request"]) == ("UnlockConnector", unlock)
        assert row["sent_at"] < row["settled_at"]


async def test_an_answer_is_reported_as_soon_as_it_is_there(outside):
    async with await outside.enrol() as charger:
        await charger.boot()
        begun = time.monotonic()
        row = await outside.send(charger, "ClearCache", wait=30)
        assert (row["state"], time.monotonic() - begun < 15) == ("accepted", True)


async def test_a_refusal_and_an_error_come_in_the_chargers_words(outside):
    async with await outside.enrol() as charger:
        await charger.boot()
        charger.on("ClearCache", {"status": "Rejected"})
        row = await outside.send(charger, "ClearCache")
        assert (row["state"], row["response"]) == ("rejected", {"status": "Rejected"})

        def broken(payload):
            raise CallError("InternalError", "out of order")

        charger.on("ClearCache", broken)
        row = await outside.send(charger, "ClearCache")
        assert (row["state"], row["error_code"]) == ("failed", "InternalError")
        assert row["response"]["errorDescription"] == "out of order"


async def test_without_waiting_the_answer_is_found_later(outside):
    async with await outside.enrol() as charger:
        await charger.boot()
        row = await outside.send(charger, "ClearCache", wait=0)
        assert row["state"] in {"pending", "sent", "accepted"}
        await charger.expect_call("ClearCache")
        async with asyncio.timeout(10):
            while row["state"] != "accepted":
                row = (await outside.http.get(f"/api/v1/commands/{row['id']}/")).json()


async def test_a_charger_that_keeps_silent_is_given_up_and_the_row_says_so(outside):
    async with await outside.enrol() as charger:
        await charger.boot()
        charger.on("ClearCache", lambda payload: None)
        early = await outside.send(charger, "ClearCache", wait=0.5)
        assert (early["state"], early["response"]) == ("sent", None)
        async with asyncio.timeout(20):
            row = early
            while row["state"] == "sent":
                row = (await outside.http.get(f"/api/v1/commands/{early['id']}/")).json()
        assert (row["state"], row["response"]) == ("timed_out", None)
        assert row["explanation"]


async def test_an_absent_charger_is_waited_for_and_gets_the_command_when_it_comes(outside):
    charger = await outside.enrol()
    row = await outside.send(charger, "ClearCache", wait=0.2)
    assert (row["state"], row["sent_at"]) == ("pending", None)
    async with charger:
        await charger.boot()
        await charger.expect_call("ClearCache")
        async with asyncio.timeout(10):
            while row["state"] != "accepted":
                row = (await outside.http.get(f"/api/v1/commands/{row['id']}/")).json()


async def test_somebody_who_waits_keeps_nobody_else_waiting(outside):
    async with await outside.enrol() as silent, await outside.enrol() as other:
        await silent.boot()
        await other.boot()
        silent.on("ClearCache", lambda payload: None)
        waiting = [asyncio.create_task(outside.send(silent, "ClearCache", wait=20)) for _ in range(3)]
        await silent.expect_call("ClearCache")
        row = await outside.send(other, "ClearCache", wait=20)
        assert row["state"] == "accepted"
        assert not any(task.done() for task in waiting[1:])
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def test_what_was_acknowledged_is_found_among_the_meter_values(outside):
    async with await outside.enrol() as charger:
        await charger.boot()
        await charger.plug_in()
        transaction = await charger.start(token="CARD")
        await charger.meter(power_w=7360, energy_wh=transaction.meter_start_wh + 500)
        identity = charger.station.spec.identity
        page = (await outside.http.get("/api/v1/meter-values/", params={"station": identity, "evse": 1})).json()
        assert page["results"][-1]["energy_wh"] == transaction.meter_start_wh + 500
        assert page["results"][-1]["power_w"] == 7360
        sessions = (await outside.http.get("/api/v1/sessions/", params={"station": identity})).json()["results"]
        assert [row["energy_wh"] for row in sessions] == [500]

        async def directions() -> bool:
            query = {"station": identity, "action": "BootNotification"}
            rows = (await outside.http.get("/api/v1/journal/", params=query)).json()["results"]
            return {row["direction"] for row in rows} == {"in", "out"}

        await eventually(directions, what="the boot in the journal")
