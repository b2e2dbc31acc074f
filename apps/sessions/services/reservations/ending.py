"""How reservations end by themselves: somebody charges, or their time is over."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from apps.sessions.choices import LIVE_RESERVATIONS, ReservationState
from apps.sessions.models import ChargingSession, Reservation
from apps.sessions.services.reservations.pages import nudge_pages

CLOCK_TOLERANCE = timedelta(minutes=5)


def join_session(*, session_id: int, number: int | None, is_new: bool, at: datetime) -> None:
    """Mark the reservation that the session used. ``number`` is what the charger named, if it named one.

    A charger that names none is forgiven when the session is new: the place was held for its card, or its card's
    group. Also a reservation that ended meanwhile counts, if the session began before. Repeatable.
    """
    if number is None and not is_new:
        return
    session = ChargingSession.objects.select_related("id_token").get(pk=session_id)
    reservation = _named(session, number) if number is not None else _meant(session)
    if reservation is None:
        return
    with transaction.atomic():
        used = Reservation.objects.filter(pk=reservation.pk, state=reservation.state).update(
            state=ReservationState.USED, session=session, ended_at=session.started_at, explanation=""
        )
        if used:
            nudge_pages([session.station_id])


def expire_reservations(*, at: datetime) -> int:
    """End what was not used in time; return how many. Sweeps may overlap."""
    with transaction.atomic():
        due = Reservation.objects.live().filter(expires_at__lte=at).select_for_update(skip_locked=True, no_key=True)
        rows = list(due.values_list("pk", "station_id"))
        Reservation.objects.filter(pk__in=[pk for pk, _ in rows]).update(
            state=ReservationState.EXPIRED, ended_at=at, explanation="Nobody used it in time."
        )
        nudge_pages(station_id for _, station_id in rows)
    return len(rows)


def _named(session: ChargingSession, number: int) -> Reservation | None:
    """The newest one of that number at that station which the session can have used."""
    unanswered = Q(state=ReservationState.REFUSED, status_word="")
    over = Q(state=ReservationState.EXPIRED, expires_at__gt=session.started_at)
    rows = Reservation.objects.filter(
        unanswered | over | Q(state__in=LIVE_RESERVATIONS),
        station_id=session.station_id,
        number=number,
        asked_at__lte=session.started_at + CLOCK_TOLERANCE,
    )
    return rows.order_by("-pk").first()


def _meant(session: ChargingSession) -> Reservation | None:
    held = Reservation.objects.held_at(session.started_at).filter(
        station_id=session.station_id, evse_number__in=(0, session.evse_number or 0)
    )
    card = session.token_value.strip().casefold()
    group = session.id_token.parent_group.casefold() if session.id_token else ""
    for reservation in held.order_by("-evse_number", "pk"):
        its_group = reservation.group_value.casefold()
        if reservation.token_value.strip().casefold() == card or (group and group == its_group):
            return reservation
    return None
