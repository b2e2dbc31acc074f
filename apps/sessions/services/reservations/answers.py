"""What stations say of reservations: answers to our calls, whoever sent them, and news of their own."""

from collections.abc import Sequence
from datetime import datetime

from apps.chargers.facts import Fact, Lesson
from apps.chargers.messages.commands.reservations import CancellationAnswered, ReservationAnswered
from apps.chargers.messages.events.reservations import ReservationUpdated
from apps.chargers.messages.replies import Reply
from apps.chargers.models import ChargingStation, StationCommand
from apps.drivers.models import IdToken
from apps.sessions.choices import ReservationState
from apps.sessions.models import Reservation
from apps.sessions.services.reservations.pages import nudge_pages

_NEWS = {
    "Expired": (ReservationState.EXPIRED, "The station let it expire."),
    "NoTransaction": (ReservationState.EXPIRED, "Nobody started charging in time."),
}
_REMOVED = (ReservationState.REMOVED, "The station gave the place up, perhaps because of a fault.")
_LARGEST = 2**63 - 1


def learn_reservations(lessons: Sequence[Lesson[ReservationAnswered]]) -> None:
    """A place is held, or it is not. One that a raw call reserved gets its row here."""
    _lock_stations(lessons)
    for lesson in lessons:
        live = _live(lesson.station.station_id, lesson.learnt.reservation_id)
        if lesson.learnt.is_held:
            _hold(lesson, live.first())
        else:
            live.filter(command_id=lesson.command_id).update(
                state=ReservationState.REFUSED, status_word=lesson.learnt.status[:60], ended_at=lesson.at,
                explanation=f"The station answered “{lesson.learnt.status}”."[:300],
            )  # fmt: skip
    nudge_pages(lesson.station.station_id for lesson in lessons)


def learn_cancellations(lessons: Sequence[Lesson[CancellationAnswered]]) -> None:
    """Cancelled; or, since the station knows of no such reservation, gone."""
    for lesson in lessons:
        learnt = lesson.learnt
        state = ReservationState.CANCELLED if learnt.is_cancelled else ReservationState.REMOVED
        words = "" if learnt.is_cancelled else f"Asked to cancel, the station answered “{learnt.status}”: it had none."
        _live(lesson.station.station_id, learnt.reservation_id).update(
            state=state, status_word=learnt.status[:60], ended_at=lesson.at, explanation=words[:300]
        )
    nudge_pages(lesson.station.station_id for lesson in lessons)


def record_reservation_updates(facts: Sequence[Fact[ReservationUpdated]]) -> list[Reply]:
    """ReservationStatusUpdate; a number that this station does not hold, perhaps another one's, changes nothing."""
    for fact in facts:
        state, words = _NEWS.get(fact.event.status, _REMOVED)
        _live(fact.station.station_id, fact.event.reservation_id).update(
            state=state, status_word=fact.event.status[:60], ended_at=fact.received_at, explanation=words
        )
    nudge_pages(fact.station.station_id for fact in facts)
    return [Reply()] * len(facts)


def note_unanswered(*, command_id: int, at: datetime) -> None:
    """The call that asked for a reservation failed or was never answered: nothing is held, as far as we know."""
    asked = Reservation.objects.filter(command_id=command_id, state=ReservationState.ASKED)
    command = StationCommand.objects.filter(pk=command_id).values_list("explanation", "station_id").first()
    if command is not None and asked.update(state=ReservationState.REFUSED, ended_at=at, explanation=command[0][:300]):
        nudge_pages([command[1]])


def _live(station_id: int, number: int):
    rows = Reservation.objects.live().filter(station_id=station_id)
    return rows.filter(number=number) if number <= _LARGEST else rows.none()


def _hold(lesson: Lesson[ReservationAnswered], row: Reservation | None) -> None:
    learnt, station = lesson.learnt, lesson.station
    others = Reservation.objects.live().filter(station_id=station.station_id, evse_number=learnt.evse_id or None)
    others.exclude(pk=row.pk if row else None).update(
        state=ReservationState.REMOVED, ended_at=lesson.at, explanation="Another reservation took its place."
    )
    values = {
        "state": ReservationState.HELD,
        "status_word": learnt.status[:60],
        "held_at": lesson.at,
        "evse_number": learnt.evse_id,
        "connector_type": learnt.connector_type[:20],
        "expires_at": learnt.expires_at or lesson.at,
    }
    if row is not None and row.command_id == lesson.command_id:
        Reservation.objects.filter(pk=row.pk).update(**values)
        return
    card = IdToken.objects.filter(organisation=station.organisation_id, key=learnt.id_token.strip().casefold()).first()
    command = StationCommand.objects.filter(pk=lesson.command_id).first()
    values |= {
        "token_value": learnt.id_token,
        "token_type": learnt.id_token_type,
        "group_value": learnt.group_id_token,
        "id_token": card,
        "driver_id": card.driver_id if card else None,
        "command_id": lesson.command_id,
        "requested_by_id": command.requested_by_id if command else None,
        "asked_at": command.created_at if command else lesson.at,
    }
    Reservation.objects.update_or_create(
        pk=row.pk if row else None,
        defaults=values,
        create_defaults={**values, "station_id": station.station_id, "number": learnt.reservation_id},
    )


def _lock_stations(lessons: Sequence[Lesson[ReservationAnswered]]) -> None:
    """In the order of their keys, so that nobody reserves the same place meanwhile."""
    keys = [lesson.station.station_id for lesson in lessons]
    list(ChargingStation.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))
