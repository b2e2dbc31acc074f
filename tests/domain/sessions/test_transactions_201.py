"""OCPP 2.0.1: TransactionEvent in every order and with every omission."""

from datetime import timedelta

import pytest

from apps.chargers.messages.events import ChargingState
from apps.chargers.messages.metering import MeterReading
from apps.chargers.messages.tokens import AuthorizationStatus, IdToken, IdTokenType
from apps.core.models import OutboxEvent
from apps.drivers.models import Driver
from apps.drivers.models import IdToken as StoredToken
from apps.sessions.models import ChargingSession, MeterValue, ParkedFact
from apps.sessions.services.transactions import record_transaction_events
from tests.factories.chargers import NOON, CommandFactory, OnlineStationFactory, fact_of
from tests.factories.drivers import IdTokenFactory
from tests.factories.sessions import ENDED, STARTED, UPDATED, event_201

pytestmark = pytest.mark.django_db
MINUTES = timedelta(minutes=1)


@pytest.fixture
def station():
    station = OnlineStationFactory(protocol="ocpp2.0.1")
    IdTokenFactory(organisation=station.site.organisation, value="CARD")
    return station


def tell(station, *events):
    replies = [record_transaction_events([fact_of(station, e, e.occurred_at, protocol="ocpp2.0.1")])[0] for e in events]
    return replies[-1]


def the_session():
    return ChargingSession.objects.get()


def test_a_whole_transaction_with_everything_only_in_the_first_event(station):
    reply = tell(station, event_201(STARTED, 0, evse_id=2, connector_id=1, id_token=IdToken("CARD"), wh=1000))
    assert reply.info.status is AuthorizationStatus.ACCEPTED
    tell(station, event_201(UPDATED, 1, charging_state=ChargingState.CHARGING, wh=2000))
    reply = tell(station, event_201(ENDED, 2, stopped_reason="EVDisconnected", wh=4000))
    assert reply.info is None
    session = the_session()
    assert (session.evse.number, session.energy_wh, session.state) == (2, 3000, "ended")
    assert (session.stopped_reason, session.flags, session.seq_ranges) == ("EVDisconnected", [], [[0, 2]])
    assert MeterValue.objects.filter(session_id=session.pk, evse_number=2).count() == 3


def test_plug_first_then_card(station):
    tell(station, event_201(STARTED, 0, evse_id=1, charging_state=ChargingState.EV_CONNECTED))
    assert (the_session().state, the_session().is_billable) == ("idle", False)
    tell(station, event_201(UPDATED, 1, id_token=IdToken("card"), charging_state=ChargingState.CHARGING))
    session = the_session()
    assert (session.state, session.is_billable, session.id_token.value) == ("active", True, "CARD")


def test_a_duplicate_gets_the_same_answer_and_doubles_nothing(station):
    event = event_201(STARTED, 0, evse_id=1, id_token=IdToken("CARD"), wh=1000)
    first = tell(station, event)
    before = ChargingSession.objects.values().get()
    assert tell(station, event) == first
    assert ChargingSession.objects.values().get() == before
    assert OutboxEvent.objects.filter(name="session.started").count() == 1


def test_an_update_before_its_start_makes_an_incomplete_session_that_the_start_completes(station):
    tell(station, event_201(UPDATED, 1, wh=2000))
    assert (the_session().flags, the_session().evse_number) == (["start_missing"], None)
    assert ParkedFact.objects.get().kind == "meter_values"
    tell(station, event_201(STARTED, 0, evse_id=1, wh=1000))
    session = the_session()
    assert (session.flags, session.evse_number, session.energy_wh, session.started_at) == ([], 1, 1000, NOON)


def test_an_end_of_an_unknown_transaction_is_kept_for_review(station):
    tell(station, event_201(ENDED, 5, evse_id=1, wh=5000))
    session = the_session()
    assert (session.state, session.flags) == ("review", ["start_missing", "seq_gap"])


def test_a_gap_is_flagged_and_forgotten_once_it_is_filled(station):
    tell(station, event_201(STARTED, 0, evse_id=1), event_201(UPDATED, 2))
    assert (the_session().flags, the_session().seq_ranges) == (["seq_gap"], [[0, 0], [2, 2]])
    tell(station, event_201(UPDATED, 1))
    assert (the_session().flags, the_session().seq_ranges) == ([], [[0, 2]])


