"""Stations living by themselves: connecting, booting until accepted, sessions by plan, outages, fleets."""

import asyncio
import contextlib
from dataclasses import replace

import orjson
import pytest

from apps.gateway.simulator import schemas, supervision
from apps.gateway.simulator.build import build_station
from apps.gateway.simulator.fleet import load_fleet, run_fleet
from apps.gateway.simulator.life import Life
from apps.gateway.simulator.plan import Plan
from apps.gateway.simulator.spec import SpecError, StationSpec
from apps.gateway.simulator.supervision import Supervisor

QUICK = Plan(arrivals_per_hour=60, early_share=1, early_within_s=2, session_s=(900, 1200), handling_s=(1, 2))


@pytest.fixture(params=["1.6", "2.0.1", "2.1"])
def version(request):
    return request.param


@contextlib.asynccontextmanager
async def living(csms, version, plan=QUICK, *, speed=3000, **spec):
    """A station living by its plan for the length of the block."""
    described = StationSpec(identity="CP1", version=version, **({"meter_interval_s": 0.05} | spec))
    station = build_station(described, url=csms.url, seed=1, speed=speed, retry_interval_s=0.01)
    task = asyncio.create_task(Life(station, plan, backoff_s=0.01).run())
    try:
        yield station
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@contextlib.asynccontextmanager
async def supervised(csms, **spec):
    station = build_station(StationSpec(identity="CP1", **spec), url=csms.url, seed=1)
    supervisor = Supervisor(station, backoff_s=0.01)
    task = asyncio.create_task(supervisor.run())
    try:
        yield station, supervisor
    finally:
        task.cancel()
        await asyncio.wait([task])
        await station.shut_down()


def stops(csms):
    ended = [event for event in csms.payloads("TransactionEvent") if event["eventType"] == "Ended"]
    return csms.payloads("StopTransaction") + ended


async def test_cars_come_charge_and_leave_and_every_frame_is_valid(csms, version):
    async with living(csms, version):
        await csms.until(lambda: len(stops(csms)) >= 2, timeout_s=20)
    problems = [found for action, payload in csms.calls() if (found := schemas.problem(version, action, payload))]
    assert problems == []
    assert csms.closes == [(1000, True)]


async def test_a_dc_session_tells_its_state_of_charge(csms, version):
    async with living(csms, version, kind="dc", max_power_kw=150):
        await csms.until(lambda: stops(csms), timeout_s=20)
    update = [p for action, p in csms.calls() if action in ("MeterValues", "TransactionEvent") and "meterValue" in p][1]
    measurands = {value["measurand"] for value in update["meterValue"][0]["sampledValue"]}
    assert measurands >= {"Energy.Active.Import.Register", "Power.Active.Import", "Current.Import", "Voltage", "SoC"}


async def test_a_refused_token_starts_nothing(csms):
    csms.answers["Authorize"] = lambda payload: {"idTagInfo": {"status": "Blocked"}}
    async with living(csms, "1.6"):
        await csms.until(lambda: len(csms.payloads("Authorize")) >= 2, timeout_s=20)
    assert not csms.payloads("StartTransaction")


async def test_a_session_that_breaks_is_told_as_a_fault(csms, version):
    plan = replace(QUICK, fault_probability=1)
    async with living(csms, version, plan):
        await csms.until(
            lambda: any("Faulted" in status.values() for status in csms.payloads("StatusNotification")), timeout_s=20
        )
        if version != "1.6":
            await csms.until(lambda: csms.payloads("NotifyEvent"))
            assert schemas.problem(version, "NotifyEvent", csms.payloads("NotifyEvent")[0]) is None
    assert stops(csms)


async def test_a_broken_station_stays_faulted_and_charges_nobody(csms):
    async with living(csms, "1.6", replace(QUICK, broken="GroundFailure")):
        await csms.until(lambda: any(s["status"] == "Faulted" for s in csms.payloads("StatusNotification")))
    faults = [s for s in csms.payloads("StatusNotification") if s["status"] == "Faulted"]
    assert [(s["connectorId"], s["errorCode"]) for s in faults] == [(1, "GroundFailure")]
    assert not csms.payloads("StartTransaction")


async def test_outages_lose_no_transaction_message(csms, version):
    plan = replace(QUICK, offline_per_hour=30, offline_s=(60, 300))
    async with living(csms, version, plan):
        await csms.until(lambda: len(csms.sockets) >= 3 and len(stops(csms)) >= 3, timeout_s=25)
    if version == "1.6":
        assert [s["transactionId"] for s in stops(csms)] == list(range(1, len(stops(csms)) + 1))
    else:
        numbers: dict[str, list[int]] = {}
        for event in csms.payloads("TransactionEvent"):
            numbers.setdefault(event["transactionInfo"]["transactionId"], []).append(event["seqNo"])
        assert all(sorted(set(found)) == list(range(len(set(found)))) for found in numbers.values())


async def test_a_station_going_away_ends_its_transaction(csms):
    plan = replace(QUICK, session_s=(1e6, 1e6))
    async with living(csms, "1.6", plan):
        await csms.until(lambda: csms.payloads("MeterValues"))
    assert [stop["reason"] for stop in stops(csms)] == ["PowerLoss"]


