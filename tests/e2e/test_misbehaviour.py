"""Every misbehaviour of the simulator through the real server: what is left of it, exactly."""

import asyncio
import contextlib
from dataclasses import asdict
from types import SimpleNamespace

import pytest

from apps.chargers.models import StationDeviation
from apps.gateway.simulator import background
from apps.gateway.simulator.misbehaviour import TABLE
from apps.gateway.simulator.misbehaviour.answers import LateAnswer
from apps.sessions.models import ChargingSession, MeterValue
from tests.e2e.expectations import EXPECTED, FORGIVEN, expected
from tests.e2e.misbehaving import all_cases, outcome_of, run_all
from tests.e2e.network import CARD, Network
from tests.support.waiting import eventually, wait_until

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("misbehaviour")]  # all dialogues run beside each other, once
CASES = {str(case): case for case in all_cases(FORGIVEN)}


@pytest.fixture(scope="module")
def ran(common_server, django_db_blocker):
    """All dialogues beside each other, and a good neighbour who charges meanwhile."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(LateAnswer, "delay_s", 3)
        patch.setattr(background, "STEP_S", 0)
        network = Network.found(common_server)
        neighbour = asyncio.run(beside_each_other(network))
        wait_for_notes(network)
        yield SimpleNamespace(network=network, neighbour=neighbour)


async def beside_each_other(network):
    station = network.enrol()
    done = asyncio.Event()

    async def charge_meanwhile():
        async with network.dial(station) as charger:
            await charger.boot()
            await charger.plug_in()
            start = await charger.start(token=CARD, meter_start_wh=5000)
            told = [5000]
            while not done.is_set():
                told.append(told[-1] + 1)
                await charger.meter(energy_wh=told[-1])
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(done.wait(), 0.2)
            await charger.stop(meter_stop_wh=told[-1])
        return SimpleNamespace(station=station, transaction_id=start.id, told=told)

    neighbour = asyncio.create_task(charge_meanwhile())
    await run_all(network, list(CASES.values()))
    done.set()
    return await neighbour


def wait_for_notes(network):
    """Deviations are written in groups every few seconds; what a last station does comes with the last group."""

    async def deviate():
        station = network.enrol(is_lenient=True)
        async with network.dial(station) as charger:
            await charger.call("Heartbeat", {"extra": 1})
        return station

    last = asyncio.run(deviate())
    wait_until(lambda: network.rows(StationDeviation.objects.filter(station=last)), within_s=20, what="the last note")


def test_every_misbehaviour_has_its_expectation():
    assert sorted(EXPECTED) == sorted(TABLE)


@pytest.mark.parametrize("name", CASES)
def test_what_is_left_of_it(ran, name):
    case = CASES[name]
    assert asdict(outcome_of(ran.network, case)) == asdict(expected(case))


def test_a_good_neighbour_charges_undisturbed(ran):
    (session,) = ran.network.rows(ChargingSession.objects.filter(station=ran.neighbour.station))
    told = ran.neighbour.told
    assert (session.state, session.flags, session.energy_wh) == ("ended", [], told[-1] - told[0])
    values = MeterValue.objects.filter(station_id=ran.neighbour.station.pk, context="Sample.Periodic").order_by("at")
    assert [value.energy_wh for value in ran.network.rows(values)] == told[1:]


def test_the_server_lives_and_nothing_is_negative(ran):
    sessions = ran.network.rows(ChargingSession.objects.filter(site=ran.network.site))
    assert min(session.energy_wh for session in sessions) == 0
    assert all(session.ended_at is None or session.ended_at >= session.started_at for session in sessions)
    assert asyncio.run(still_answers(ran.network))


async def still_answers(network):
    station = network.enrol()
    async with network.dial(station) as charger:
        await charger.boot()
        async with network.api() as api:
            return await eventually(lambda: api.until(f"stations/{station.identity}/", status="available"))
