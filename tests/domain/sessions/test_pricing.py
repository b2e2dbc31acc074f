"""What a session costs while it runs, at its end, and in the charger's answer."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apps.chargers.messages.events import ChargingState
from apps.chargers.messages.tokens import IdToken
from apps.core import outbox
from apps.sessions.models import ChargingSession
from apps.sessions.services.metering import record_meter_values
from apps.sessions.services.pricing import running_cost_of, running_costs
from apps.sessions.services.transactions import record_transaction_events
from tests.factories.chargers import NOON, OnlineStationFactory, fact_of
from tests.factories.drivers import IdTokenFactory
from tests.factories.sessions import ENDED, STARTED, UPDATED, event_201, start_16, stop_16, values
from tests.factories.tariffs import tariff_at

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def station():
    station = OnlineStationFactory(protocol="ocpp2.0.1")
    IdTokenFactory(organisation=station.site.organisation, value="CARD")
    return station


def tell(station, *events):
    facts = [fact_of(station, event, event.occurred_at, protocol="ocpp2.0.1") for event in events]
    return [record_transaction_events([fact])[0] for fact in facts]


def test_the_charger_hears_the_cost_so_far_and_the_final_one(station):
    tariff_at(station.site, per_kwh="0.50", fee="1.00", vat="20")
    replies = tell(
        station,
        event_201(STARTED, 0, evse_id=1, id_token=IdToken("CARD"), wh=1000),
        event_201(UPDATED, 1, wh=3000, charging_state=ChargingState.CHARGING),
        event_201(ENDED, 2, wh=5000),
    )
    assert [reply.total_cost for reply in replies] == [Decimal("0.00"), Decimal("2.40"), Decimal("3.60")]


def test_of_values_every_ten_seconds_one_a_minute_is_answered_with_the_cost(station):
    tariff_at(station.site, per_kwh="0.50")
    updates = [event_201(UPDATED, seq, NOON + timedelta(seconds=10 * seq), wh=1000 * (1 + seq)) for seq in range(1, 8)]
    replies = tell(station, event_201(STARTED, 0, evse_id=1, wh=1000), *updates)
    costs = [Decimal("0.00"), Decimal("0.50"), None, None, None, None, Decimal("3.00"), None]
    assert [reply.total_cost for reply in replies] == costs


def test_without_a_tariff_nobody_names_a_cost(station):
    (reply,) = tell(station, event_201(STARTED, 0, evse_id=1, wh=1000))
    assert reply.total_cost is None


def test_an_ended_session_is_priced_when_its_end_is_delivered(station):
    version = tariff_at(station.site, per_kwh="0.50")
    tell(station, event_201(STARTED, 0, evse_id=1, wh=1000), event_201(ENDED, 1, wh=5000))
    outbox.relay()
    session = ChargingSession.objects.get()
    assert (session.cost_net, session.cost_gross, session.tariff_version) == (Decimal(2), Decimal(2), version)
    assert session.price_breakdown["gross"] == "2"
    assert session.priced_at is not None


def test_a_late_reading_prices_the_session_anew(station):
    tariff_at(station.site, per_kwh="0.50")
    tell(station, event_201(STARTED, 0, evse_id=1, wh=1000), event_201(ENDED, 2))
    outbox.relay()
    assert ChargingSession.objects.get().cost_gross == 0
    tell(station, event_201(UPDATED, 1, wh=2000, offline=True))
    outbox.relay()
    assert ChargingSession.objects.get().cost_gross == Decimal("0.5")


def test_a_running_1_6_session_shows_what_it_costs(station, django_assert_num_queries):
    tariff_at(station.site, per_kwh="0.50", fee="1.00", vat="20")
    record_transaction_events([fact_of(station, start_16(), protocol="ocpp1.6")])
    record_meter_values([fact_of(station, values(NOON + HOUR, energy_wh=3000), NOON + HOUR)])
    session = ChargingSession.objects.select_related("site").get()
    cost = running_cost_of(session, now=NOON + HOUR)
    assert (cost.net, cost.gross) == (Decimal("2.0"), Decimal("2.40"))
    assert {line.kind for line in cost.lines if line.unit_price is not None} == {"energy", "flat"}
    with django_assert_num_queries(0):
        assert running_costs([session] * 3, now=NOON + HOUR)[session.pk].gross == Decimal("2.40")


def test_the_group_of_the_driver_decides_the_tariff(station):
    from tests.factories.drivers import DriverGroupFactory

    group = DriverGroupFactory(organisation=station.site.organisation)
    card = IdTokenFactory(organisation=station.site.organisation, value="RESIDENT", driver__group=group)
    tariff_at(station.site)
    cheap = tariff_at(station.site, name="Residents", driver_group_id=group.pk, per_kwh="0.25")
    tell(station, event_201(STARTED, 0, evse_id=1), event_201(UPDATED, 1, id_token=IdToken(card.value)))
    assert ChargingSession.objects.get().tariff_version == cheap


def test_energy_of_a_stop_alone_is_priced_in_full(station):
    tariff_at(station.site, per_kwh="0.50")
    (reply,) = record_transaction_events([fact_of(station, start_16(), protocol="ocpp1.6")])
    stop = stop_16(reply.transaction_id, NOON + HOUR, meter=9000)
    record_transaction_events([fact_of(station, stop, NOON + HOUR, protocol="ocpp1.6")])
    outbox.relay()
    assert ChargingSession.objects.get().cost_gross == 4
