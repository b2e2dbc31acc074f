"""Facts that prove a command: the session that started, the boot after a reset, the report that came in full."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from apps.chargers.choices import CommandState
from apps.chargers.engine.wording import CONFIRMATION_WINDOW_S, explain_confirmation
from apps.chargers.models import StationCommand
from apps.chargers.services.commands.nudging import nudge_stations
from apps.core.db.rowsets import fetch, parameter, rows_from

MAX_AGE = timedelta(minutes=30)
"""A command older than this is not proven by what happens now."""
PROVABLE = (CommandState.SENT, CommandState.ACCEPTED, CommandState.TIMED_OUT, CommandState.FAILED)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """``awaits`` as in ``StationCommand``: session.started (correlation: remoteStartId), session.ended (transaction
    id), station.booted (empty), report.completed, der.reported and battery.swapped (requestId)."""

    station_id: int
    awaits: str
    correlation: str = ""


@dataclass(frozen=True, slots=True)
class AwaitedStart:
    """A remote start that no session has answered yet; 1.6 sessions are joined to it by token and connector."""

    command_id: int
    station_id: int
    remote_start_id: int
    id_token: str
    evse_id: int | None
    requested_at: datetime


@transaction.atomic(savepoint=False)
def confirm_commands(confirmations: Iterable[Confirmation], *, at: datetime) -> list[int]:
    """Mark what these facts prove as confirmed; return the keys of the commands. One statement.

    A command counts as proven even where its answer was lost or late; one that the charger rejected does not. Of
    several resets that wait for the same boot all are confirmed.
    """
    wanted = sorted({(c.station_id, c.awaits, c.correlation) for c in confirmations})
    if not wanted:
        return []
    source, parameters = rows_from("v", {"station": "bigint", "awaits": "text", "correlation": "text"}, wanted)
    states = ", ".join(f"'{state.value}'" for state in PROVABLE)
    rows = fetch(
        "UPDATE chargers_stationcommand SET state = %s, confirmed_at = %s, settled_at = COALESCE(settled_at, %s),"
        f" confirm_due_at = NULL, explanation = CASE chargers_stationcommand.awaits {_SENTENCES} ELSE '' END FROM"
        f" {source} WHERE chargers_stationcommand.station_id = v.station AND chargers_stationcommand.awaits = v.awaits"
        f" AND chargers_stationcommand.correlation = v.correlation AND state IN ({states})"
        " AND chargers_stationcommand.created_at > %s AND sent_at IS NOT NULL"
        " RETURNING id, chargers_stationcommand.station_id",
        [CommandState.CONFIRMED.value, parameter(at), parameter(at), *parameters, parameter(at - MAX_AGE)],
    )
    nudge_stations({row[1] for row in rows})
    return [row[0] for row in rows]


def awaited_starts(station_ids: Sequence[int], *, at: datetime) -> list[AwaitedStart]:
    """Remote starts of the last ``MAX_AGE`` at these stations that no session confirmed, oldest first. One query."""
    rows = StationCommand.objects.filter(
        station_id__in=station_ids, awaits="session.started", state__in=PROVABLE, created_at__gt=at - MAX_AGE
    ).exclude(sent_at=None)
    return [
        AwaitedStart(
            command_id=pk,
            station_id=station_id,
            remote_start_id=arguments["remote_start_id"],
            id_token=arguments["id_token"],
            evse_id=arguments.get("evse_id"),
            requested_at=created_at,
        )
        for pk, station_id, arguments, created_at in rows.order_by("pk").values_list(
            "pk", "station_id", "arguments", "created_at"
        )
    ]


_SENTENCES = " ".join(f"WHEN '{awaits}' THEN '{explain_confirmation(awaits)}'" for awaits in CONFIRMATION_WINDOW_S)