async def test_a_pending_station_boots_again_until_it_is_accepted(csms, monkeypatch):
    monkeypatch.setattr(supervision, "RETRY_BOOT_S", 0.01)
    statuses = iter(["Pending", "Rejected"])
    accepted = "Accepted"
    csms.answers["BootNotification"] = lambda payload: {
        "status": next(statuses, accepted),
        "currentTime": "2026-01-01T00:00:00Z",
        "interval": 0,
    }
    async with supervised(csms):
        await csms.until(lambda: csms.payloads("StatusNotification"))
    actions = [action for action, _ in csms.calls()]
    assert actions[:4] == ["BootNotification"] * 3 + ["StatusNotification"]


async def test_heartbeats_come_at_the_interval_told(csms):
    csms.answers["BootNotification"] = lambda payload: {
        "status": "Accepted",
        "currentTime": "2026-01-01T00:00:00Z",
        "interval": 0.05,
    }
    async with supervised(csms):
        await csms.until(lambda: len(csms.payloads("Heartbeat")) >= 3)


async def test_a_lost_connection_is_dialled_again_and_booted(csms):
    async with supervised(csms):
        await csms.until(lambda: csms.payloads("StatusNotification"))
        await csms.sockets[0].close()
        await csms.until(lambda: len(csms.payloads("BootNotification")) == 2)


async def test_a_status_changed_offline_is_told_at_a_reconnect_without_boot(csms):
    async with supervised(csms, misbehave=("no-boot-on-reconnect",)) as (station, _):
        await csms.until(lambda: len(csms.payloads("StatusNotification")) == 2)
        await station.close()
        await station.plug_in(station.evses[1])
        await csms.until(lambda: csms.payloads("StatusNotification")[-1]["status"] == "Preparing")
    assert len(csms.payloads("BootNotification")) == 1


async def test_a_station_reset_under_supervision_comes_back_once(csms):
    async with supervised(csms) as (station, _):
        station.reboot_s = 0.01
        await csms.until(lambda: csms.payloads("StatusNotification"))
        await csms.ask("Reset", {"type": "Hard"})
        await csms.until(lambda: len(csms.payloads("StatusNotification")) == 4)
        assert station.connected
    assert len(csms.sockets) == len(csms.payloads("BootNotification")) == 2


async def test_a_station_that_is_pending_after_a_reset_boots_until_it_is_accepted(csms, monkeypatch):
    monkeypatch.setattr(supervision, "RETRY_BOOT_S", 0.01)
    statuses = iter(["Accepted", "Pending", "Pending"])
    csms.answers["BootNotification"] = lambda payload: {
        "status": next(statuses, "Accepted"),
        "currentTime": "2026-01-01T00:00:00Z",
        "interval": 0,
    }
    async with supervised(csms) as (station, _):
        station.reboot_s = 0.01
        await csms.until(lambda: len(csms.payloads("StatusNotification")) == 2)
        await csms.ask("Reset", {"type": "Hard"})
        await csms.until(lambda: len(csms.payloads("StatusNotification")) == 4)
    assert len(csms.payloads("BootNotification")) == 4


async def test_clock_aligned_values_are_sent_when_switched_on(csms, version):
    plan = replace(QUICK, early_share=0, arrivals_per_hour=0)
    async with living(csms, version, plan) as station:
        station.clock_aligned_interval_s = 0.1
        await csms.until(lambda: csms.payloads("MeterValues"), timeout_s=10)
    assert csms.payloads("MeterValues")[0]["meterValue"][0]["sampledValue"][0]["context"] == "Sample.Clock"


async def test_a_fleet_of_both_versions_runs_and_stops_cleanly(csms, tmp_path):
    path = tmp_path / "fleet.json"
    stations = [
        {"identity": "A-1", "version": "1.6", "password": "p" * 16, "tokens": ["TAG"], "arrivals_per_hour": 60},
        {"identity": "B-1", "version": "2.0.1", "kind": "dc", "max_power_kw": 150, "connectors": 2},
    ]
    path.write_bytes(orjson.dumps(stations))
    stop = asyncio.Event()
    fleet = asyncio.create_task(run_fleet(load_fleet(path), url=csms.url, speed=600, seed=1, stop_event=stop))
    await csms.until(lambda: csms.payloads("StartTransaction") and csms.payloads("TransactionEvent"), timeout_s=20)
    stop.set()
    await fleet
    assert {identity for identity, _ in csms.frames} == {"A-1", "B-1"}
    assert csms.payloads("StartTransaction")[0]["idTag"] == "TAG"
    await csms.until(lambda: len(csms.closes) == 2)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[", "not JSON"),
        ("{}", "a list of stations"),
        ('[{"version": "1.6"}]', "without identity"),
        ('[{"identity": "A", "colour": "red"}]', "A: unknown field colour"),
        ('[{"identity": "A", "version": "3"}]', "none of 1.6, 2.0.1, 2.1"),
        ('[{"identity": "A", "kind": "solar"}]', "neither ac nor dc"),
    ],
)
def test_a_wrong_fleet_file_is_refused_with_the_reason(tmp_path, text, complaint):
    path = tmp_path / "fleet.json"
    path.write_text(text)
    with pytest.raises(SpecError, match=complaint):
        load_fleet(path)
