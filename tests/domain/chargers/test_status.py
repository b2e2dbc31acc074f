"""What connectors report: history keeps all, the picture keeps the newest, pages hear of what changed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.chargers.choices import ConnectorState, StationStatus
from apps.chargers.messages.events import ConnectorStatus, StatusNotified
from apps.chargers.messages.replies import Reply
from apps.chargers.models import Connector, ConnectorStatusEvent, Evse, StationConnection, StationDeviation
from apps.chargers.services.status import ChargingStateChange, record_charging_states, record_statuses
from apps.core import live
from apps.core.models import OutboxEvent
from tests.factories.chargers import NOON, OnlineStationFactory, fact_of

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=5)


def report(station, status, *, evse=1, connector=1, at=LATER, received_at=LATER, **fields):
    event = StatusNotified(evse_id=evse, connector_id=connector, status=status, occurred_at=at, **fields)
    return record_statuses([fact_of(station, event, received_at)])


def connector_of(station, evse=1):
    return Connector.objects.get(evse__station=station, evse__number=evse, number=1)


def announced():
    return [(event.name, event.payload) for event in OutboxEvent.objects.order_by("pk")]


def test_a_connector_that_starts_charging_makes_the_station_charging():
    station = OnlineStationFactory()

    assert report(station, ConnectorStatus.CHARGING) == [Reply()]

    connector = connector_of(station)
    assert (connector.status, connector.status_at, connector.status_received_at) == ("Charging", LATER, LATER)
    station.refresh_from_db()
    assert (station.status, station.status_since) == (StationStatus.CHARGING, LATER)
    event = ConnectorStatusEvent.objects.get()
    assert (event.evse_number, event.connector_number, event.status, event.occurred_at) == (1, 1, "Charging", LATER)
    name, payload = announced()[0]
    assert name == "connector.status_changed"
    assert OutboxEvent.objects.get().subject_id == connector.pk
    assert (payload["station_id"], payload["before"], payload["after"]) == (station.pk, "Available", "Charging")


def test_the_same_status_again_is_history_and_nothing_else():
    station = OnlineStationFactory()

    report(station, ConnectorStatus.AVAILABLE)

    assert ConnectorStatusEvent.objects.count() == 1
    assert announced() == []
    station.refresh_from_db()
    assert station.status_since != LATER


def test_an_older_status_goes_to_history_only():
    station = OnlineStationFactory()
    report(station, ConnectorStatus.CHARGING)

    report(station, ConnectorStatus.FAULTED, at=LATER - timedelta(minutes=1), received_at=LATER + timedelta(minutes=1))

    assert connector_of(station).status == "Charging"
    assert list(ConnectorStatusEvent.objects.order_by("pk").values_list("status", flat=True)) == ["Charging", "Faulted"]
    assert [name for name, _ in announced()] == ["connector.status_changed"]


def test_a_fault_is_announced_once_and_so_is_its_end():
    station = OnlineStationFactory()

    report(station, ConnectorStatus.FAULTED, error_code="GroundFailure", vendor_error_code="E17", info="earth")
    report(station, ConnectorStatus.FAULTED, at=LATER + timedelta(seconds=1), error_code="GroundFailure")
    station.refresh_from_db()
    assert station.status == StationStatus.FAULTED
    report(station, ConnectorStatus.AVAILABLE, at=LATER + timedelta(seconds=2), error_code="NoError")

    station.refresh_from_db()
    assert station.status == StationStatus.AVAILABLE
    assert connector_of(station).error_code == ""
    names = [name for name, _ in announced()]
    assert names == [
        "connector.status_changed", "station.faulted", "connector.status_changed", "station.fault_cleared",
    ]  # fmt: skip
    fault = announced()[1][1]
    assert (fault["evse"], fault["error_code"], fault["vendor_error_code"], fault["info"]) == (
        1, "GroundFailure", "E17", "earth",
    )  # fmt: skip
    assert announced()[3][1]["error_code"] == "GroundFailure"


def test_number_zero_is_the_whole_station():
    station = OnlineStationFactory()

    report(station, ConnectorStatus.UNAVAILABLE, evse=0, connector=0)

    station.refresh_from_db()
    assert (station.own_state, station.own_state_at) == (ConnectorState.UNAVAILABLE, LATER)
    assert station.status == StationStatus.UNAVAILABLE
    assert Evse.objects.filter(station=station).count() == 2
    assert connector_of(station).status == "Available"


def test_an_unmentioned_connector_is_made_from_its_first_report():
    station = OnlineStationFactory()

    report(station, ConnectorStatus.AVAILABLE, evse=7)

    assert connector_of(station, evse=7).status == "Available"


def test_a_number_that_cannot_be_is_answered_noted_and_not_made():
    station = OnlineStationFactory()

    assert report(station, ConnectorStatus.AVAILABLE, evse=999_999_999_999) == [Reply()]

    assert Evse.objects.filter(station=station).count() == 2
    assert StationDeviation.objects.get().code == "status.connector_implausible"
    assert ConnectorStatusEvent.objects.get().evse_number == 2**31 - 1


@pytest.mark.parametrize("claimed", [datetime(1970, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)])
def test_a_clock_that_cannot_be_right_is_replaced_by_ours_and_noted(claimed):
    station = OnlineStationFactory()

    report(station, ConnectorStatus.CHARGING, at=claimed)

    assert connector_of(station).status_at == LATER
    assert ConnectorStatusEvent.objects.get().occurred_at == LATER
    assert StationDeviation.objects.get().code == "clock.implausible"
    skew_s = StationConnection.objects.get().clock_skew_s
    assert skew_s == (claimed - LATER).total_seconds()


def test_a_report_without_time_counts_from_its_arrival():
    station = OnlineStationFactory()

    report(station, ConnectorStatus.CHARGING, at=None)

    assert connector_of(station).status_at == LATER
    assert not StationDeviation.objects.exists()


def test_hostile_text_is_stored_and_cut_to_size():
    station = OnlineStationFactory()

    report(station, ConnectorStatus.FAULTED, info="<b>'; DROP\x00 {{ x }}" + "é" * 200, error_code="x" * 80)

    connector = connector_of(station)
    assert connector.info.startswith("<b>'; DROP")
    assert len(connector.info) == 100
    assert connector.error_code == "x" * 50


def test_pages_are_nudged_once_per_organisation_and_only_on_change(monkeypatch, django_capture_on_commit_callbacks):
    nudges = []
    monkeypatch.setattr(live, "send_to_group", lambda group, message: nudges.append((group, message["topics"])))
    station = OnlineStationFactory()

    with django_capture_on_commit_callbacks(execute=True):
        report(station, ConnectorStatus.AVAILABLE)
    assert nudges == []
    with django_capture_on_commit_callbacks(execute=True):
        report(station, ConnectorStatus.CHARGING)

    organisation = station.site.organisation_id
    topics = [f"organisation:{organisation}", f"site:{station.site_id}", f"station:{station.pk}"]
    assert nudges == [(live.organisation_group(organisation), topics)]


def test_an_occupied_connector_is_charging_where_its_transaction_says_so():
    station = OnlineStationFactory(protocol="ocpp2.0.1")
    report(station, ConnectorStatus.OCCUPIED)

    record_charging_states([ChargingStateChange(station.pk, 1, "Charging")], LATER)
    station.refresh_from_db()
    assert station.status == StationStatus.CHARGING

    record_charging_states([ChargingStateChange(station.pk, 1, "SuspendedEV")], LATER)
    station.refresh_from_db()
    assert station.status == StationStatus.OCCUPIED


@pytest.mark.parametrize("how_many", [1, 50])
def test_storing_statuses_costs_a_constant_number_of_statements(how_many):
    stations = [OnlineStationFactory(evses=1) for _ in range(how_many)]
    facts = [
        fact_of(station, StatusNotified(2, 1, ConnectorStatus.FAULTED, LATER, error_code="GroundFailure"), LATER)
        for station in stations
    ]

    with CaptureQueriesContext(connection) as asked:
        record_statuses(facts)

    locks = 1 if connection.vendor == "postgresql" else 0
    statements = [q["sql"] for q in asked if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(statements) == 7 + locks
    assert ConnectorStatusEvent.objects.count() == how_many
    assert Connector.objects.filter(status="Faulted").count() == how_many