def test_queued_updates_after_the_end_are_taken_in_and_do_not_reopen(station):
    tell(station, event_201(STARTED, 0, evse_id=1, wh=0), event_201(ENDED, 2, wh=2000))
    tell(station, event_201(UPDATED, 1, wh=1000, offline=True))
    session = the_session()
    assert (session.state, session.energy_wh, session.flags) == ("ended", 2000, ["offline"])
    assert MeterValue.objects.count() == 3


def test_the_same_transaction_id_on_two_stations_is_two_transactions(station):
    other = OnlineStationFactory(site=station.site)
    tell(station, event_201(STARTED, 0, evse_id=1))
    tell(other, event_201(STARTED, 0, evse_id=1), event_201(ENDED, 1))
    assert ChargingSession.objects.get(station=station).state == "active"
    assert ChargingSession.objects.get(station=other).state == "ended"


def test_two_transactions_that_both_count_from_zero_are_kept_apart(station):
    tell(station, event_201(STARTED, 0, evse_id=1), event_201(ENDED, 1))
    tell(station, event_201(STARTED, 0, NOON + 60 * MINUTES, tx="TX2", evse_id=1))
    assert ChargingSession.objects.get(transaction_id="TX2").state == "active"


def test_a_start_by_button_is_accepted_and_nobodys(station):
    reply = tell(station, event_201(STARTED, 0, evse_id=1, id_token=IdToken("", IdTokenType.NO_AUTHORIZATION)))
    session = the_session()
    assert reply.info.status is AuthorizationStatus.ACCEPTED
    assert (session.driver, session.is_billable, session.flags) == (None, False, [])


def test_an_unknown_token_is_recorded_and_answered(station):
    reply = tell(station, event_201(STARTED, 0, evse_id=1, id_token=IdToken("NOBODY")))
    assert reply.info.status is AuthorizationStatus.UNKNOWN
    assert the_session().flags == ["unauthorised"]


def test_a_remote_start_is_joined_by_its_number_and_confirmed(station):
    command = CommandFactory(
        station=station,
        name="RequestStartTransaction",
        arguments={"id_token": "CARD", "remote_start_id": 77},
        state="accepted",
        sent_at=NOON,
        awaits="session.started",
        correlation="77",
    )
    tell(station, event_201(STARTED, 0, evse_id=1, remote_start_id=77))
    command.refresh_from_db()
    assert the_session().remote_start_command == command
    assert command.state == "confirmed"


def test_what_happens_is_announced_but_not_each_meter_value(station):
    tell(station, event_201(STARTED, 0, evse_id=1), event_201(UPDATED, 1, wh=1000), event_201(UPDATED, 2, wh=1100))
    tell(station, event_201(UPDATED, 3, charging_state=ChargingState.SUSPENDED_EV), event_201(ENDED, 4))
    names = OutboxEvent.objects.order_by("id").values_list("name", flat=True)
    assert list(names) == ["session.started", "session.updated", "session.ended"]


def test_ended_with_all_values_of_the_transaction(station):
    readings = tuple(MeterReading(NOON + n * MINUTES, energy_wh=n * 100) for n in range(11))
    tell(station, event_201(STARTED, 0, evse_id=1), event_201(ENDED, 1, readings=readings))
    assert the_session().energy_wh == 1000


@pytest.mark.parametrize("evse", [2, None])
@pytest.mark.parametrize("limit", ["card", "driver", "expired"])
def test_a_card_after_the_cable_is_judged_as_at_a_start(station, limit, evse):
    """A session that runs at another EVSE excuses nothing: only one in this very transaction does."""
    tell(station, event_201(STARTED, 0, tx="FIRST", evse_id=1, connector_id=1, id_token=IdToken("CARD"), wh=1000))
    card = StoredToken.objects.select_related("driver").get(value="CARD")
    match limit:
        case "card":
            StoredToken.objects.filter(pk=card.pk).update(allows_concurrent=False)
        case "driver":
            Driver.objects.filter(pk=card.driver_id).update(max_sessions=1)
        case "expired":
            StoredToken.objects.filter(pk=card.pk).update(expires_at=NOON - timedelta(days=1))
    tell(station, event_201(STARTED, 0, tx="SECOND", evse_id=evse, wh=500))
    reply = tell(station, event_201(UPDATED, 1, tx="SECOND", id_token=IdToken("CARD")))
    assert reply.info.status.value == ("Expired" if limit == "expired" else "ConcurrentTx")
    again = tell(station, event_201(UPDATED, 1, tx="FIRST", id_token=IdToken("CARD")))
    assert again.info.status is AuthorizationStatus.ACCEPTED
