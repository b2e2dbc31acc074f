"""The queue of exceptions: what needs somebody, with one next step each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from apps.accounts.policy import Action, may
from apps.chargers.selectors import ExceptionItem, ExceptionKind, exceptions_for
from apps.core.choices import ColouredChoices
from apps.portal.kit.parts import ActionButton
from apps.portal.links import page_of
from apps.sessions.choices import SessionState
from apps.sessions.models import ChargingSession

EACH = 15
NOT_YOURS = "Your role may look at this, but not do it."


class QueueKind(ColouredChoices):
    """Most urgent first."""

    FAULTED = "faulted", "red", "alert-triangle", "Faulted"
    OFFLINE = "offline", "red", "wifi-off", "Offline"
    PENDING = "pending", "yellow", "hourglass", "Waiting for approval"
    UNKNOWN = "unknown", "purple", "help-circle", "Unknown charger"
    COMMANDS_FAILING = "commands_failing", "orange", "send", "Commands fail"
    REVIEW = "review", "orange", "eye", "Session to review"


@dataclass(frozen=True, slots=True)
class QueueRow:
    """``zone``: the time zone of the place, empty where no place is known yet."""

    key: str
    kind: QueueKind
    title: str
    url: str
    place: str
    zone: str
    since: datetime | None
    sentence: str
    step: ActionButton


def queue_for(user, *, at: datetime) -> list[QueueRow]:
    """Everything that waits for ``user``, at most ``EACH`` of a kind. A constant number of queries."""
    rows = [_row(user, item) for item in exceptions_for(user, at=at, limit=EACH)]
    return rows + [_review(session) for session in _sessions_to_review(user)]


def lists_of_more(rows: Sequence[QueueRow]) -> list[ActionButton]:
    """Where the rest is to be found, for kinds of which as many came as are shown."""
    counts = Counter(row.kind for row in rows)
    return [ActionButton(f"All: {kind.label.lower()}", _list_of(kind)) for kind in counts if counts[kind] >= EACH]


def _list_of(kind: QueueKind) -> str:
    if kind is QueueKind.UNKNOWN:
        return reverse("portal:connections")
    if kind is QueueKind.REVIEW:
        return f"{reverse('portal:sessions')}?state=review"
    stations = reverse("portal:stations")
    return stations if kind is QueueKind.COMMANDS_FAILING else f"{stations}?status={kind.value}"


def _row(user, item: ExceptionItem) -> QueueRow:
    if item.kind is ExceptionKind.UNKNOWN:
        return _unknown(user, item)
    station = item.subject
    place = f"{station.site}, {station.area}" if station.area_id else str(station.site)
    return QueueRow(
        f"{item.kind}-{station.pk}", QueueKind(item.kind.value), str(station), page_of(station), place,
        station.site.time_zone, item.since, item.sentence, _step(user, item.kind, station),
    )  # fmt: skip


def _step(user, kind: ExceptionKind, station: Any) -> ActionButton:
    if kind is ExceptionKind.FAULTED:
        return _allowed(
            user, Action.STATION_COMMAND, "Reset", "portal:station-reset", "rotate", [station.pk], dialog=True
        )
    if kind is ExceptionKind.PENDING:
        name = "portal:station-registration"
        return _allowed(user, Action.STATION_EDIT, "Let it in", name, "door-enter", [station.pk], dialog=True)
    if kind is ExceptionKind.COMMANDS_FAILING:
        query = urlencode([("state", "failed"), ("state", "timed_out")])
        url = f"{reverse('portal:station-commands', args=[station.pk])}?{query}"
        return ActionButton("See them", url, icon="list-details")
    query = urlencode({"identity": station.identity})
    step = _allowed(user, Action.CONNECTION_VIEW, "Find out why", "portal:connections", "zoom-question", [])
    return step if step.reason else ActionButton(step.label, f"{step.url}?{query}", icon=step.icon)


def _allowed(
    user, action: Action, label: str, url_name: str, icon: str, args: Sequence, *, dialog: bool = False
) -> ActionButton:
    reason = "" if may(user, action) else NOT_YOURS
    return ActionButton(label, reverse(url_name, args=args), icon=icon, reason=reason, in_dialog=dialog)


def _unknown(user, item: ExceptionItem) -> QueueRow:
    unknown = item.subject
    place = f"from {unknown.remote_address}" if unknown.remote_address else ""
    return QueueRow(
        f"unknown-{unknown.pk}", QueueKind.UNKNOWN, unknown.identity, reverse("portal:connections") + "#unknown", place,
        "", item.since, item.sentence,
        _allowed(user, Action.STATION_ADOPT, "Adopt", "portal:unknown-adopt", "plus", [unknown.pk]),
    )  # fmt: skip


def _sessions_to_review(user):
    rows = ChargingSession.objects.visible_to(user).filter(state=SessionState.REVIEW)
    return rows.select_related("station", "site").order_by("-started_at", "-pk")[:EACH]


def _review(session: ChargingSession) -> QueueRow:
    flags = "; ".join(flag.label for flag in session.flag_choices)
    return QueueRow(
        f"review-{session.pk}", QueueKind.REVIEW, f"Session {session.transaction_id}", page_of(session),
        f"{session.site}, {session.station}", session.site.time_zone, session.ended_at,
        f"{flags}." if flags else "Its facts contradict each other.",
        ActionButton("Review", page_of(session), icon="eye"),
    )  # fmt: skip
