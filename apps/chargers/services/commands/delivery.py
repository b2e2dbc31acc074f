"""The gateway's side of commands: take what is to be sent, hand back what became of it. Set-based."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction

from apps.chargers.engine.masking import mask_secrets
from apps.chargers.services.commands.ends import announce_ends
from apps.chargers.services.commands.learning import SettledCommand, learn_from_answers, stations_to_lock
from apps.chargers.services.commands.nudging import nudge_stations
from apps.chargers.services.commands.sealing import unseal
from apps.chargers.services.commands.settlement import Settlement
from apps.chargers.services.pictures import lock_stations
from apps.core.db.rowsets import fetch, instant, is_any_of, json_text, parameter, rows_from

# Sent, or confirmed by the promised fact before the answer came.
_UNANSWERED = (
    "(chargers_stationcommand.state = 'sent'"
    " OR (chargers_stationcommand.state = 'confirmed' AND chargers_stationcommand.action = ''))"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A socket that could send: ``message_id`` will be the id of its next CALL."""

    station_id: int
    connection_id: int
    message_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ClaimedCommand:
    """A command that is now to be sent; ``messages.commands.build_command(name, arguments)`` makes it.

    ``arguments`` hold their secrets in the clear: never log them. They are ``None`` where a secret cannot be read any
    more because the server's secret key changed: settle it as impossible. ``has_followers``: others of the station wait
    behind it.
    """

    id: int
    station_id: int
    message_id: str
    name: str
    arguments: dict[str, Any] | None
    deadline_at: datetime
    has_followers: bool


@transaction.atomic(savepoint=False)
def claim_commands(claims: Sequence[Claim]) -> list[ClaimedCommand | None]:
    """Take, for each claim, the oldest pending command of the station; ``None`` where nothing is to be sent.

    Compare-and-set: a command is claimed once, by the socket that owns the station, and while one is under way no
    other is. Past its deadline a command stays for ``expire_commands``. One statement.
    """
    if not claims:
        return []
    source, parameters = rows_from(
        "v",
        {"station": "bigint", "socket": "bigint", "message": "text", "at": "timestamptz"},
        sorted((c.station_id, c.connection_id, c.message_id, c.at) for c in claims),
    )
    rows = fetch(
        "UPDATE chargers_stationcommand SET state = 'sent', sent_at = c.at, connection_id = c.socket,"
        " message_id = c.message FROM (SELECT v.socket, v.message, v.at, (SELECT MIN(p.id)"
        " FROM chargers_stationcommand p WHERE p.station_id = v.station AND p.state = 'pending'"
        f" AND p.deadline_at > v.at) AS command FROM {source} JOIN chargers_stationconnection r"
        " ON r.station_id = v.station AND r.connection_id = v.socket WHERE NOT EXISTS (SELECT 1 FROM"
        " chargers_stationcommand s WHERE s.station_id = v.station AND s.state = 'sent')) AS c"
        " WHERE chargers_stationcommand.id = c.command AND chargers_stationcommand.state = 'pending'"
        " RETURNING id, station_id, message_id, name, arguments, sealed, deadline_at, EXISTS (SELECT 1"
        " FROM chargers_stationcommand f WHERE f.station_id = chargers_stationcommand.station_id"
        " AND f.state = 'pending' AND f.id > chargers_stationcommand.id)",
        parameters,
    )
    nudge_stations({row[1] for row in rows})
    claimed = {row[2]: _claimed(row) for row in rows}
    return [claimed.get(claim.message_id) for claim in claims]


def stations_with_pending_commands(gateway_id: UUID) -> list[int]:
    """Stations registered to this gateway process for which a command waits. One query."""
    rows = fetch(
        "SELECT DISTINCT c.station_id FROM chargers_stationconnection c JOIN chargers_stationcommand m"
        " ON m.station_id = c.station_id AND m.state = 'pending' WHERE c.gateway_id = %s",
        [parameter(gateway_id)],
    )
    return [row[0] for row in rows]


