"""Joining sessions to the remote starts that asked for them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from apps.chargers.services.commands.confirming import AwaitedStart, Confirmation, awaited_starts, confirm_commands
from apps.sessions.events import SESSION_ENDED, SESSION_STARTED
from apps.sessions.services.candidates import OCPP16

if TYPE_CHECKING:
    from apps.sessions.services.changes import Change

# How long after a remote start a 1.6 charger's start, which does not name it, is taken for its effect.
WINDOW = timedelta(minutes=10)


def join_remote_starts(changes: Sequence["Change"]) -> None:
    """Set ``remote_start_command_id`` where a session follows from a remote start: by its number in 2.x, in 1.6 by
    token and connector within ``WINDOW``. One query, none where no start can be meant."""
    open_questions = [change for change in changes if _may_follow(change)]
    if not open_questions:
        return
    at = max(change.fact.received_at for change in open_questions)
    by_station: dict[int, list[AwaitedStart]] = defaultdict(list)
    for start in awaited_starts(sorted({change.after.station_id for change in open_questions}), at=at):
        by_station[start.station_id].append(start)
    for change in open_questions:
        start = next((start for start in by_station[change.after.station_id] if _fits(start, change)), None)
        if start is not None:
            change.after.remote_start_command_id = start.command_id
            change.after.remote_start_id = start.remote_start_id


def confirm_promises(changes: Sequence["Change"]) -> None:
    """Mark the remote starts that these sessions followed and the remote stops that these ends prove. One statement,
    none where nothing is proven."""
    proofs = []
    for change in changes:
        session, before = change.after, change.before
        is_joined = session.remote_start_command_id is not None
        if is_joined and (before is None or before.remote_start_command_id is None):
            proofs.append(Confirmation(session.station_id, SESSION_STARTED, str(session.remote_start_id)))
        # Only a charger that says so was stopped by us; a driver's own stop proves no command.
        if session.stopped_reason == "Remote" and (before is None or not before.is_over):
            proofs.append(Confirmation(session.station_id, SESSION_ENDED, session.transaction_id))
    if proofs:
        confirm_commands(proofs, at=max(change.fact.received_at for change in changes))


def _may_follow(change: "Change") -> bool:
    session = change.after
    if session.remote_start_command_id is not None or session.is_over:
        return False
    if change.fact.station.protocol == OCPP16:
        return change.is_new and change.fact.event.id_token is not None
    known_before = change.before.remote_start_id if change.before else None
    return session.remote_start_id is not None and known_before is None


def _fits(start: AwaitedStart, change: "Change") -> bool:
    if change.fact.station.protocol != OCPP16:
        return start.remote_start_id == change.after.remote_start_id
    token = change.fact.event.id_token
    return (
        token is not None
        and start.id_token.strip().casefold() == token.key
        and start.evse_id in (None, change.fact.event.evse_id)
        and timedelta(0) <= change.fact.received_at - start.requested_at <= WINDOW
    )
