"""What needs a person: the queue at the top of the home page."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef

from apps.accounts.policy import Action, may
from apps.chargers.choices import CURRENT_CERTIFICATE_STATES, CertificateState, CommandState, StationStatus
from apps.chargers.models import (
    ChargingStation,
    Connector,
    SecurityAlarm,
    StationAlarm,
    StationCertificate,
    StationCommand,
)
from apps.chargers.selectors.stations import unknown_waiting

FAILING_COMMANDS = 3
FAILING_WITHIN = timedelta(hours=24)
# Renewal by itself begins 30 days before the end; a week later somebody should look.
CERTIFICATE_WARNING = timedelta(days=23)


class ExceptionKind(StrEnum):
    """Most urgent first."""

    FAULTED = "faulted"
    ALARM = "alarm"
    OFFLINE = "offline"
    PENDING = "pending"
    SECURITY = "security"
    CERTIFICATE = "certificate"
    UNKNOWN = "unknown"
    COMMANDS_FAILING = "commands_failing"


@dataclass(frozen=True, slots=True)
class ExceptionItem:
    """``subject`` is a ``ChargingStation`` (with ``site``) or, for ``UNKNOWN``, an ``UnknownStation``."""

    kind: ExceptionKind
    subject: Any
    since: datetime | None
    sentence: str


def exceptions_for(user, *, at: datetime, limit: int = 50) -> list[ExceptionItem]:
    """What needs somebody now, most urgent and longest first, at most ``limit`` of each kind."""
    items = _troubled_stations(user, limit) + _alarms(user, limit) + _stations_with_alarms(user, limit)
    items += _stations_with_expiring_certificates(user, at, limit)
    if may(user, Action.STATION_ADOPT):
        items += [
            ExceptionItem(
                ExceptionKind.UNKNOWN,
                unknown,
                unknown.first_seen_at,
                unknown.reason
                if unknown.is_identity_taken
                else f"Wants to connect but is not enrolled; attempts so far: {unknown.attempts}.",
            )
            for unknown in unknown_waiting(user)[:limit]
        ]
    return items + _stations_with_failing_commands(user, at, limit)


def _troubled_stations(user, limit: int) -> list[ExceptionItem]:
    items = []
    stations = ChargingStation.objects.visible_to(user).in_use().select_related("site", "connection")
    faults: dict[int, Connector] = {}
    for kind in (ExceptionKind.FAULTED, ExceptionKind.OFFLINE, ExceptionKind.PENDING):
        found = list(stations.filter(status=StationStatus(kind.value)).order_by("status_since", "pk")[:limit])
        if kind is ExceptionKind.FAULTED and found:
            faulted = Connector.objects.filter(evse__station__in=found, status="Faulted").select_related("evse")
            faults = {connector.evse.station_id: connector for connector in faulted}
        items += [ExceptionItem(kind, s, s.status_since, _sentence(kind, s, faults.get(s.pk))) for s in found]
    return items


def _stations_with_alarms(user, limit: int) -> list[ExceptionItem]:
    open_alarms = SecurityAlarm.objects.visible_to(user).filter(acknowledged_at=None, station__retired_at=None)
    rows = open_alarms.values("station").annotate(since=Min("first_at")).order_by("since", "station")[:limit]
    since = {row["station"]: row["since"] for row in rows}
    types: dict[int, set[str]] = defaultdict(set)
    for pk, kind in open_alarms.filter(station__in=list(since)).values_list("station", "type"):
        types[pk].add(kind)
    stations = ChargingStation.objects.select_related("site", "area").in_bulk(list(since))
    return [
        ExceptionItem(ExceptionKind.SECURITY, stations[pk], since[pk], f"{'; '.join(sorted(types[pk])[:4])}.")
        for pk in since
    ]


def _alarms(user, limit: int) -> list[ExceptionItem]:
    """The gravest open alarm of each station; problems that are faults show as faulted stations."""
    rows = StationAlarm.objects.visible_to(user).open().filter(is_fault=False, station__retired_at=None)
    rows = rows.select_related("station__site", "station__area").order_by("severity", "raised_at", "pk")[:limit]
    worst: dict[int, StationAlarm] = {}
    for row in rows:
        worst.setdefault(row.station_id, row)
    return [ExceptionItem(ExceptionKind.ALARM, a.station, a.raised_at, _alarm_words(a)) for a in worst.values()]


def _alarm_words(alarm: StationAlarm) -> str:
    where = f" at EVSE {alarm.evse_number}" if alarm.evse_number else ""
    grave = f"{alarm.get_severity_display()}: " if alarm.severity is not None else ""
    said = alarm.tech_info or alarm.tech_code or alarm.value
    return f"{grave}{alarm.component} {alarm.variable}{where}{f' ({said})' if said else ''}."


def _sentence(kind: ExceptionKind, station: ChargingStation, fault: Connector | None) -> str:
    if kind is ExceptionKind.FAULTED:
        where = f"EVSE {fault.evse.number}" if fault else "The station"
        code = (fault.error_code or fault.info) if fault else station.own_error_code
        return f"{where} reports a fault{f': {code}' if code else ''}."
    if kind is ExceptionKind.PENDING:
        return "Booted and waits to be accepted." if station.registration == "Pending" else "Was rejected."
    reason = station.connection.disconnect_reason if hasattr(station, "connection") else ""
    return f"The connection is gone{f' ({reason})' if reason else ''}."


def _stations_with_failing_commands(user, at: datetime, limit: int) -> list[ExceptionItem]:
    failing = (
        StationCommand.objects.visible_to(user)
        .filter(
            created_at__gt=at - FAILING_WITHIN,
            state__in=(CommandState.FAILED, CommandState.TIMED_OUT),
            station__connection__is_online=True,
            station__retired_at=None,
        )
        .values("station")
        .annotate(failures=Count("pk"), last_at=Max("created_at"))
        .filter(failures__gte=FAILING_COMMANDS)
        .order_by("-failures", "station")[:limit]
    )
    rows = {row["station"]: row for row in failing}
    stations = ChargingStation.objects.select_related("site").in_bulk(list(rows))
    return [
        ExceptionItem(
            ExceptionKind.COMMANDS_FAILING,
            stations[pk],
            row["last_at"],
            f"{row['failures']} commands failed within a day although the charger is connected.",
        )
        for pk, row in rows.items()
    ]


def _stations_with_expiring_certificates(user, at: datetime, limit: int) -> list[ExceptionItem]:
    """Certificates that should have been renewed by now, and those that have expired without a newer one."""
    rows = (
        StationCertificate.objects.visible_to(user)
        .filter(
            state__in=(*CURRENT_CERTIFICATE_STATES, CertificateState.EXPIRED),
            expires_at__lt=at + CERTIFICATE_WARNING,
            station__retired_at=None,
        )
        .exclude(Exists(_newer_certificates()))
        .select_related("station__site", "station__area")
        .order_by("expires_at", "pk")[:limit]
    )
    return [
        ExceptionItem(
            ExceptionKind.CERTIFICATE,
            row.station,
            row.renewal_asked_at or row.valid_from,
            f"Its certificate ({row.get_kind_display()}) {_ends(row, at)}.",
        )
        for row in rows
    ]


def _newer_certificates():
    return StationCertificate.objects.filter(
        station=OuterRef("station"), kind=OuterRef("kind"), state__in=CURRENT_CERTIFICATE_STATES
    ).exclude(pk=OuterRef("pk"))


def _ends(row: StationCertificate, at: datetime) -> str:
    words = "expired" if row.expires_at <= at else "expires"
    return f"{words} on {row.expires_at:%Y-%m-%d}"