@transaction.atomic(savepoint=False)
def settle_commands(settlements: Sequence[Settlement]) -> list[bool]:
    """Write what became of commands that were sent; say of each whether its row was still waiting for it.

    Compare-and-set: the answer to a command that timed out, or went down with its socket, changes nothing. An
    accepted answer teaches: variables are stored, a new password becomes the password, availability is remembered.
    Where the promised fact came before the answer, the command stays confirmed and gets the charger's words as well.
    """
    by_id = {settlement.command_id: settlement for settlement in settlements}
    matches, ids = is_any_of(by_id)
    waiting = fetch(
        "SELECT id, station_id, name, arguments, awaits, state FROM chargers_stationcommand"
        f" WHERE id {matches} AND {_UNANSWERED} ORDER BY station_id, id",
        [ids],
    )
    commands = [
        SettledCommand(*row[:3], _arguments(row[3]), row[4], by_id[row[0]])
        for row in waiting
        if row[5] == "sent" or by_id[row[0]].result is not None
    ]
    if not commands:
        return [False] * len(settlements)
    to_lock = stations_to_lock(commands)
    if to_lock:
        lock_stations(to_lock)
    done = _write(commands)
    settled = [command for command in commands if command.id in done]
    learn_from_answers(settled)
    announce_ends(
        ((c.id, c.station_id, c.name, c.settlement.state.value, c.settlement.word) for c in settled),
        at=max(settlement.at for settlement in settlements),
    )
    nudge_stations({command.station_id for command in settled})
    return [settlement.command_id in done for settlement in settlements]


def _write(commands: Sequence[SettledCommand]) -> set[int]:
    columns = {
        "id": "bigint", "state": "text", "at": "timestamptz", "action": "text", "request": "jsonb",
        "response": "jsonb", "word": "text", "error": "text", "explanation": "text", "confirm_due_at": "timestamptz",
    }  # fmt: skip
    source, parameters = rows_from("v", columns, [_row(command) for command in commands])
    done = fetch(
        f"UPDATE chargers_stationcommand SET state = {_unless_confirmed('state', 'v.state')},"
        f" settled_at = {_unless_confirmed('settled_at', 'v.at')}, action = v.action,"
        " request = v.request, response = v.response, status_word = v.word, error_code = v.error,"
        f" explanation = {_unless_confirmed('explanation', 'v.explanation')},"
        f" confirm_due_at = {_unless_confirmed('confirm_due_at', 'v.confirm_due_at')}, sealed = '' FROM {source}"
        f" WHERE chargers_stationcommand.id = v.id AND {_UNANSWERED}"
        " RETURNING chargers_stationcommand.id",
        parameters,
    )
    return {row[0] for row in done}


def _unless_confirmed(column: str, value: str) -> str:
    """SQL: ``value``, but what ``column`` holds where the command is confirmed already."""
    mine = f"chargers_stationcommand.{column}"
    return f"CASE WHEN chargers_stationcommand.state = 'confirmed' THEN {mine} ELSE {value} END"


def _row(command: SettledCommand) -> tuple:
    settlement = command.settlement
    return (
        command.id, settlement.state.value, settlement.at, settlement.action[:60], _masked_json(settlement.request),
        _masked_json(settlement.response), settlement.word,
        settlement.error_code, settlement.explain(command.awaits), settlement.confirm_due_at(command.awaits),
    )  # fmt: skip


def _claimed(row: tuple) -> ClaimedCommand:
    pk, station_id, message_id, name, arguments, sealed, deadline_at, has_followers = row
    plain = unseal(sealed) if sealed else _arguments(arguments)
    return ClaimedCommand(pk, station_id, message_id, name, plain, instant(deadline_at), bool(has_followers))


def _arguments(stored: Any) -> dict[str, Any]:
    return orjson.loads(stored) if isinstance(stored, str | bytes) else stored


def _masked_json(value: Any) -> str | None:
    return None if value is None else json_text(mask_secrets(value))
