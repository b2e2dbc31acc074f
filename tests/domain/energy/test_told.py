"""What 2.x chargers tell: limits of other systems, reports of profiles, needs and schedules of cars."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from apps.chargers.choices import CommandOrigin
from apps.chargers.messages.charging_profiles import ChargingSchedule, ChargingSchedulePeriod
from apps.chargers.messages.commands.dynamic_charging import DynamicScheduleUpdated
from apps.chargers.messages.commands.smart_charging import ProfileAnswered, ProfileReportPromised
from apps.chargers.messages.events import (
    ChargingLimitCleared,
    ChargingLimitNotified,
    ChargingNeeds,
    ChargingNeedsNotified,
    ChargingProfilesReported,
    ChargingScheduleNotified,
)
from apps.chargers.messages.events.dynamic_charging import DynamicScheduleAsked, PriorityChargingNotified
from apps.chargers.messages.replies import ChargingNeedsReply, Reply
from apps.chargers.models import StationCommand
from apps.core.outbox import Event, record, relay
from apps.energy.engine.composite import limit_at
from apps.energy.models import ChargingLimit, EvChargingNeeds, EvChargingSchedule, InstalledProfile, ProfileReport
from apps.energy.selectors.station_state import load_state
from apps.energy.services import reports
from apps.energy.services.dynamic import answer_dynamic_requests, learn_dynamic_updates, record_priority_use
from apps.energy.services.learning import learn_profile_answers, learn_report_promises
from apps.energy.services.needs import answer_ev_schedules, answer_needs
from apps.energy.services.profiles import set_profile
from apps.energy.services.reports import record_cleared_limits, record_limits, record_profile_reports
from tests.factories.chargers import NOON, CommandFactory, OnlineStationFactory, fact_of
from tests.factories.energy import lesson_of, profile_of
from tests.factories.sessions import SessionFactory

pytestmark = pytest.mark.django_db
SOON = NOON + timedelta(seconds=5)
LATER = NOON + timedelta(minutes=5)
TEN = ChargingSchedule("A", (ChargingSchedulePeriod(0, Decimal(10)),), start_at=NOON)


@pytest.fixture
def station():
    station = OnlineStationFactory(protocol="ocpp2.0.1")
    station.evses.update(max_power_w=22_080)
    return station


def installed(station, profile, evse=1):
    asked = {"actor": None, "origin": CommandOrigin.PORTAL, "at": NOON}
    row = set_profile(station=station, evse_number=evse, profile=profile, **asked).row
    learn_profile_answers(
        [lesson_of(station, ProfileAnswered(evse, row.profile, True), command=row.command_id, at=SOON)]
    )
    row.refresh_from_db()
    return row


# --- limits of other systems --------------------------------------------------------------------------------------


def test_a_limit_of_another_system_counts_until_it_is_cleared(station):
    told = ChargingLimitNotified("EMS", 1, True, (TEN,))
    assert record_limits([fact_of(station, told)]) == [Reply()]
    limit = ChargingLimit.objects.get()
    assert (limit.source, limit.evse_number, limit.is_grid_critical, limit.parsed_schedules) == ("EMS", 1, True, (TEN,))
    assert limit_at(load_state(station.pk), evse=1, at=SOON, unit="A") == 10
    record_cleared_limits([fact_of(station, ChargingLimitCleared("EMS", 1), LATER)])
    assert limit_at(load_state(station.pk), evse=1, at=SOON, unit="A") == 32
    assert ChargingLimit.objects.get().cleared_at == LATER


def test_the_same_source_replaces_its_own_limit_and_no_other(station):
    for source, limit in (("EMS", 10), ("SO", 12), ("EMS", 8)):
        schedule = replace(TEN, periods=(ChargingSchedulePeriod(0, Decimal(limit)),))
        record_limits([fact_of(station, ChargingLimitNotified(source, 0, None, (schedule,)))])
    rows = ChargingLimit.objects.order_by("source")
    assert [(row.source, row.parsed_schedules[0].periods[0].limit) for row in rows] == [("EMS", 8), ("SO", 12)]


def test_a_charger_that_tells_limits_without_end_fills_no_table(station, monkeypatch):
    monkeypatch.setattr(reports, "MAX_LIMITS", 2)
    for evse in range(5):
        record_limits([fact_of(station, ChargingLimitNotified("EMS", evse, None, (TEN,)))])
    record_limits([fact_of(station, ChargingLimitNotified("EMS", 1, True, (TEN,)))])
    rows = ChargingLimit.objects.order_by("evse_number")
    assert list(rows.values_list("evse_number", "is_grid_critical")) == [(0, None), (1, True)]


def test_what_a_charger_tells_is_computed_up_to_a_bound_and_our_own_profiles_beside_it(station):
    installed(station, profile_of(1))
    many = replace(TEN, periods=tuple(ChargingSchedulePeriod(second, Decimal(9)) for second in range(1000)))
    for evse in range(10):
        record_limits([fact_of(station, ChargingLimitNotified("EMS", evse, None, (many,)))])
    told = load_state(station.pk).installed
    assert told[0].profile.id == 1
    assert len(told) == 5  # one of ours, and four limits of 1,000 periods


def test_a_limit_cleared_without_an_evse_is_cleared_everywhere(station):
    for evse, source in ((0, "EMS"), (1, "EMS"), (1, "SO")):
        record_limits([fact_of(station, ChargingLimitNotified(source, evse))])
    record_cleared_limits([fact_of(station, ChargingLimitCleared("EMS"), LATER)])
    assert list(ChargingLimit.objects.in_force().values_list("source", flat=True)) == ["SO"]


# --- reports ------------------------------------------------------------------------------------------------------


def part(*profiles, more=False, evse=1, source="CSO"):
    return ChargingProfilesReported(5, source, evse, profiles, more)


def test_parts_of_a_report_are_joined_and_what_it_does_not_name_is_gone(station):
    kept = installed(station, profile_of(1))
    gone = installed(station, profile_of(2, level=1))
    command = CommandFactory(
        station=station,
        name="GetChargingProfiles",
        awaits="report.completed",
        correlation="5",
        state="accepted",
        sent_at=NOON,
    )
    learn_report_promises([lesson_of(station, ProfileReportPromised(5, True), command=command, at=LATER)])
    record_profile_reports([fact_of(station, part(profile_of(1), more=True), LATER)])
    gone.refresh_from_db()
    assert gone.state == "accepted"
    record_profile_reports([fact_of(station, part(profile_of(8), evse=0, source="EMS"), LATER)])
    for row in (kept, gone, command):
        row.refresh_from_db()
    stranger = InstalledProfile.objects.get(profile_id=8)
    assert (kept.state, kept.reported_at, gone.state) == ("accepted", LATER, "cleared")
    assert (stranger.state, stranger.source, stranger.evse_number, stranger.limit_source) == (
        "reported",
        "charger",
        0,
        "EMS",
    )
    report = ProfileReport.objects.get()
    assert (report.parts, report.profile_ids, report.completed_at) == (2, [1, 8], LATER)
    assert command.state == "confirmed"


def test_a_charger_that_tells_profiles_without_end_fills_no_table(station, monkeypatch):
    monkeypatch.setattr(reports, "MAX_STRANGERS", 3)
    for number in range(10, 20):
        record_profile_reports([fact_of(station, part(profile_of(number, level=number), more=True), LATER)])
    assert sorted(InstalledProfile.objects.values_list("profile_id", flat=True)) == [10, 11, 12]
    record_profile_reports([fact_of(station, part(profile_of(11, level=30), more=True), LATER)])
    assert InstalledProfile.objects.get(profile_id=11).stack_level == 30


def test_a_report_that_overtakes_the_answer_is_reconciled_when_that_comes(station):
    gone = installed(station, profile_of(2, level=1))
    record_profile_reports([fact_of(station, part(profile_of(1)), LATER)])
    gone.refresh_from_db()
    assert gone.state == "accepted"
    learn_report_promises([lesson_of(station, ProfileReportPromised(5, True), command=1, at=LATER)])
    gone.refresh_from_db()
    assert gone.state == "cleared"


def test_a_report_of_one_purpose_says_nothing_of_others(station):
    default = installed(station, profile_of(1))
    learn_report_promises(
        [lesson_of(station, ProfileReportPromised(5, True, purpose="ChargingStationMaxProfile"), command=1, at=LATER)]
    )
    record_profile_reports([fact_of(station, part(profile_of(3, purpose="ChargingStationMaxProfile"), evse=0), LATER)])
    default.refresh_from_db()
    assert default.state == "accepted"


def test_the_charger_knows_best_what_its_profile_says(station):
    row = installed(station, profile_of(1))
    record_profile_reports([fact_of(station, part(profile_of(1, (0, 6))), LATER)])
    row.refresh_from_db()
    assert row.profile == profile_of(1, (0, 6))


def test_an_unanswered_profile_that_is_reported_is_in_force(station):
    row = installed(station, profile_of(1))
    InstalledProfile.objects.filter(pk=row.pk).update(state="unanswered", taken_at=None)
    record_profile_reports([fact_of(station, part(profile_of(1)), LATER)])
    row.refresh_from_db()
    assert (row.state, row.taken_at) == ("accepted", LATER)


# --- cars ---------------------------------------------------------------------------------------------------------

NEEDS = ChargingNeeds("AC_three_phase", None, 20_000, 6, 16, 400, details={"acChargingParameters": {}})


def tell_needs(station, needs=NEEDS, **context):
    return answer_needs([fact_of(station, ChargingNeedsNotified(1, needs), NOON, **context)])


def sent_profiles():
    return list(StationCommand.objects.filter(name="SetChargingProfile").order_by("pk"))


def test_needs_of_a_running_session_are_answered_with_its_own_profile(station):
    session = SessionFactory(station=station, transaction_id="TX-1")
    assert tell_needs(station) == [ChargingNeedsReply("Accepted")]
    relay()
    relay()
    (command,) = sent_profiles()
    profile = InstalledProfile.objects.get().profile
    assert (profile.purpose, profile.transaction_id, profile.kind) == ("TxProfile", "TX-1", "Absolute")
    assert profile.schedule.periods == (ChargingSchedulePeriod(0, Decimal(16), 3),)
    assert command.origin == "automation"
    needs = EvChargingNeeds.objects.get()
    assert (needs.session, needs.profile.command_id, needs.plan_note) == (session, command.pk, "")


def test_the_plan_stays_within_what_else_limits_the_place(station):
    SessionFactory(station=station)
    installed(station, profile_of(3, (0, 8), purpose="ChargingStationMaxProfile"), evse=0)
    tell_needs(station)
    relay()
    plan = InstalledProfile.objects.get(purpose="TxProfile")
    assert plan.profile.schedule.periods[0].limit == 8


def test_needs_told_before_the_session_are_planned_when_it_begins(station):
    assert tell_needs(station) == [ChargingNeedsReply("Processing")]
    relay()
    assert sent_profiles() == []
    session = SessionFactory(station=station, transaction_id="TX-2")
    EvChargingNeeds.objects.update(received_at=timezone.now())
    record(Event("session.started", session.pk))
    relay()
    assert InstalledProfile.objects.get().transaction_id == "TX-2"
    assert EvChargingNeeds.objects.get().session == session


def test_needs_are_a_question_so_that_a_station_which_is_never_spoken_to_unasked_gets_its_plan(station):
    SessionFactory(station=station)
    station.provisioning_enabled = False
    station.save()
    assert tell_needs(station) == [ChargingNeedsReply("Accepted")]
    relay()
    assert len(sent_profiles()) == 1


def announce(station, limit, **context):
    schedule = ChargingSchedule("A", (ChargingSchedulePeriod(0, Decimal(limit)),), duration_s=3600)
    return answer_ev_schedules([fact_of(station, ChargingScheduleNotified(1, NOON, schedule), LATER, **context)])[0]


def test_a_car_within_its_limit_is_accepted_and_one_beyond_gets_a_new_plan(station):
    SessionFactory(station=station)
    tell_needs(station)
    relay()
    EvChargingNeeds.objects.update(planned_at=NOON)
    installed(station, profile_of(3, (0, 10), purpose="ChargingStationMaxProfile"), evse=0)
    assert announce(station, 10).status == "Accepted"
    relay()
    before = len(sent_profiles())
    refused = announce(station, 16)
    assert refused.status == "Rejected"
    assert "16 A" in refused.reason
    relay()
    assert len(sent_profiles()) == before + 1
    assert InstalledProfile.objects.order_by("pk").last().profile.schedule.periods[0].limit == 10
    assert list(EvChargingSchedule.objects.order_by("pk").values_list("was_accepted", flat=True)) == [True, False]


# --- 2.1 ----------------------------------------------------------------------------------------------------------


def test_a_dynamic_limit_is_told_and_none_where_there_is_none(station):
    row = installed(station, profile_of(1))
    (reply,) = answer_dynamic_requests([fact_of(station, DynamicScheduleAsked(1))])
    assert (reply.accepted, reply.update) == (False, None)
    InstalledProfile.objects.filter(pk=row.pk).update(kind="Dynamic")
    (reply,) = answer_dynamic_requests([fact_of(station, DynamicScheduleAsked(1))])
    assert (reply.accepted, reply.update) == (True, {"limit": 16.0})


def test_a_dynamic_limit_that_a_charger_took_is_its_limit_from_then_on(station):
    row = installed(station, profile_of(1, kind="Dynamic"))
    other = installed(station, profile_of(2, level=1))
    for number in (1, 2, 3):
        learn_dynamic_updates([lesson_of(station, DynamicScheduleUpdated(number, Decimal("9.5")), command=None)])
    learn_dynamic_updates([lesson_of(station, DynamicScheduleUpdated(1, None), command=None)])
    row.refresh_from_db()
    other.refresh_from_db()
    assert row.profile.schedule.periods[0].limit == Decimal("9.5")
    assert row.profile.updated_at == NOON
    assert other.profile.schedule.periods[0].limit == 16


def test_a_session_with_priority_follows_its_priority_profile(station):
    SessionFactory(station=station, transaction_id="TX-1")
    installed(station, profile_of(1, (0, 8), purpose="TxProfile"))
    installed(station, profile_of(2, (0, 24), purpose="PriorityCharging"))
    for activated, limit in ((True, 24), (False, 8)):
        record_priority_use([fact_of(station, PriorityChargingNotified("TX-1", activated))])
        assert limit_at(load_state(station.pk), evse=1, at=SOON, unit="A") == limit
