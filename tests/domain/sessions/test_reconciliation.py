"""Making good what was left open."""

from datetime import timedelta

import pytest

from apps.core import outbox
from apps.core.outbox import Event
from apps.sessions.models import ChargingSession, MeterValue, ParkedFact
from apps.sessions.services.reconciliation import reconcile
from apps.sessions.services.transactions import record_transaction_events
from tests.factories.chargers import NOON, OnlineStationFactory, fact_of
from tests.factories.sessions import STARTED, UPDATED, SessionFactory, event_201, start_16, stop_16

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def station():
    return OnlineStationFactory()


def test_parked_readings_reach_their_evse_once_it_is_known(station):
    for event in (event_201(UPDATED, 1, wh=2000), event_201(STARTED, 0, evse_id=2, wh=1000)):
        record_transaction_events([fact_of(station, event, protocol="ocpp2.0.1")])
    reconcile(at=NOON + HOUR)
    session = ChargingSession.objects.get()
    rows = MeterValue.objects.order_by("at").values_list("evse_number", "energy_wh", "session_id")
    assert list(rows) == [(2, 1000, session.pk), (2, 2000, session.pk)]
    assert ParkedFact.objects.get().resolved_at == NOON + HOUR


def test_a_parked_stop_is_resolved_once_its_start_came(station):
    for event in (stop_16(999), start_16()):
        record_transaction_events([fact_of(station, event, NOON + HOUR, protocol="ocpp1.6")])
    reconcile(at=NOON + 2 * HOUR)
    assert ParkedFact.objects.get().resolved_at == NOON + 2 * HOUR


def test_a_silent_session_that_a_newer_one_overtook_is_ended_for_review(station):
    old = SessionFactory(station=station, last_value_at=NOON)
    newer = SessionFactory(station=station, started_at=NOON + HOUR, last_value_at=NOON + 5 * HOUR)
    reconcile(at=NOON + 5 * HOUR)
    old.refresh_from_db()
    newer.refresh_from_db()
    assert (old.state, old.ended_at, old.flags) == ("review", NOON, ["stop_missing", "superseded", "meter_missing"])
    assert newer.is_open


def test_a_long_session_of_an_offline_station_is_left_alone(station):
    station.connection.is_online = False
    station.connection.save()
    SessionFactory(station=station, last_value_at=NOON)
    SessionFactory(station=station, started_at=NOON + HOUR)
    reconcile(at=NOON + 50 * HOUR)
    assert ChargingSession.objects.open().count() == 2


def announce(name, subject_id, **payload):
    outbox.record(Event(name, subject_id, payload))
    outbox.relay()


@pytest.mark.parametrize(
    ("status", "state", "charging_state"),
    [("SuspendedEV", "idle", "SuspendedEV"), ("Charging", "active", "Charging"), ("Finishing", "idle", "EVConnected")],
)
def test_a_1_6_session_follows_the_status_of_its_connector(station, status, state, charging_state):
    session = SessionFactory(station=station, protocol="ocpp1.6")
    announce(
        "connector.status_changed",
        1,
        station_id=station.pk,
        evse=1,
        after=status,
        occurred_at=(NOON + HOUR).isoformat(),
        at=(NOON + HOUR).isoformat(),
    )
    session.refresh_from_db()
    assert (session.state, session.charging_state) == (state, charging_state)


def test_a_boot_in_the_middle_of_a_session_flags_it_and_leaves_it_open(station):
    session = SessionFactory(station=station, protocol="ocpp1.6")
    announce("station.booted", station.pk, at=(NOON + HOUR).isoformat())
    session.refresh_from_db()
    assert (session.is_open, session.flags) == (True, ["rebooted"])
