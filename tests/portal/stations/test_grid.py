"""The sheet of stations that speak 2.1: streams, grid controls, batteries, payments, and what is asked of them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.chargers.models import (
    BatterySwap,
    ChargingStation,
    DerControl,
    DerEvent,
    PeriodicEventStream,
    Settlement,
    StationCommand,
)
from tests.factories.sessions import SessionFactory

pytestmark = pytest.mark.django_db
CURVE = '{"priority": 0, "curveData": [{"x": 1, "y": 2}], "yUnit": "PctMaxW"}'
SHEET = 'class="active" aria-current="page"'


def url(name: str, station) -> str:
    return reverse(f"portal:station-{name}", args=[station.pk])


@pytest.fixture
def bidi(quay):
    """Quay 1, speaking 2.1, with one of everything."""
    ChargingStation.objects.filter(pk=quay.pk).update(protocol="ocpp2.1")
    quay.refresh_from_db()
    at = timezone.now() - timedelta(minutes=2)
    PeriodicEventStream.objects.create(
        station=quay, stream_id=3, variable_monitoring_id=7, interval_s=60, last_value="41.5", last_value_at=at
    )
    PeriodicEventStream.objects.create(station=quay, stream_id=4, is_open=False, closed_at=at)
    DerControl.objects.create(
        station=quay, control_id="C1", control_type="VoltVar", is_default=True, is_running=True, told_at=at
    )
    DerEvent.objects.create(
        station=quay, kind="alarm", control="HVMustTrip", grid_fault="OverVoltage", occurred_at=at, received_at=at
    )
    BatterySwap.objects.create(
        station=quay, request_id=4, kind="BatteryOut", evse_number=2, serial_number="B-1", soc_percent=97.6,
        soh_percent=93, token_value="T", token_type="Central", received_at=at,
    )  # fmt: skip
    Settlement.objects.create(
        station=quay, psp_ref="PSP-77", status="Settled", amount="12.345000", currency="EUR", settled_at=at,
        received_at=at, receipt_id="R-1",
    )  # fmt: skip
    return quay


def test_it_shows_what_the_station_told(client, ada, bidi):
    client.force_login(ada)

    page = client.get(url("grid", bidi)).content.decode()

    for words in ("41.5", "VoltVar", "HVMustTrip", "OverVoltage", "B-1", "given out", "PSP-77", "R-1", "running"):
        assert words in page
    assert f"{url('stream-adjust', bidi)}?stream=3" in page
    assert f"{url('stream-adjust', bidi)}?stream=4" not in page


def test_only_stations_of_2_1_have_the_sheet(client, ada, quay, bidi, crane):
    client.force_login(ada)

    assert url("grid", bidi) in client.get(url("history", bidi)).content.decode()
    assert url("grid", crane) not in client.get(url("history", crane)).content.decode()
    assert "Only stations that speak OCPP 2.1 know this." in client.get(url("grid", crane)).content.decode()


def test_payments_are_for_those_who_see_sessions(client, tess, bidi):
    client.force_login(tess)

    page = client.get(url("grid", bidi)).content.decode()

    assert "VoltVar" in page
    assert ("PSP-77" in page) == (client.get(url("sessions", bidi)).status_code == 200)


@pytest.mark.parametrize(
    ("name", "data", "command"),
    [
        ("streams-read", {}, ("GetPeriodicEventStream", {})),
        ("stream-adjust", {"stream": "3", "interval_s": "30"},
         ("AdjustPeriodicEventStream", {"stream_id": 3, "interval_s": 30})),
        ("der-set", {"control_id": "C2", "control_type": "VoltVar", "is_default": "no", "settings": CURVE},
         ("SetDERControl", {"control_id": "C2", "control_type": "VoltVar", "is_default": False,
                            "settings": {"priority": 0, "curveData": [{"x": 1, "y": 2}], "yUnit": "PctMaxW"}})),
        ("der-clear", {"is_default": "yes", "control": "C1"},
         ("ClearDERControl", {"is_default": True, "control_id": "C1"})),
        ("der-clear", {"is_default": "no", "control": ""}, ("ClearDERControl", {"is_default": False})),
        ("afrr-signal", {"signal": "-3"}, ("AFRRSignal", {"timestamp": "2026-03-14T15:00:00Z", "signal": -3})),
    ],
)  # fmt: skip
def test_each_form_asks_for_exactly_one_command(client, ada, bidi, name, data, command):
    client.force_login(ada)

    response = client.post(url(name, bidi), data)

    assert (response.status_code, response["Location"]) == (302, url("grid", bidi))
    row = StationCommand.objects.get()
    assert (row.name, row.arguments) == command


@pytest.mark.parametrize(("name", "command"), [("der-read", "GetDERControl"), ("battery-swap", "RequestBatterySwap")])
def test_a_request_has_a_number_that_its_answer_is_known_by(client, ada, bidi, name, command):
    client.force_login(ada)

    client.post(url(name, bidi), {"id_token": "CARD"})

    row = StationCommand.objects.get()
    assert (row.name, row.correlation) == (command, str(row.arguments["request_id"]))
    assert row.awaits in {"der.reported", "battery.swapped"}


def test_directions_are_allowed_for_a_running_session(client, ada, bidi):
    SessionFactory(station=bidi, transaction_id="TX-9", protocol="ocpp2.1")
    client.force_login(ada)

    client.post(url("allow-transfer", bidi), {"session": "TX-9", "modes": ["AC_three_phase", "AC_BPT"]})

    row = StationCommand.objects.get()
    assert (row.name, row.arguments) == (
        "NotifyAllowedEnergyTransfer", {"transaction_id": "TX-9", "modes": ["AC_three_phase", "AC_BPT"]},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("stream-adjust", {"stream": "3"}, "Give an interval or a number of values."),
        ("stream-adjust", {"stream": "4", "interval_s": "30"}, "Select a valid choice"),
        ("der-set", {"control_id": "C2", "control_type": "VoltVar", "is_default": "yes", "settings": "{"},
         "This is not JSON"),
        ("der-set", {"control_id": "C2", "control_type": "VoltVar", "is_default": "yes", "settings": "[]"},
         "The settings are a JSON object"),
        ("der-set", {"control_id": "C2", "control_type": "VoltVar", "is_default": "yes", "settings": "{}"},
         "curve.curveData: is required"),
        ("afrr-signal", {"signal": "x"}, "Enter a whole number."),
    ],
)  # fmt: skip
def test_a_wrong_form_says_what_is_wrong_and_asks_nothing(client, ada, bidi, name, data, words):
    client.force_login(ada)

    page = client.post(url(name, bidi), data).content.decode()

    assert words in page
    assert not StationCommand.objects.exists()


def test_a_station_of_an_older_version_is_not_asked(client, ada, quay):
    client.force_login(ada)

    page = client.post(url("streams-read", quay), {}).content.decode()

    assert "Only stations that speak OCPP 2.1 know this." in page
    assert not StationCommand.objects.exists()


def test_it_costs_the_same_however_much_was_told(client, ada, bidi, django_assert_max_num_queries):
    client.force_login(ada)
    client.get(url("grid", bidi))
    with django_assert_max_num_queries(60) as few:
        client.get(url("grid", bidi))
    PeriodicEventStream.objects.bulk_create(
        PeriodicEventStream(station=bidi, stream_id=number) for number in range(10, 30)
    )
    with django_assert_max_num_queries(len(few.captured_queries)):
        client.get(url("grid", bidi))
