"""Charging profiles from the wish to their end: asked, refused, taken, replaced, cleared, over."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from apps.chargers.choices import CommandOrigin, CommandState
from apps.chargers.messages.charging_profiles import (
    ChargingProfile,
    ChargingSchedule,
    ChargingSchedulePeriod,
    profile_as_json,
)
from apps.chargers.messages.commands import RequestStartTransaction
from apps.chargers.messages.commands.smart_charging import (
    CompositeScheduleTold,
    ProfileAnswered,
    ProfileReportPromised,
    ProfilesCleared,
)
from apps.chargers.models import DeviceVariable, StationCommand
from apps.core.models import AuditEntry, OutboxEvent
from apps.core.outbox import Event, record, relay
from apps.energy.models import ChargingControl, CompositeScheduleReading, InstalledProfile
from apps.energy.services.endings import end_what_is_over
from apps.energy.services.learning import learn_clears, learn_composites, learn_profile_answers, learn_report_promises
from apps.energy.services.profiles import (
    CompositeRefused,
    ProfileRefused,
    clear_profiles,
    read_composite,
    read_profiles,
    set_profile,
    start_with_profile,
)
from apps.sessions.choices import SessionState
from tests.factories.chargers import NOON, OnlineStationFactory
from tests.factories.energy import lesson_of, profile_of
from tests.factories.sessions import SessionFactory

pytestmark = pytest.mark.django_db
SOON = NOON + timedelta(seconds=5)
ASKED = {"actor": None, "origin": CommandOrigin.PORTAL, "at": NOON}


@pytest.fixture
def station():
    return OnlineStationFactory(protocol="ocpp2.0.1")


def ask(station, profile, evse=1, **fields):
    return set_profile(station=station, evse_number=evse, profile=profile, **{**ASKED, **fields}).row


def answer(station, row, *, accepted=True, reason="Accepted", at=SOON):
    learnt = ProfileAnswered(row.evse_number, row.profile, accepted, reason)
    learn_profile_answers([lesson_of(station, learnt, command=row.command_id, at=at)])
    row.refresh_from_db()
    return row


def installed(station, profile, evse=1):
    return answer(station, ask(station, profile, evse))


def states(station) -> dict[int, str]:
    return dict(InstalledProfile.objects.filter(station=station).order_by("pk").values_list("profile_id", "state"))


def key(station, name, value, component="ConfigurationKey"):
    DeviceVariable.objects.create(station=station, component=component, variable=name, value=value)


def test_a_profile_becomes_a_command_a_row_and_an_audit_line(station, ada):
    profile = profile_of(7, (0, 16), (3600, 10.5))
    row = ask(station, profile, evse=2, actor=ada)
    command = StationCommand.objects.get()
    assert (command.name, command.arguments) == (
        "SetChargingProfile",
        {"evse_id": 2, "profile": profile_as_json(profile)},
    )
    assert (row.state, row.command_id, row.profile, row.requested_by) == ("asked", command.pk, profile, ada)
    assert AuditEntry.objects.get().action == "station.command.SetChargingProfile"


@pytest.mark.parametrize(
    ("profile", "evse", "field"),
    [
        (profile_of(1, (0, 16.25)), 1, "limit"),
        (profile_of(1, (10, 16)), 1, "periods"),
        (profile_of(1), 3, "evse"),
        (profile_of(1, purpose="ChargingStationMaxProfile"), 1, "evse"),
        (profile_of(1, purpose="TxProfile"), 1, "purpose"),
        (profile_of(1, kind="Relative"), 1, "start_at"),
    ],
)
def test_a_bad_profile_is_refused_before_anything_is_sent(station, profile, evse, field):
    with pytest.raises(ProfileRefused) as refused:
        ask(station, profile, evse)
    assert refused.value.field == field
    assert not StationCommand.objects.exists()
    assert not InstalledProfile.objects.exists()


def test_a_profile_is_made_to_fit_what_the_charger_says_of_itself(station):
    key(station, "ChargingScheduleMaxPeriods", "2")
    key(station, "ChargingScheduleAllowedChargingRateUnit", "Power")
    asked = set_profile(station=station, evse_number=1, profile=profile_of(1, (0, 16), (60, 15), (3600, 6)), **ASKED)
    periods = asked.row.profile.schedule.periods
    assert [(period.start_s, int(period.limit)) for period in periods] == [(0, 10_350), (3600, 4_140)]
    assert len(asked.changes) == 2


def test_a_stack_level_beyond_the_chargers_is_refused(station):
    key(station, "ProfileStackLevel", "1", component="SmartChargingCtrlr")
    with pytest.raises(ProfileRefused) as refused:
        ask(station, profile_of(1, level=2))
    assert refused.value.field == "stack_level"


def test_what_people_know_better_counts_more_than_what_the_charger_says(station):
    key(station, "ChargeProfileMaxStackLevel", "10")
    ChargingControl.objects.create(station=station, max_stack_level=0)
    with pytest.raises(ProfileRefused):
        ask(station, profile_of(1, level=1))


def test_a_charger_that_is_full_takes_replacements_only(station):
    key(station, "MaxChargingProfilesInstalled", "1")
    installed(station, profile_of(1))
    with pytest.raises(ProfileRefused):
        ask(station, profile_of(2, level=1))
    assert installed(station, profile_of(2)).state == "accepted"


def test_a_sessions_profile_gets_the_number_of_the_session_that_runs(station):
    SessionFactory(station=station, transaction_id="TX-77")
    row = ask(station, profile_of(1, purpose="TxProfile"))
    assert row.profile.transaction_id == "TX-77"
    with pytest.raises(ProfileRefused) as refused:
        ask(station, profile_of(2, purpose="TxProfile", transaction_id="TX-78"))
    assert refused.value.field == "transaction_id"


def test_an_accepted_profile_is_in_force_and_a_refused_one_says_why(station):
    accepted = installed(station, profile_of(1))
    assert (accepted.state, accepted.taken_at) == ("accepted", SOON)
    refused = answer(station, ask(station, profile_of(2, level=1)), accepted=False, reason="TooManyPeriods")
    assert (refused.state, refused.explanation) == ("rejected", "The charger refused it: TooManyPeriods.")


def test_an_answer_that_is_learnt_twice_changes_nothing(station):
    first = installed(station, profile_of(1))
    second = installed(station, profile_of(2))
    answer(station, first, at=SOON + timedelta(minutes=1))
    assert states(station) == {1: "replaced", 2: "accepted"}
    assert second.taken_at == SOON


def test_the_same_id_or_the_same_place_is_replaced_and_others_stay(station):
    installed(station, profile_of(1))
    installed(station, profile_of(2, level=1))
    installed(station, profile_of(3), evse=2)
    installed(station, profile_of(4, purpose="ChargingStationMaxProfile"), evse=0)
    installed(station, profile_of(5))
    installed(station, profile_of(2, level=3))
    rows = InstalledProfile.objects.filter(station=station).order_by("pk").values_list("profile_id", "state")
    assert list(rows) == [
        (1, "replaced"), (2, "replaced"), (3, "accepted"), (4, "accepted"), (5, "accepted"), (2, "accepted"),
    ]  # fmt: skip


def test_a_profile_that_a_raw_call_brought_is_known_too(station):
    learnt = ProfileAnswered(1, profile_of(9), True, "Accepted")
    command = StationCommand.objects.create(station=station, name="RawCall", deadline_at=NOON)
    for _ in range(2):
        learn_profile_answers([lesson_of(station, learnt, command=command)])
    row = InstalledProfile.objects.get()
    assert (row.profile_id, row.state, row.source, row.evse_number) == (9, "accepted", "raw", 1)


@pytest.mark.parametrize(
    ("criteria", "cleared"),
    [
        ({"profile_id": 2}, {2}),
        ({"evse_id": 0}, {4}),
        ({"purpose": "TxDefaultProfile"}, {1, 2, 3}),
        ({"purpose": "TxDefaultProfile", "stack_level": 0}, {1, 3}),
        ({}, {1, 2, 3, 4}),
    ],
)
@pytest.mark.parametrize("found", [True, False])
def test_a_clear_takes_what_meets_every_criterion(station, criteria, cleared, found):
    installed(station, profile_of(1))
    installed(station, profile_of(2, level=1))
    installed(station, profile_of(3), evse=2)
    installed(station, profile_of(4, purpose="ChargingStationMaxProfile"), evse=0)
    asked = clear_profiles(
        station=station,
        evse_number=criteria.get("evse_id"),
        **{k: v for k, v in criteria.items() if k != "evse_id"},
        **ASKED,
    )
    assert asked.arguments == criteria
    learn_clears([lesson_of(station, ProfilesCleared(found, **criteria), command=asked)])
    assert {number for number, state in states(station).items() if state == "cleared"} == cleared


def test_external_limits_cannot_be_cleared_from_here(station):
    with pytest.raises(ProfileRefused) as refused:
        clear_profiles(station=station, purpose="ChargingStationExternalConstraints", **ASKED)
    assert refused.value.field == "purpose"


def announce(command, state):
    """What the outbox tells of the end of a command."""
    StationCommand.objects.filter(pk=command.pk).update(state=state)
    payload = {
        "command_id": command.pk, "name": command.name, "state": state.value, "status_word": "",
        "at": NOON.isoformat(),
    }  # fmt: skip
    record(Event("command.ended", command.station_id, payload))
    relay()


@pytest.mark.parametrize(
    ("state", "was_sent", "becomes"),
    [
        (CommandState.TIMED_OUT, True, "unanswered"),
        (CommandState.FAILED, True, "unanswered"),
        (CommandState.TIMED_OUT, False, "rejected"),
        (CommandState.SUPERSEDED, False, "rejected"),
        (CommandState.ACCEPTED, True, "accepted"),
    ],
)
def test_a_command_that_ended_without_a_word_settles_its_profile(station, state, was_sent, becomes):
    row = ask(station, profile_of(1))
    if was_sent:
        StationCommand.objects.filter(pk=row.command_id).update(sent_at=NOON)
    announce(row.command, state)
    row.refresh_from_db()
    assert row.state == becomes
    assert not OutboxEvent.objects.filter(delivered_at=None).exists()


def test_a_late_yes_puts_an_unanswered_profile_into_force(station):
    row = ask(station, profile_of(1))
    InstalledProfile.objects.filter(pk=row.pk).update(state="unanswered")
    assert answer(station, row).state == "accepted"


def test_a_sessions_profiles_end_with_it(station):
    session = SessionFactory(station=station, transaction_id="TX-1")
    mine = installed(station, profile_of(1, purpose="TxProfile"))
    default = installed(station, profile_of(2))
    session.state, session.ended_at = SessionState.ENDED, NOON + timedelta(hours=1)
    session.save()
    record(Event("session.ended", session.pk))
    relay()
    mine.refresh_from_db()
    default.refresh_from_db()
    assert (mine.state, mine.explanation, default.state) == ("expired", "It ended with its session.", "accepted")


def test_the_sweep_ends_what_time_or_a_lost_event_left(station):
    session = SessionFactory(station=station, transaction_id="TX-1")
    of_session = installed(station, profile_of(1, purpose="TxProfile"))
    installed(station, profile_of(2, level=1, duration=60))
    installed(station, profile_of(3, level=2, valid_to=NOON + timedelta(minutes=1)))
    installed(station, profile_of(4, level=3))
    lost = ask(station, profile_of(5, level=4))
    StationCommand.objects.filter(pk=lost.command_id).update(state=CommandState.TIMED_OUT, sent_at=NOON)
    assert end_what_is_over(at=SOON) == 0
    session.state, session.ended_at = SessionState.ENDED, SOON
    session.save()
    assert end_what_is_over(at=NOON + timedelta(hours=1)) == 3
    of_session.refresh_from_db()
    assert states(station) == {1: "expired", 2: "expired", 3: "expired", 4: "accepted", 5: "unanswered"}


def test_a_profile_that_came_with_a_remote_start_joins_the_session_that_followed(station):
    start = RequestStartTransaction("CARD", 8, 1)
    command = start_with_profile(station=station, start=start, profile=profile_of(1, purpose="TxProfile"), **ASKED)
    assert "transaction_id" not in command.arguments["charging_profile"]
    row = InstalledProfile.objects.get()
    answer(station, row)
    session = SessionFactory(station=station, transaction_id="TX-9")
    record(Event("session.started", session.pk))
    relay()
    row.refresh_from_db()
    assert (row.state, row.transaction_id, row.profile.transaction_id) == ("accepted", "TX-9", "TX-9")


def test_a_start_with_a_wrong_profile_is_refused(station):
    start = RequestStartTransaction("CARD", 8, 1)
    with pytest.raises(ProfileRefused) as refused:
        start_with_profile(station=station, start=start, profile=profile_of(1), **ASKED)
    assert refused.value.field == "purpose"
    assert not StationCommand.objects.exists()


def test_no_profiles_means_that_none_is_there(station):
    installed(station, profile_of(1))
    installed(station, profile_of(2, level=1))
    command = read_profiles(station=station, stack_level=1, **ASKED)
    assert (command.awaits, command.correlation) == ("report.completed", str(command.arguments["request_id"]))
    promised = ProfileReportPromised(command.arguments["request_id"], False, stack_level=1)
    learn_report_promises([lesson_of(station, promised, command=command, at=SOON)])
    assert states(station) == {1: "accepted", 2: "cleared"}


# --- composite schedules ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"evse_number": 9}, "evse"), ({"duration_s": 0}, "duration_s"), ({"unit": "kW"}, "unit")],
)
def test_a_composite_schedule_is_asked_for_what_there_is(station, fields, field):
    with pytest.raises(CompositeRefused) as refused:
        read_composite(station=station, **{"evse_number": 1, "duration_s": 600, **fields}, **ASKED)
    assert refused.value.field == field


def tell(station, *periods, evse=1, accepted=True):
    command = read_composite(station=station, evse_number=evse, duration_s=3600, **ASKED)
    schedule = replace(profile_of(1, *periods).schedule, start_at=NOON + timedelta(days=3)) if periods else None
    learnt = CompositeScheduleTold(evse, 3600, accepted, "A", schedule)
    for _ in range(2):
        learn_composites([lesson_of(station, learnt, command=command, at=SOON)])
    return CompositeScheduleReading.objects.get(command=command)


def test_a_charger_that_says_what_we_computed_agrees_whatever_its_clock_says(station):
    installed(station, profile_of(1, (0, 16), (1805, 10), start=NOON))
    reading = tell(station, (0, 16), (1800, 10))
    assert (reading.ours, reading.theirs) == ([[0, "16.0"], [1800, "10.0"]], [[0, "16"], [1800, "10"]])
    assert reading.agrees
    assert ChargingControl.objects.get().composite_agrees is True


def test_a_charger_that_allows_more_does_not_confirm(station):
    installed(station, profile_of(1))
    reading = tell(station, (0, 32))
    assert reading.differences == [[0, 3600, "16.0", "32"]]
    assert ChargingControl.objects.get().composite_agrees is False


def test_a_charger_that_tells_no_schedule_does_not_confirm(station):
    installed(station, profile_of(1))
    assert not tell(station).agrees


def test_a_refused_composite_is_kept_and_decides_nothing(station):
    reading = tell(station, accepted=False)
    assert (reading.was_accepted, reading.theirs, reading.differences) == (False, None, [])
    assert ChargingControl.objects.get().composite_agrees is None


def both_ways(**fields):
    values = {"limit": Decimal(7000), "operation_mode": "CentralSetpoint", "setpoint": Decimal(-5000), **fields}
    schedule = ChargingSchedule("W", (ChargingSchedulePeriod(0, **values),), start_at=NOON)
    return ChargingProfile(10, 0, "TxDefaultProfile", "Absolute", (schedule,))


def test_a_setpoint_is_asked_of_a_21_station_alone(station):
    with pytest.raises(ProfileRefused, match=r"need OCPP 2\.1"):
        ask(station, both_ways())
    newer = OnlineStationFactory(protocol="ocpp2.1")
    row = installed(newer, both_ways())
    assert row.profile == both_ways()
    (period,) = StationCommand.objects.get().arguments["profile"]["schedules"][0]["periods"]
    assert (period["setpoint"], period["operation_mode"]) == ("-5000", "CentralSetpoint")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"operation_mode": "Sideways"}, "operation_mode"),
        ({"operation_mode": None}, "operation_mode"),
        ({"operation_mode": "ChargingOnly", "setpoint": None, "limit": None}, "limit"),
        ({"setpoint": None}, "setpoint"),
        ({"setpoint": Decimal(8000)}, "setpoint"),
        ({"setpoint": Decimal("-1.25")}, "setpoint"),
        ({"discharge_limit": Decimal(-4000)}, "setpoint"),
        ({"discharge_limit": Decimal(1)}, "discharge_limit"),
    ],
)
def test_values_that_do_not_go_with_their_mode_are_refused(fields, field):
    with pytest.raises(ProfileRefused) as refusal:
        ask(OnlineStationFactory(protocol="ocpp2.1"), both_ways(**fields))
    assert refusal.value.field == field
    assert not StationCommand.objects.exists()


def test_a_charger_that_takes_amperes_gets_setpoints_in_amperes():
    station = OnlineStationFactory(protocol="ocpp2.1")
    key(station, "RateUnit", "A", component="SmartChargingCtrlr")
    row = ask(station, both_ways(setpoint=Decimal(-6900), discharge_limit=Decimal(-7000)))
    (period,) = row.profile.schedule.periods
    assert (period.limit, period.setpoint, period.discharge_limit) == (Decimal("10.1"), Decimal(-10), Decimal("-10.1"))
