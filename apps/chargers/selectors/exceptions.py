"""What needs a person: the queue at the top of the home page."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Count, Max

from apps.accounts.policy import Action, may
from apps.chargers.choices import CommandState, StationStatus
from apps.chargers.models import ChargingStation, Connector, StationCommand
from apps.chargers.selectors.stations import unknown_waiting

FAILING_COMMANDS = 3
FAILING_WITHIN = timedelta(hours=24)


class ExceptionKind(StrEnum):
    """Most urgent first."""

    FAULTED = "faulted"
    OFFLINE = "offline"
    PENDING = "pending"
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
    """What needs somebody now, most urgent and longest first, at most ``limit`` of each kind. Four queries."""
    items = _troubled_stations(user, limit)
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
