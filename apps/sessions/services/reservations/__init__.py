"""Reservations: asked of a station, held by it, used by a session, ended in one of several ways."""

from apps.sessions.services.reservations.answers import (
    learn_cancellations,
    learn_reservations,
    note_unanswered,
    record_reservation_updates,
)
from apps.sessions.services.reservations.asking import (
    MAX_HOLD,
    UnableToReserve,
    cancel_reservation,
    reserve,
    why_not_anywhere,
)
from apps.sessions.services.reservations.ending import expire_reservations, join_session
from apps.sessions.services.reservations.own import MAX_OWN_HOLD, reserve_for_oneself

__all__ = [
    "MAX_HOLD",
    "MAX_OWN_HOLD",
    "UnableToReserve",
    "cancel_reservation",
    "expire_reservations",
    "join_session",
    "learn_cancellations",
    "learn_reservations",
    "note_unanswered",
    "record_reservation_updates",
    "reserve",
    "reserve_for_oneself",
    "why_not_anywhere",
]
