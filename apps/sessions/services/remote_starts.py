"""Joining sessions to the remote starts that asked for them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from apps.chargers.choices import CommandState
from apps.chargers.messages.commands import RequestStartTransaction
from apps.chargers.models import StationCommand
from apps.sessions.services.candidates import OCPP16

if TYPE_CHECKING:
    from apps.sessions.services.changes import Change

# How long after a remote start a 1.6 charger's start, which does not name it, is taken for its effect.
WINDOW = timedelta(minutes=10)
_LIVING = (CommandState.PENDING, CommandState.SENT, CommandState.ACCEPTED, CommandState.TIMED_OUT)


def join_remote_starts(changes: Sequence["Change"]) -> None:
    """Set ``remote_start_command_id`` where a session follows from a remote start: by its number in 2.x, in 1.6 by
    token and connector within ``WINDOW``. One query, none where no start can be meant."""
    open_questions = [change for change in changes if _may_follow(change)]
    if not open_questions:
        return
    by_station: dict[int, list[StationCommand]] = defaultdict(list)
    rows = StationCommand.objects.filter(
        station_id__in={change.after.station_id for change in open_questions},
        name=RequestStartTransaction.name,
        state__in=_LIVING,
        confirmed_at=None,
    )
    for command in rows.only("id", "station_id", "arguments", "created_at", "requested_by_id").order_by("-id"):
        by_station[command.station_id].append(command)
    for change in open_questions:
        command = next((c for c in by_station[change.after.station_id] if _fits(c, change)), None)
        if command is not None:
            change.after.remote_start_command_id = command.pk
            change.after.remote_start_id = command.arguments.get("remote_start_id")


def confirm_remote_starts(changes: Sequence["Change"]) -> None:
    """Mark the commands as confirmed by the sessions that followed; one statement, none without any."""
    confirmed = {
        change.after.remote_start_command_id: change.fact.received_at
        for change in changes
        if change.after.remote_start_command_id is not None
        and (change.before is None or change.before.remote_start_command_id is None)
    }
    if confirmed:
        commands = StationCommand.objects.filter(pk__in=confirmed, confirmed_at=None, state__in=_LIVING)
        commands.update(state=CommandState.CONFIRMED, confirmed_at=max(confirmed.values()))


def _may_follow(change: "Change") -> bool:
    session = change.after
    if session.remote_start_command_id is not None or session.is_over:
        return False
    if change.fact.station.protocol == OCPP16:
        return change.is_new and change.fact.event.id_token is not None
    known_before = change.before.remote_start_id if change.before else None
    return session.remote_start_id is not None and known_before is None


def _fits(command: StationCommand, change: "Change") -> bool:
    asked = command.arguments
    if change.fact.station.protocol != OCPP16:
        return asked.get("remote_start_id") == change.after.remote_start_id
    token = change.fact.event.id_token
    return (
        token is not None
        and str(asked.get("id_token", "")).strip().casefold() == token.key
        and asked.get("evse_id") in (None, change.fact.event.evse_id)
        and timedelta(0) <= change.fact.received_at - command.created_at <= WINDOW
    )
