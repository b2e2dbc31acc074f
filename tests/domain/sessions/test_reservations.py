"""Reservations from asking to their end."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from apps.chargers.choices import CommandOrigin
from apps.chargers.facts import Lesson
from apps.chargers.messages.commands.reservations import CancellationAnswered, ReservationAnswered
from apps.chargers.messages.events.reservations import ReservationUpdated
from apps.chargers.models import DeviceVariable, StationCommand
from apps.core import outbox
from apps.sessions.models import ChargingSession, Reservation
from apps.sessions.services import reservations
from apps.sessions.services.reservations import UnableToReserve
from apps.sessions.services.transactions import record_transaction_events
from tests.factories.chargers import NOON, OnlineStationFactory, StationFactory, context_of, fact_of
from tests.factories.drivers import IdTokenFactory
from tests.factories.sessions import STARTED, card, event_201, start_16

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def station(harbour):
    return OnlineStationFactory(site=harbour)


@pytest.fixture
def ritas(station):
    return IdTokenFactory(organisation=station.site.organisation, value="RITA", parent_group="FLAT-7")


def ask(station, ritas, **changes) -> Reservation:
    values = {"evse_number": 1, "expires_at": LATER, "at": NOON, **changes}
    return reservations.reserve(station=station, card=ritas, actor=None, origin=CommandOrigin.PORTAL, **values)


def answer(reservation, status="Accepted", **changes):
    values = {
        "reservation_id": reservation.number, "is_held": status == "Accepted", "status": status,
        "evse_id": reservation.evse_number, "id_token": reservation.token_value, "id_token_type": "ISO14443",
        "group_id_token": reservation.group_value, "connector_type": "", "expires_at": reservation.expires_at,
    }  # fmt: skip
    learnt = ReservationAnswered(**{**values, **changes})
    reservations.learn_reservations(
        [Lesson(context_of(reservation.station), learnt, reservation.command_id, NOON + timedelta(seconds=1))]
    )
    reservation.refresh_from_db()
    return reservation


@pytest.fixture
def held(station, ritas):
    return answer(ask(station, ritas))


def begin(station, event) -> ChargingSession:
    record_transaction_events([fact_of(station, event, event.occurred_at)])
    outbox.relay()
    return ChargingSession.objects.latest("pk")


def test_asking_writes_a_row_and_a_command_with_the_cards_group(station, ritas):
    reservation = ask(station, ritas)
    assert reservation.state == "asked"
    assert reservation.driver == ritas.driver
    assert reservation.command.arguments == {
        "reservation_id": reservation.number, "expires_at": "2026-03-14T13:00:00Z", "id_token": "RITA",
        "id_token_type": "ISO14443", "evse_id": 1, "group_id_token": "FLAT-7",
    }  # fmt: skip


def test_numbers_are_unique_at_a_station_and_fit_in_31_bits(station, ritas):
    numbers = {ask(station, ritas, evse_number=evse).number for evse in (1, 2)}
    assert len(numbers) == 2
    assert all(0 < number < 2**31 for number in numbers)


def test_an_accepted_reservation_is_held(held):
    assert (held.state, held.status_word, held.held_at) == ("held", "Accepted", NOON + timedelta(seconds=1))


@pytest.mark.parametrize("word", ["Faulted", "Occupied", "Unavailable", "Rejected"])
def test_a_refusal_is_not_recorded_as_held(station, ritas, word):
    reservation = answer(ask(station, ritas), word)
    assert (reservation.state, reservation.status_word, reservation.held_at) == ("refused", word, None)


def test_a_place_is_not_reserved_twice(station, ritas, held):
    with pytest.raises(UnableToReserve, match="reserved already"):
        ask(station, ritas)
    assert Reservation.objects.count() == 1


def test_the_database_refuses_two_living_reservations_of_one_place(held):
    with pytest.raises(IntegrityError), transaction.atomic():
        Reservation.objects.create(
            station=held.station, number=held.number + 1, evse_number=1, token_value="X", expires_at=LATER
        )


def test_a_place_whose_reservation_has_run_out_can_be_reserved_again(station, ritas, held):
    again = ask(station, ritas, at=LATER, expires_at=LATER + timedelta(hours=1))
    held.refresh_from_db()
    assert (held.state, again.state) == ("expired", "asked")


def test_no_more_is_reserved_than_there_are_places(station, ritas):
    ask(station, ritas, evse_number=1)
    DeviceVariable.objects.create(
        station=station, component="ConfigurationKey", variable="ReserveConnectorZeroSupported", value="true"
    )
    ask(station, ritas, evse_number=0)
    with pytest.raises(UnableToReserve, match="Every place"):
        ask(station, ritas, evse_number=0)


def test_a_16_station_reserves_any_place_only_where_it_says_that_it_can(station, ritas):
    with pytest.raises(UnableToReserve, match="has not said"):
        ask(station, ritas, evse_number=0)
    assert not StationCommand.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"expires_at": NOON}, "in the future"),
        ({"expires_at": NOON + timedelta(hours=25)}, "within 24 hours"),
        ({"evse_number": 9}, "no such EVSE"),
        ({"connector_type": "cCCS2"}, "from OCPP 2 on"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_sent(station, ritas, changes, words):
    with pytest.raises(UnableToReserve, match=words):
        ask(station, ritas, **changes)
    assert not StationCommand.objects.exists()


def test_an_offline_station_is_not_asked(harbour, ritas):
    with pytest.raises(UnableToReserve, match="offline"):
        ask(StationFactory(site=harbour, evses=1), ritas)


def test_a_card_of_another_organisation_is_refused(station, rival_site):
    with pytest.raises(UnableToReserve, match="not accepted here"):
        ask(station, IdTokenFactory(organisation=rival_site.organisation))


def test_a_16_session_that_names_the_reservation_uses_it(station, held):
    session = begin(station, start_16(tag="RITA", reservation_id=held.number))
    held.refresh_from_db()
    assert (held.state, held.session, held.ended_at) == ("used", session, NOON)


def test_a_201_session_that_names_the_reservation_uses_it(harbour, ritas):
    station = OnlineStationFactory(site=harbour, protocol="ocpp2.0.1")
    held = answer(ask(station, ritas))
    session = begin(station, event_201(STARTED, 0, evse_id=1, id_token=card("RITA"), reservation_id=held.number))
    held.refresh_from_db()
    assert (held.state, held.session) == ("used", session)


def test_another_card_of_the_group_uses_it_though_the_charger_names_no_reservation(station, held):
    IdTokenFactory(organisation=station.site.organisation, value="FLATMATE", parent_group="FLAT-7")
    session = begin(station, start_16(tag="FLATMATE"))
    held.refresh_from_db()
    assert (held.state, held.session) == ("used", session)


def test_a_stranger_at_the_reserved_place_does_not_use_it(station, held):
    begin(station, start_16(tag="STRANGER"))
    held.refresh_from_db()
    assert (held.state, held.session) == ("held", None)


def test_a_session_at_another_station_that_names_the_number_leaves_it_untouched(harbour, station, held):
    other = OnlineStationFactory(site=harbour)
    begin(other, start_16(tag="RITA", reservation_id=held.number))
    held.refresh_from_db()
    assert held.state == "held"


def test_an_offline_session_that_began_in_time_uses_what_expired_meanwhile(station, held):
    reservations.expire_reservations(at=LATER)
    event = start_16(NOON + timedelta(minutes=30), tag="RITA", reservation_id=held.number)
    record_transaction_events([fact_of(station, event, LATER + timedelta(hours=1))])
    outbox.relay()
    held.refresh_from_db()
    assert held.state == "used"


def test_it_expires_by_time(held):
    assert reservations.expire_reservations(at=LATER - timedelta(seconds=1)) == 0
    assert reservations.expire_reservations(at=LATER) == 1
    held.refresh_from_db()
    assert (held.state, held.ended_at) == ("expired", LATER)


@pytest.mark.parametrize(
    ("word", "state"), [("Expired", "expired"), ("NoTransaction", "expired"), ("Removed", "removed")]
)
def test_the_station_tells_that_it_is_over(station, held, word, state):
    reservations.record_reservation_updates([fact_of(station, ReservationUpdated(held.number, word))])
    held.refresh_from_db()
    assert (held.state, held.status_word) == (state, word)


def test_a_station_that_names_anothers_reservation_changes_nothing(harbour, held):
    other = OnlineStationFactory(site=harbour)
    reservations.record_reservation_updates([fact_of(other, ReservationUpdated(held.number, "Removed"))])
    held.refresh_from_db()
    assert held.state == "held"


def cancelled(held, status) -> Reservation:
    learnt = CancellationAnswered(held.number, status == "Accepted", status)
    reservations.learn_cancellations([Lesson(context_of(held.station), learnt, 1, NOON)])
    held.refresh_from_db()
    return held


def test_cancelling_asks_the_station_and_its_yes_ends_it(held):
    command = reservations.cancel_reservation(reservation=held, actor=None, origin=CommandOrigin.PORTAL, at=NOON)
    assert (command.name, command.arguments) == ("CancelReservation", {"reservation_id": held.number})
    held.refresh_from_db()
    assert held.state == "held"
    assert cancelled(held, "Accepted").state == "cancelled"


def test_a_station_that_knows_of_no_such_reservation_holds_none(held):
    assert (cancelled(held, "Rejected").state, held.status_word) == ("removed", "Rejected")


def test_what_has_ended_is_not_cancelled(held):
    with pytest.raises(UnableToReserve, match="ended already"):
        reservations.cancel_reservation(reservation=held, actor=None, origin=CommandOrigin.PORTAL, at=LATER)


def test_a_raw_call_that_was_accepted_gets_its_row(station, ritas):
    raw = StationCommand.objects.create(station=station, name="RawCall", created_at=NOON, deadline_at=LATER)
    learnt = ReservationAnswered(7, True, "Accepted", 2, "rita", "ISO14443", "", "", LATER)
    for _ in range(2):
        reservations.learn_reservations([Lesson(context_of(station), learnt, raw.pk, NOON)])
    row = Reservation.objects.get()
    assert (row.number, row.evse_number, row.state, row.id_token, row.driver) == (7, 2, "held", ritas, ritas.driver)


def test_a_raw_call_that_was_refused_leaves_no_row(station):
    learnt = ReservationAnswered(7, False, "Occupied", 2, "X", "ISO14443", "", "", LATER)
    reservations.learn_reservations([Lesson(context_of(station), learnt, 1, NOON)])
    assert not Reservation.objects.exists()


def test_a_call_that_was_never_answered_holds_nothing(station, ritas):
    reservation = ask(station, ritas)
    StationCommand.objects.filter(pk=reservation.command_id).update(explanation="The charger did not answer in time.")
    reservations.note_unanswered(command_id=reservation.command_id, at=NOON)
    reservation.refresh_from_db()
    assert (reservation.state, reservation.explanation) == ("refused", "The charger did not answer in time.")


def test_but_a_session_may_prove_that_it_was_held_after_all(station, ritas):
    reservation = ask(station, ritas)
    reservations.note_unanswered(command_id=reservation.command_id, at=NOON)
    begin(station, start_16(NOON + timedelta(minutes=1), tag="RITA", reservation_id=reservation.number))
    reservation.refresh_from_db()
    assert reservation.state == "used"


def test_an_expiry_far_outside_any_calendar_is_bounded(station):
    raw = StationCommand.objects.create(station=station, name="RawCall", created_at=NOON, deadline_at=LATER)
    learnt = ReservationAnswered(7, True, "Accepted", 2, "X", "ISO14443", "", "", None)
    reservations.learn_reservations([Lesson(context_of(station), learnt, raw.pk, NOON)])
    assert Reservation.objects.get().expires_at == datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
