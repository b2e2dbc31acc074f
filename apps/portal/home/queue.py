"""The queue of exceptions: what needs somebody, with one next step each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, Max
from django.urls import reverse
from django.utils.http import urlencode

from apps.accounts.policy import Action, may
from apps.chargers.selectors import ExceptionItem, ExceptionKind, exceptions_for
from apps.core.choices import ColouredChoices
from apps.portal.kit import format as fmt
from apps.portal.kit.parts import ActionButton
from apps.portal.links import page_of
from apps.sessions.choices import SessionState
from apps.sessions.models import ChargingSession
from apps.sessions.selectors.stations import load_by_site
from apps.sites.models import Site

EACH = 15
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
NOT_YOURS = "Your role may look at this, but not do it."


class QueueKind(ColouredChoices):
    """Most urgent first."""

    OVER_LIMIT = "over_limit", "red", "bolt", "Over its power limit"
    FAULTED = "faulted", "red", "alert-triangle", "Faulted"
    ALARM = "alarm", "red", "bell", "Alarm"
    OFFLINE = "offline", "red", "wifi-off", "Offline"
    PENDING = "pending", "yellow", "hourglass", "Waiting for approval"
    SECURITY = "security", "red", "shield-exclamation", "Security"
    CERTIFICATE = "certificate", "orange", "certificate", "Certificate expires"
    UNKNOWN = "unknown", "purple", "help-circle", "Unknown charger"
    COMMANDS_FAILING = "commands_failing", "orange", "send", "Commands fail"
    REVIEW = "review", "orange", "eye", "To review"


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


_OF_ALL_STATIONS = (QueueKind.COMMANDS_FAILING, QueueKind.SECURITY, QueueKind.CERTIFICATE, QueueKind.ALARM)


def queue_for(user, *, at: datetime) -> list[QueueRow]:
    """Everything that waits for ``user``, at most ``EACH`` of a kind. A constant number of queries."""
    rows = [_row(user, item) for item in exceptions_for(user, at=at, limit=EACH)]
    return _sites_over_limit(user) + rows + _stations_to_review(user)


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
    return stations if kind in _OF_ALL_STATIONS else f"{stations}?status={kind.value}"


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
    if kind is ExceptionKind.ALARM:
        url = reverse("portal:station-history", args=[station.pk])
        return ActionButton("See what it told", url, icon="history")
    if kind is ExceptionKind.PENDING:
        name = "portal:station-registration"
        return _allowed(user, Action.STATION_EDIT, "Let it in", name, "door-enter", [station.pk], dialog=True)
    if kind is ExceptionKind.COMMANDS_FAILING:
        query = urlencode([("state", "failed"), ("state", "timed_out")])
        url = f"{reverse('portal:station-commands', args=[station.pk])}?{query}"
        return ActionButton("See them", url, icon="list-details")
    if kind is ExceptionKind.SECURITY:
        url = reverse("portal:station-security", args=[station.pk])
        return ActionButton("Look", url, icon="shield")
    if kind is ExceptionKind.CERTIFICATE:
        url = reverse("portal:station-certificates", args=[station.pk])
        return ActionButton("Renew it", url, icon="certificate")
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


def _sites_over_limit(user) -> list[QueueRow]:
    """Sites whose running sessions take more than the grid connection gives."""
    loads = load_by_site(user)
    sites = Site.objects.visible_to(user).open().filter(pk__in=loads, limit_w__isnull=False).order_by("name")
    return [_over_limit(site, loads[site.pk].power_w) for site in sites if loads[site.pk].power_w > site.limit_w][:EACH]


def _over_limit(site: Site, power_w: int) -> QueueRow:
    sentence = f"Its sessions take {fmt.kw(power_w)} kW of {fmt.kw(site.limit_w, 0)} kW."
    step = ActionButton("See who charges", f"{reverse('portal:sessions')}?site={site.pk}", icon="battery-charging")
    return QueueRow(
        f"limit-{site.pk}",
        QueueKind.OVER_LIMIT,
        site.name,
        page_of(site),
        site.city,
        site.time_zone,
        None,
        sentence,
        step,
    )


def _stations_to_review(user) -> list[QueueRow]:
    """Stations with sessions to review, the newest first: one row each, however many there are."""
    counts = (
        ChargingSession.objects.visible_to(user).filter(state=SessionState.REVIEW).values("station")
        .annotate(count=Count("pk"), newest=Max("ended_at"), example=Max("pk")).order_by("-newest", "-station")[:EACH]
    )  # fmt: skip
    found = {row["example"]: row for row in counts}
    examples = ChargingSession.objects.filter(pk__in=found).select_related("station", "site")
    rows = [_review(session, **found[session.pk]) for session in examples]
    return sorted(rows, key=lambda row: row.since or _LONG_AGO, reverse=True)


def _review(session: ChargingSession, *, count: int, newest: datetime | None, **_: Any) -> QueueRow:
    url = f"{reverse('portal:sessions')}?state=review&station={session.station_id}"
    if count == 1:
        url = page_of(session)
    flags = "; ".join(flag.label for flag in session.flag_choices)
    one = f"{flags}." if flags else "The facts of a session contradict each other."
    return QueueRow(
        f"review-{session.station_id}", QueueKind.REVIEW, str(session.station), url, str(session.site),
        session.site.time_zone, newest, one if count == 1 else f"{count} sessions wait for somebody to look at them.",
        ActionButton("Review", url, icon="eye"),
    )  # fmt: skip
