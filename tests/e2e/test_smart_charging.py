"""Smart charging through a real socket: asked, confirmed by the charger, obeyed by the current, cleared, reported."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from apps.chargers.choices import CommandOrigin
from apps.chargers.messages.charging_profiles import ChargingProfile, ChargingSchedule, ChargingSchedulePeriod
from apps.chargers.messages.commands import RawCall, RequestStartTransaction
from apps.energy.models import (
    ChargingLimit,
    CompositeScheduleReading,
    EvChargingNeeds,
    EvChargingSchedule,
    InstalledProfile,
)
from apps.energy.services import profiles as services
from apps.gateway.simulator.physics import Car
from apps.sessions.models import ChargingSession
from tests.e2e.network import CARD
from tests.support.waiting import eventually

pytestmark = pytest.mark.server
ALL = pytest.mark.parametrize("version", ["1.6", "2.0.1"])
NEW = pytest.mark.parametrize("version", ["2.0.1"])


@pytest.fixture
def station(network, version):
    return network.enrol(protocol=f"ocpp{version}", evses=2)


@pytest.fixture
async def charger(network, station, version):
    async with network.dial(station, version=version, connectors=2, max_power_kw=22.08) as powered:
        await powered.boot()
        yield powered


def profile(*periods, purpose="TxDefaultProfile", level=0, kind="Absolute", unit="A", number=None, **more):
    found = tuple(ChargingSchedulePeriod(at, Decimal(str(limit))) for at, limit in periods)
    start = None if kind == "Relative" else datetime.now(UTC).replace(microsecond=0)
    schedule = ChargingSchedule(unit, found, start_at=start)
    return ChargingProfile(number or 0, level, purpose, kind, (schedule,), **more)


async def install(network, station, wanted, evse=1) -> InstalledProfile:
    """The row of a profile, once the station has answered."""
    row = network.database.do(lambda: _ask(network, station, wanted, evse))
    await network.settled(row.command)
    return network.rows(InstalledProfile.objects.filter(pk=row.pk))[0]


def _ask(network, station, wanted, evse):
    wanted = replace(wanted, id=wanted.id or services.new_profile_id())
    return services.set_profile(
        station=station, evse_number=evse, profile=wanted, actor=network.operator, origin=CommandOrigin.PORTAL,
        at=datetime.now(UTC),
    ).row  # fmt: skip


async def do(network, service, station, **fields):
    row = network.database.do(
        lambda: service(
            station=station, actor=network.operator, origin=CommandOrigin.PORTAL, at=datetime.now(UTC), **fields
        )
    )
    return await network.settled(row)


async def until(network, queryset, *, what):
    """The rows, once there are some; the server under test has no worker beside it."""

    def stored():
        network.database.deliver_events()
        return network.rows(queryset)

    return await eventually(stored, what=what)


async def charging(network, station, charger, **car):
    """A session at EVSE 1, as we know it."""
    await charger.plug_in(1, Car(max_ac_current_a=32, **car))
    await charger.start(1, token=CARD)
    (session,) = await until(network, ChargingSession.objects.open().filter(station_id=station.pk), what="a session")
    return session


@ALL
@pytest.mark.ocpp(None, "SetChargingProfile", "GetCompositeSchedule", "ClearChargingProfile")
async def test_a_profile_is_confirmed_by_the_charger_obeyed_by_the_current_and_cleared(
    network, station, charger, version
):
    await charging(network, station, charger)
    assert (await charger.meter(1, seconds=60)).current_a[0] == 32
    row = await install(network, station, profile((0, 10.5), (1800, 8)))
    assert row.state == "accepted"

    await do(network, services.read_composite, station, evse_number=1, duration_s=3600, unit="A")
    (reading,) = network.rows(CompositeScheduleReading.objects.filter(station=station.pk))
    assert (reading.agrees, [float(limit) for _, limit in reading.theirs]) == (True, [10.5, 8])
    assert (await charger.meter(1, seconds=60)).current_a[0] == 10.5

    cleared = await do(network, services.clear_profiles, station, profile_id=row.profile_id)
    assert cleared.status_word == "Accepted"
    (row,) = network.rows(InstalledProfile.objects.filter(pk=row.pk))
    assert row.state == "cleared"
    assert (await charger.meter(1, seconds=60)).current_a[0] == 32
    again = await do(network, services.clear_profiles, station, profile_id=row.profile_id)
    assert (again.state, again.status_word) == ("rejected", "Unknown")


@ALL
async def test_purposes_stack_and_the_stations_sum_is_confirmed(network, station, charger, version):
    await charging(network, station, charger)
    assert (
        await install(network, station, profile((0, 25), purpose="ChargingStationMaxProfile"), 0)
    ).state == "accepted"
    assert (await install(network, station, profile((0, 20)), 0)).state == "accepted"
    assert (await install(network, station, profile((0, 13), purpose="TxProfile", kind="Relative"))).state == "accepted"
    assert (await charger.meter(1, seconds=60)).current_a[0] == 13
    for evse, limit in ((1, 13), (2, 20), (0, 25)):
        await do(network, services.read_composite, station, evse_number=evse, duration_s=600, unit="A")
        rows = CompositeScheduleReading.objects.filter(station=station.pk, evse_number=evse)
        (reading,) = network.rows(rows)
        assert (reading.agrees, [[start_s, float(said)] for start_s, said in reading.theirs]) == (True, [[0, limit]])


@ALL
async def test_a_sessions_profile_ends_with_its_session_on_both_sides(network, station, charger, version):
    session = await charging(network, station, charger)
    row = await install(network, station, profile((0, 8), purpose="TxProfile", kind="Relative"))
    assert row.transaction_id == session.transaction_id
    await charger.stop(1)
    await until(
        network, InstalledProfile.objects.filter(pk=row.pk, state="expired"), what="the end of the session's profile"
    )
    assert charger.station.profiles.profiles == []


@ALL
@pytest.mark.ocpp("1.6", "RemoteStartTransaction")
@pytest.mark.ocpp("2.0.1", "RequestStartTransaction")
async def test_a_remote_start_brings_its_profile_along(network, station, charger, version):
    await charger.plug_in(1, Car(max_ac_current_a=32))
    start = RequestStartTransaction(id_token=CARD, remote_start_id=77, evse_id=1)
    wanted = profile((0, 9), purpose="TxProfile", kind="Relative", number=5001)
    await do(network, services.start_with_profile, station, start=start, profile=wanted)
    (session,) = await until(network, ChargingSession.objects.open().filter(station_id=station.pk), what="the session")
    (row,) = await until(
        network, InstalledProfile.objects.in_force().filter(transaction_id=session.transaction_id), what="its profile"
    )
    assert row.profile_id == 5001
    assert (await charger.meter(1, seconds=60)).current_a[0] == 9


@ALL
async def test_what_the_charger_refuses_is_shown_and_what_it_ignores_is_found_out(network, station, charger, version):
    charger.station.profiles.max_stack_level = 0
    assert (await install(network, station, profile((0, 10), level=3))).state == "rejected"
    charger.station.profiles.ignores = True
    assert (await install(network, station, profile((0, 10)))).state == "accepted"
    await do(network, services.read_composite, station, evse_number=1, duration_s=600, unit="A")
    (reading,) = network.rows(CompositeScheduleReading.objects.filter(station=station.pk))
    assert reading.differences == [[0, 600, "10.0", "32.0"]]


@ALL
async def test_a_raw_call_teaches_the_same_as_a_command(network, station, charger, version):
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 7}]}
    shape = {"stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile", "chargingProfileKind": "Relative"}
    if version == "1.6":
        raw = {"connectorId": 1, "csChargingProfiles": {"chargingProfileId": 9, **shape, "chargingSchedule": schedule}}
    else:
        raw = {"evseId": 1, "chargingProfile": {"id": 9, **shape, "chargingSchedule": [{"id": 1, **schedule}]}}
    await network.ask(station, RawCall("SetChargingProfile", raw))
    (row,) = network.rows(InstalledProfile.objects.filter(station=station.pk))
    assert (row.profile_id, row.state, row.source) == (9, "accepted", "raw")
    clear = {"id": 9} if version == "1.6" else {"chargingProfileId": 9}
    await network.ask(station, RawCall("ClearChargingProfile", clear))
    assert [row.state for row in network.rows(InstalledProfile.objects.filter(station=station.pk))] == ["cleared"]


@NEW
@pytest.mark.ocpp("2.0.1", "GetChargingProfiles", "ReportChargingProfiles")
async def test_a_report_in_parts_tells_what_is_there_and_what_is_not(network, station, charger, version):
    for number, level in ((11, 0), (12, 1), (13, 2)):
        await install(network, station, profile((0, 10), level=level, number=number))
    charger.station.profiles.clear(profile_id=12)
    command = await do(network, services.read_profiles, station)
    assert command.status_word == "Accepted"
    await until(
        network, InstalledProfile.objects.filter(station=station.pk, profile_id=12, state="cleared"), what="the gap"
    )
    held = InstalledProfile.objects.in_force().filter(station=station.pk).exclude(reported_at=None)
    assert {row.profile_id for row in network.rows(held)} == {11, 13}
    nothing = await do(network, services.read_profiles, station, stack_level=7)
    assert (nothing.state, nothing.status_word) == ("accepted", "NoProfiles")


@NEW
@pytest.mark.ocpp("2.0.1", "NotifyChargingLimit", "ClearedChargingLimit")
async def test_a_limit_of_another_system_is_kept_until_it_is_cleared(network, station, charger, version):
    schedule = {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 53.379997}]}
    told = {"evseId": 1, "chargingLimit": {"chargingLimitSource": "EMS"}, "chargingSchedule": [schedule]}
    assert await charger.call("NotifyChargingLimit", told) == {}
    (limit,) = network.rows(ChargingLimit.objects.in_force().filter(station=station.pk))
    assert limit.parsed_schedules[0].periods[0].limit == Decimal("53.379997")
    assert await charger.call("ClearedChargingLimit", {"chargingLimitSource": "EMS", "evseId": 1}) == {}
    assert network.rows(ChargingLimit.objects.in_force().filter(station=station.pk)) == []


@NEW
@pytest.mark.ocpp("2.0.1", "NotifyEVChargingNeeds", "NotifyEVChargingSchedule")
async def test_a_car_that_says_its_needs_gets_its_profile_and_announces_what_it_draws(network, version):
    station = network.enrol(protocol="ocpp2.0.1", provisioning_enabled=True)
    network.database.do(lambda: station.evses.update(max_power_w=22_080))
    async with network.dial(station, version="2.0.1", max_power_kw=22.08) as charger:
        await charger.boot()
        await charger.plug_in(1, Car(max_ac_current_a=20, speaks_15118=True))
        transaction = await charger.start(1, token=CARD)
        (needs,) = await until(
            network, EvChargingNeeds.objects.filter(station=station.pk).exclude(profile=None), what="a plan"
        )
        assert needs.answer == "Accepted"
        sent = await charger.expect_call("SetChargingProfile")
        assert sent["chargingProfile"]["transactionId"] == transaction.id
        assert sent["chargingProfile"]["chargingSchedule"][0]["chargingSchedulePeriod"] == [
            {"startPeriod": 0, "limit": 20, "numberPhases": 3}
        ]
        await until(
            network, EvChargingSchedule.objects.filter(station=station.pk, was_accepted=True), what="the car's schedule"
        )

        beyond = {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 32}]}
        now = datetime.now(UTC).isoformat()
        answer = await charger.call(
            "NotifyEVChargingSchedule", {"evseId": 1, "timeBase": now, "chargingSchedule": beyond}
        )
        assert answer["status"] == "Rejected"
        await until(
            network, EvChargingSchedule.objects.filter(station=station.pk, was_accepted=False), what="the refusal"
        )
        await charger.expect_call("SetChargingProfile")


@NEW
async def test_needs_are_a_question_that_a_station_never_spoken_to_unasked_gets_answered(
    network, station, charger, version
):
    session = await charging(network, station, charger, speaks_15118=True)
    sent = await charger.expect_call("SetChargingProfile")
    assert sent["chargingProfile"]["transactionId"] == session.transaction_id
    (needs,) = network.rows(EvChargingNeeds.objects.filter(station=station.pk))
    assert needs.answer in ("Accepted", "Processing")


@pytest.mark.ocpp("2.1", "SetChargingProfile", "GetChargingProfiles", "ReportChargingProfiles")
@pytest.mark.parametrize("version", ["2.1"])
async def test_a_setpoint_reaches_the_charger_and_is_told_back(network, station, charger):
    period = ChargingSchedulePeriod(
        0, Decimal(7000), operation_mode="CentralSetpoint", setpoint=Decimal(-5000), discharge_limit=Decimal(-6000)
    )
    wanted = profile(unit="W")
    wanted = replace(wanted, schedules=(replace(wanted.schedule, periods=(period,)),))
    row = await install(network, station, wanted)
    (sent,) = charger.received("SetChargingProfile")
    said = {"startPeriod": 0, "limit": 7000, "operationMode": "CentralSetpoint", "setpoint": -5000}
    assert sent["chargingProfile"]["chargingSchedule"][0]["chargingSchedulePeriod"] == [
        {**said, "dischargeLimit": -6000}
    ]
    assert row.state == "accepted"
    await do(network, services.read_profiles, station)
    stored = InstalledProfile.objects.filter(pk=row.pk, reported_at__isnull=False)
    (told,) = await until(network, stored, what="the report")
    assert told.profile.schedule.periods == (period,)
