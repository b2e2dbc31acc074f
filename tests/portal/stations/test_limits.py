"""The sheet of charging limits: what is shown, asked and refused."""

from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.chargers.models import ChargingStation, StationCommand
from apps.energy.models import ChargingLimit, CompositeScheduleReading, InstalledProfile
from apps.energy.services.installed import columns_of
from apps.portal.stations.limits import schedule_words
from tests.factories.chargers import OnlineStationFactory
from tests.factories.energy import profile_of
from tests.factories.sessions import SessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, ada):
    client.force_login(ada)
    return client


def url(name, station, query=""):
    return reverse(f"portal:station-limits{name}", args=[station.pk]) + query


def held(station, profile, evse=1, state="accepted"):
    return InstalledProfile.objects.create(
        station=station, evse_number=evse, state=state, taken_at=timezone.now(), **columns_of(profile)
    )


def test_an_empty_sheet_says_the_next_step(page, quay):
    text = page.get(url("", quay)).content.decode()
    assert "“Set a limit” asks it for less." in text
    assert "No other system limits this charger." in text
    assert "The charger was not asked yet what it will allow." in text


def test_profiles_are_shown_in_words(page, quay):
    held(quay, profile_of(41, (0, 16), (3600, "10.5")))
    held(quay, profile_of(42, (0, 11_000), unit="W", purpose="ChargingStationMaxProfile"), evse=0)
    held(quay, profile_of(43), state="rejected")
    text = page.get(url("", quay)).content.decode()
    for words in ("16 A, after 1 h 10.5 A", "11 kW", "Station’s maximum", "Whole station", "Installed", "Rejected"):
        assert words in text


def test_the_sheet_costs_the_same_for_one_profile_and_for_twenty(page, quay, django_assert_max_num_queries):
    for number in range(20):
        held(quay, profile_of(number, level=number))
    with django_assert_max_num_queries(45):
        page.get(url("", quay))


def test_a_limit_is_set_with_a_few_words(page, quay):
    answer = page.post(url("-set", quay), {"evse": 2, "limit": "10.5", "unit": "A", "when": "now", "hours": "4"})
    assert answer.status_code == 302
    row = InstalledProfile.objects.get()
    schedule = row.profile.schedule
    assert (row.evse_number, row.purpose, row.state) == (2, "TxDefaultProfile", "asked")
    assert (schedule.unit, schedule.periods[0].limit, schedule.duration_s) == ("A", Decimal("10.5"), 4 * 3600)


def test_a_limit_of_the_whole_station_in_kilowatts_is_its_maximum(page, quay):
    page.post(url("-set", quay), {"evse": 0, "limit": "11", "unit": "kW", "when": "now", "hours": ""})
    row = InstalledProfile.objects.get()
    assert (row.purpose, row.profile.schedule.unit, row.profile.schedule.periods[0].limit) == (
        "ChargingStationMaxProfile", "W", 11_000,
    )  # fmt: skip


def test_a_daily_limit_may_pass_midnight(page, quay):
    asked = {"evse": 1, "limit": "6", "unit": "A", "when": "daily", "daily_from": "22:00", "daily_until": "06:00"}
    assert page.post(url("-set", quay), asked).status_code == 302
    profile = InstalledProfile.objects.get().profile
    assert (profile.kind, profile.recurrency, profile.schedule.duration_s) == ("Recurring", "Daily", 8 * 3600)


def test_a_daily_limit_begins_by_the_clock_of_the_site(page, quay):
    asked = {"evse": 1, "limit": "6", "unit": "A", "when": "daily", "daily_from": "22:00", "daily_until": "06:00"}
    page.post(url("-set", quay), asked)
    start = InstalledProfile.objects.get().profile.schedule.start_at
    assert f"{start.astimezone(ZoneInfo('Europe/Berlin')):%H:%M:%S}" == "22:00:00"


WHOLE = {
    "evse": "1", "purpose": "TxDefaultProfile", "kind": "Absolute", "recurrency": "", "stack_level": "0",
    "unit": "A", "periods": "0 16 3\n3600 10",
}  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"periods": "0 16.25"}, "periods"),
        ({"periods": "10 16"}, "periods"),
        ({"periods": "sixteen"}, "periods"),
        ({"kind": "Relative", "start_at": "2026-03-14T12:00"}, "start_at"),
        ({"purpose": "ChargingStationMaxProfile"}, "evse"),
        ({"kind": "Recurring"}, "recurrency"),
        ({"evse": "2", "purpose": "TxProfile"}, "purpose"),
    ],
)
def test_a_profile_that_is_wrong_is_refused_beside_its_field(page, quay, fields, field):
    answer = page.post(url("-expert", quay), {**WHOLE, **fields})
    assert answer.status_code == 422
    if fields.get("periods") != "0 16.25":
        assert f'id="id_{field}_error"' in answer.content.decode()
    assert not StationCommand.objects.exists()
    assert page.post(url("-expert", quay), WHOLE).status_code == 302


@pytest.mark.parametrize("lines", ["0 5000 mode=Sideways", "0 - mode=Idle more=1", "0 5000 setpoint=much", "0 -"])
def test_a_mode_that_cannot_be_read_is_refused(page, quay, lines):
    ChargingStation.objects.filter(pk=quay.pk).update(protocol="ocpp2.1")
    assert page.post(url("-expert", quay), {**WHOLE, "unit": "W", "periods": lines}).status_code == 422
    assert not StationCommand.objects.exists()


