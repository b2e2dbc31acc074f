"""OCPP 1.6: StartTransaction and StopTransaction as the field sends them."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.chargers.messages.metering import MeterReading
from apps.chargers.messages.tokens import AuthorizationStatus
from apps.sessions.models import ChargingSession, MeterValue, ParkedFact
from apps.sessions.services.transactions import record_transaction_events
from tests.factories.chargers import NOON, OnlineStationFactory, StationFactory, fact_of
from tests.factories.drivers import IdTokenFactory
from tests.factories.sessions import start_16, stop_16

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def station():
    station = OnlineStationFactory()
    IdTokenFactory(organisation=station.site.organisation, value="CARD")
    return station


def tell(station, event, at=NOON, **context):
    (reply,) = record_transaction_events([fact_of(station, event, at, protocol="ocpp1.6", **context)])
    return reply


def test_a_start_makes_a_session_with_a_positive_number_and_says_accepted(station):
    reply = tell(station, start_16())
    session = ChargingSession.objects.get()
    assert reply.transaction_id == int(session.transaction_id) > 0
    assert reply.info.status is AuthorizationStatus.ACCEPTED
    assert (session.evse.number, session.meter_start_wh, session.started_at) == (1, 1000, NOON)
    assert (session.state, session.is_billable, session.flags) == ("active", True, [])
    assert session.driver is not None


def test_a_stop_ends_the_session_with_its_reason_and_energy(station):
    number = tell(station, start_16()).transaction_id
    reply = tell(station, stop_16(number, stopped_reason="EVDisconnected"), NOON + HOUR)
    session = ChargingSession.objects.get()
    assert (session.state, session.stopped_reason, session.energy_wh) == ("ended", "EVDisconnected", 7000)
    assert session.ended_at == NOON + HOUR
    assert reply.transaction_id is None
    assert reply.info.status is AuthorizationStatus.ACCEPTED


def test_a_stop_without_tag_gets_no_verdict_and_without_reason_is_local(station):
    number = tell(station, start_16()).transaction_id
    assert tell(station, stop_16(number, tag=None), NOON + HOUR).info is None
    assert ChargingSession.objects.get().stopped_reason == "Local"


def test_the_same_start_under_a_new_message_id_gets_the_same_number(station):
    first = tell(station, start_16())
    second = tell(station, start_16(), NOON + timedelta(seconds=30))
    assert first == second
    assert ChargingSession.objects.count() == 1


def test_the_same_stop_twice_ends_once(station):
    number = tell(station, start_16()).transaction_id
    tell(station, stop_16(number), NOON + HOUR)
    before = ChargingSession.objects.values().get()
    tell(station, stop_16(number), NOON + 2 * HOUR)
    assert ChargingSession.objects.values().get() == before


@pytest.mark.parametrize(
    ("stored", "status"),
    [(None, "Unknown"), ({"status": "blocked"}, "Blocked"), ({"expires_at": NOON}, "Expired")],
)
def test_a_start_with_a_bad_tag_is_stored_unbilled_and_answered_with_a_number(station, stored, status):
    if stored is not None:
        IdTokenFactory(organisation=station.site.organisation, value="BAD", **stored)
    reply = tell(station, start_16(tag="BAD"))
    session = ChargingSession.objects.get()
    assert reply.transaction_id == int(session.transaction_id)
    assert reply.info.status == status
    assert (session.is_billable, session.flags) == (False, ["unauthorised"])


def test_a_new_start_on_a_busy_connector_closes_the_old_session(station):
    first = tell(station, start_16()).transaction_id
    tell(station, start_16(NOON + HOUR, meter=5000), NOON + HOUR)
    old = ChargingSession.objects.get(transaction_id=str(first))
    assert (old.state, old.flags) == ("review", ["stop_missing", "superseded"])
    assert ChargingSession.objects.open().count() == 1


def test_an_older_start_that_was_queued_does_not_close_the_newer_session(station):
    newer = tell(station, start_16(NOON + HOUR, meter=5000), NOON + HOUR).transaction_id
    tell(station, start_16(NOON, meter=1000), NOON + HOUR)
    assert ChargingSession.objects.get(transaction_id=str(newer)).state == "active"


def test_the_late_stop_of_a_superseded_session_completes_it(station):
    first = tell(station, start_16()).transaction_id
    tell(station, start_16(NOON + HOUR, meter=5000), NOON + HOUR)
    tell(station, stop_16(first, NOON + HOUR / 2, meter=4000), NOON + HOUR)
    old = ChargingSession.objects.get(transaction_id=str(first))
    assert (old.state, old.energy_wh, old.ended_at) == ("ended", 3000, NOON + HOUR / 2)
    assert old.flags == ["superseded", "offline"]


def test_a_stop_without_id_means_the_only_open_session(station):
    tell(station, start_16())
    tell(station, stop_16(None, tag=None), NOON + HOUR)
    session = ChargingSession.objects.get()
    assert (session.state, session.energy_wh) == ("ended", 7000)


def test_a_stop_without_id_finds_its_session_by_tag(station):
    IdTokenFactory(organisation=station.site.organisation, value="OTHER")
    tell(station, start_16())
    other = tell(station, start_16(tag="OTHER", evse=2)).transaction_id
    tell(station, stop_16(None, tag="other"), NOON + HOUR)
    assert ChargingSession.objects.get(ended_at__isnull=False).transaction_id == str(other)


def test_a_stop_of_nobodys_transaction_is_acknowledged_parked_and_makes_a_flagged_session(station):
    for _ in range(2):
        reply = tell(station, stop_16(999, tag=None), NOON + HOUR)
    assert reply.info is None
    session, parked = ChargingSession.objects.get(), ParkedFact.objects.get()
    assert (session.state, session.energy_wh) == ("review", 0)
    assert session.flags == ["start_missing"]
    assert (parked.session, parked.reported_transaction_id) == (session, "999")


def test_the_queued_start_of_a_parked_stop_joins_it(station):
    tell(station, stop_16(999), NOON + HOUR)
    reply = tell(station, start_16(), NOON + HOUR)
    session = ChargingSession.objects.get()
    assert reply.transaction_id == int(session.transaction_id)
    assert (session.state, session.energy_wh, session.started_at) == ("ended", 7000, NOON)
    assert (session.evse_number, session.flags) == (1, ["offline"])
    assert tell(station, start_16(), NOON + HOUR).transaction_id == reply.transaction_id
    tell(station, stop_16(999), NOON + HOUR)
    assert ChargingSession.objects.count() == 1


def test_another_stations_transaction_is_unknown_here(station):
    number = tell(station, start_16()).transaction_id
    thief = StationFactory(site=station.site)
    tell(thief, stop_16(number, tag=None), NOON + HOUR)
    assert ChargingSession.objects.get(station=station).state == "active"
    assert ChargingSession.objects.get(station=thief).flags == ["start_missing"]


@pytest.mark.parametrize(
    ("meter_stop", "energy", "flags"),
    [
        (-1, 0, ["meter_backwards"]),
        (500, 0, ["meter_backwards"]),
        (None, 0, []),
        (10**9, 999_999_000, ["meter_implausible"]),
    ],
)
def test_an_absurd_register_at_the_stop_is_flagged_and_never_negative(station, meter_stop, energy, flags):
    number = tell(station, start_16()).transaction_id
    tell(station, stop_16(number, meter=meter_stop), NOON + HOUR)
    session = ChargingSession.objects.get()
    assert (session.energy_wh, session.flags) == (energy, flags)
    assert session.state == ("review" if flags else "ended")


@pytest.mark.parametrize("year", [1970, 2099, 1])
def test_an_impossible_clock_is_kept_as_claim_and_ours_is_used(station, year):
    claimed = datetime(year, 1, 1, tzinfo=UTC)
    number = tell(station, start_16()).transaction_id
    tell(station, stop_16(number, claimed), NOON + HOUR)
    session = ChargingSession.objects.get()
    assert (session.ended_at, session.ended_reported_at) == (NOON + HOUR, claimed)
    assert session.flags == ["clock_implausible"]


def test_a_clock_two_hours_ahead_is_believed_and_flagged(station):
    tell(station, start_16(NOON + 2 * HOUR))
    session = ChargingSession.objects.get()
    assert (session.started_at, session.flags) == (NOON + 2 * HOUR, ["clock_skewed"])


def test_the_values_in_a_stop_are_stored_at_the_sessions_evse(station):
    number = tell(station, start_16(evse=2)).transaction_id
    readings = tuple(MeterReading(NOON + timedelta(minutes=n), energy_wh=1000 + n) for n in range(300))
    tell(station, stop_16(number, NOON + timedelta(hours=6), readings=readings, meter=1299), NOON + 6 * HOUR)
    session = ChargingSession.objects.get()
    assert MeterValue.objects.filter(session_id=session.pk, evse_number=2).count() == 300
    assert session.energy_wh == 299
