"""Meter values: where they are kept and what they do to the session."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.chargers.messages.events import MeterValuesReported
from apps.chargers.messages.metering import MeterReading
from apps.core.models import OutboxEvent
from apps.sessions.models import ChargingSession, MeterValue, ParkedFact
from apps.sessions.services.metering import record_meter_values
from apps.sessions.services.transactions import record_transaction_events
from tests.factories.chargers import NOON, OnlineStationFactory, fact_of
from tests.factories.sessions import SessionFactory, start_16, stop_16, values

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def station():
    return OnlineStationFactory()


@pytest.fixture
def session(station):
    record_transaction_events([fact_of(station, start_16())])
    return ChargingSession.objects.get()


def tell(station, *events, at=NOON + MINUTE):
    for event in events:
        record_meter_values([fact_of(station, event, at)])


def test_values_move_the_running_columns_of_the_named_session(station, session):
    tell(station, values(NOON + MINUTE, tx=session.transaction_id, energy_wh=1200, power_w=11_000,
                         current_a=(16.0, 15.5, None), voltage_v=(230.1, None, None), soc_percent=41.5))  # fmt: skip
    session.refresh_from_db()
    assert (session.energy_wh, session.power_w, session.peak_power_w) == (200, 11_000, 11_000)
    assert (session.current_l1_a, session.current_l2_a, session.current_l3_a) == (16.0, 15.5, None)
    assert (session.voltage_l1_v, session.soc_percent, session.soc_start_percent) == (230.1, 41.5, 41.5)
    assert session.last_value_at == NOON + MINUTE
    row = MeterValue.objects.get()
    assert (row.session_id, row.evse_number, row.energy_wh, row.received_at) == (session.pk, 1, 1200, NOON + MINUTE)


def test_values_without_transaction_belong_to_the_open_session_of_the_evse(station, session):
    tell(station, values(NOON + MINUTE, energy_wh=1500), values(NOON + MINUTE, evse=2, energy_wh=99))
    session.refresh_from_db()
    assert session.energy_wh == 500
    assert list(MeterValue.objects.order_by("evse_number").values_list("session_id", flat=True)) == [session.pk, None]


def test_a_late_value_that_contradicts_an_ended_session_sends_it_to_review_and_is_priced_again(station, session):
    record_transaction_events([fact_of(station, stop_16(session.transaction_id))])
    OutboxEvent.objects.all().delete()
    late = values(NOON + MINUTE, tx=session.transaction_id, energy_wh=900_000)

    tell(station, late, late, at=NOON + timedelta(hours=2))

    session.refresh_from_db()
    assert session.state == "review"
    assert [event.subject_id for event in OutboxEvent.objects.filter(name="session.ended")] == [session.pk]


def test_the_stations_own_meter_is_kept_and_counts_for_nobody(station, session):
    tell(station, values(NOON + MINUTE, evse=0, tx=session.transaction_id, energy_wh=777_777))
    session.refresh_from_db()
    assert session.energy_wh == 0
    assert MeterValue.objects.get().session_id is None


def test_the_same_instant_again_merges_and_adds_nothing(station, session):
    tell(station, values(NOON, energy_wh=1200), values(NOON, power_w=7000), values(NOON, energy_wh=1200))
    row = MeterValue.objects.get()
    assert (row.energy_wh, row.power_w) == (1200, 7000)


def test_values_after_the_end_are_kept_and_do_not_reopen(station, session):
    record_transaction_events([fact_of(station, stop_16(session.transaction_id), NOON + 60 * MINUTE)])
    tell(
        station, values(NOON + 61 * MINUTE, tx=session.transaction_id, energy_wh=8010, power_w=5), at=NOON + 61 * MINUTE
    )
    session.refresh_from_db()
    assert (session.state, session.energy_wh, session.power_w) == ("ended", 7010, None)


def test_values_of_nobodys_transaction_are_kept_and_noted_once(station, session):
    tell(station, values(NOON, tx=4711, energy_wh=5), values(NOON + MINUTE, tx=4711, energy_wh=6))
    assert MeterValue.objects.filter(session_id=None).count() == 2
    assert ParkedFact.objects.get().reported_transaction_id == "4711"


def test_an_impossible_instant_is_replaced_by_ours(station):
    tell(station, values(datetime(1970, 1, 1, tzinfo=UTC), energy_wh=1))
    assert MeterValue.objects.get().at == NOON + MINUTE


def test_an_absurd_power_does_not_stop_the_rest(station, session):
    tell(station, values(NOON, energy_wh=1001, power_w=10**15))
    assert MeterValue.objects.values_list("energy_wh", "power_w").get() == (1001, None)


def test_signed_data_is_kept_as_sent(station):
    signed = ({"signedMeterData": "T0NNRnw=", "encodingMethod": "OCMF"},)
    tell(station, values(NOON, signed=signed, other={"Frequency": 50.01}))
    row = MeterValue.objects.get()
    assert (row.signed, row.other) == (list(signed), {"Frequency": 50.01})


def test_many_readings_of_one_frame_are_all_stored(station, session):
    readings = tuple(MeterReading(NOON + n * MINUTE, energy_wh=1000 + 10 * n) for n in range(120))
    tell(station, MeterValuesReported(1, readings), at=NOON + 120 * MINUTE)
    session.refresh_from_db()
    assert (MeterValue.objects.count(), session.energy_wh) == (120, 1190)


@pytest.mark.parametrize("how_many", [1, 50])
def test_the_number_of_statements_does_not_grow_with_the_batch(how_many, django_assert_num_queries):
    sessions = SessionFactory.create_batch(how_many)
    facts = [fact_of(s.station, values(NOON, energy_wh=5), protocol="ocpp1.6") for s in sessions]
    with django_assert_num_queries(3):
        record_meter_values(facts)