def test_a_setpoint_is_typed_sent_and_shown(page, quay):
    ChargingStation.objects.filter(pk=quay.pk).update(protocol="ocpp2.1")
    lines = "0 7000 mode=CentralSetpoint setpoint=-5000 discharge=-6000\n3600 - mode=Idle"
    assert page.post(url("-expert", quay), {**WHOLE, "unit": "W", "periods": lines}).status_code == 302
    row = InstalledProfile.objects.get()
    first, second = row.profile.schedule.periods
    assert (first.limit, first.operation_mode, first.setpoint, first.discharge_limit) == (
        Decimal(7000), "CentralSetpoint", Decimal(-5000), Decimal(-6000),
    )  # fmt: skip
    assert (second.limit, second.operation_mode) == (None, "Idle")
    words = "7 kW, follows −5 kW, gives back up to 6 kW (CentralSetpoint), after 1 h (Idle)"
    assert schedule_words(row.profile.schedule) == words


def test_one_profile_or_a_purpose_or_everything_is_cleared(page, quay):
    for what, arguments in (
        ("id:41", {"profile_id": 41}), ("purpose:TxProfile", {"purpose": "TxProfile"}), ("all", {}),
    ):  # fmt: skip
        query = "?profile=41" if what.startswith("id") else ""
        assert page.post(url("-clear", quay, query), {"what": what}).status_code == 302
        assert StationCommand.objects.latest("pk").arguments == arguments


def test_reading_back_is_for_2x_chargers(page, quay):
    assert "Chargers with OCPP 1.6 cannot tell" in page.get(url("-read", quay)).content.decode()
    quay.protocol = "ocpp2.0.1"
    quay.save()
    assert page.post(url("-read", quay)).status_code == 302
    assert StationCommand.objects.get().name == "GetChargingProfiles"


def reading(station, theirs, differences):
    return CompositeScheduleReading.objects.create(
        station=station, evse_number=1, read_at=timezone.now(), starts_at=timezone.now(), duration_s=3600, unit="A",
        was_accepted=True, theirs=theirs, ours=[[0, "16.0"]], differences=differences,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("theirs", "differences", "words"),
    [
        ([[0, "16"]], [], "The charger confirms our limits"),
        ([[0, "32"]], [[0, 3600, "16.0", "32"]], "it allows more than it was asked to"),
        ([[0, "6"]], [[0, 3600, "16.0", "6"]], "it allows less than we computed"),
    ],
)
def test_a_charger_that_does_not_confirm_is_named(page, quay, theirs, differences, words):
    reading(quay, theirs, differences)
    assert words in page.get(url("", quay)).content.decode()


def test_the_chart_draws_ours_and_the_chargers_side_by_side(page, quay):
    now = timezone.now()
    held(quay, profile_of(41, start=now - timedelta(hours=1)))
    reading(quay, [[0, "10"]], [])
    data = page.get(url("-chart", quay, "?evse=1")).json()
    assert [(one["label"], one["values"][0]) for one in data["series"]] == [
        ("Limit as computed", 11.04), ("Limit the charger told", 6.9),
    ]  # fmt: skip
    assert data["times"][0] == now.timestamp()


def test_the_limits_of_other_systems_are_shown(page, quay):
    schedule = {"unit": "A", "periods": [{"start_s": 0, "limit": "8"}]}
    ChargingLimit.objects.create(station=quay, source="EMS", is_grid_critical=True, schedules=[schedule])
    text = page.get(url("", quay)).content.decode()
    assert "EMS" in text
    assert "grid critical" in text
    assert "8 A" in text


@pytest.fixture
def station_21(harbour):
    return OnlineStationFactory(site=harbour, identity="CP21", protocol="ocpp2.1")


def test_a_dynamic_limit_is_set_anew(page, station_21):
    assert "holds no dynamic profile" in page.get(url("", station_21)).content.decode()
    row = held(station_21, profile_of(41, kind="Dynamic"))
    assert "41, EVSE 1: now 16 A" in page.get(url("-dynamic", station_21)).content.decode()
    answer = page.post(url("-dynamic", station_21), {"profile": row.pk, "limit": "9.5"})
    assert answer["Location"] == url("", station_21)
    command = StationCommand.objects.get()
    assert (command.name, command.arguments) == (
        "UpdateDynamicSchedule", {"profile_id": 41, "update": {"limit": 9.5}},
    )  # fmt: skip


def test_a_session_goes_first(page, station_21):
    assert "Nobody charges here now." in page.get(url("-priority", station_21)).content.decode()
    session = SessionFactory(station=station_21, transaction_id="TX-1")
    assert page.post(url("-priority", station_21), {"session": session.pk, "activate": "yes"}).status_code == 302
    command = StationCommand.objects.get()
    assert (command.name, command.arguments) == (
        "UsePriorityCharging", {"transaction_id": "TX-1", "activate": True},
    )  # fmt: skip


@pytest.mark.parametrize("name", ["-dynamic", "-priority"])
def test_an_older_charger_has_neither(page, quay, name):
    assert "Only chargers with OCPP 2.1" in page.get(url(name, quay)).content.decode()
    assert page.post(url(name, quay), {}).status_code == 422
