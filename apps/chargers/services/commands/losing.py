"""Commands that went down with their socket."""

from collections.abc import Sequence
from datetime import datetime

from apps.chargers.choices import CommandState
from apps.chargers.services.commands.ends import announce_ends
from apps.core.db.rowsets import fetch, is_any_of, parameter

LOST = "connection lost"


def fail_sent_commands(*, station_ids: Sequence[int], at: datetime, explanation: str) -> list[int]:
    """Fail what was sent to these stations and not answered; return the keys of the commands. One statement.

    Whether the charger acted on it is not known; a confirming fact may still prove that it did. A new password that
    was on its way stays valid beside the old one, since the charger may have taken it.
    """
    matches, ids = is_any_of(station_ids)
    rows = fetch(
        "UPDATE chargers_stationcommand SET state = %s, settled_at = %s, error_code = %s, explanation = %s, sealed = ''"
        f" WHERE station_id {matches} AND state = %s RETURNING id, station_id, name",
        [CommandState.FAILED.value, parameter(at), LOST, explanation, ids, CommandState.SENT.value],
    )
    announce_ends([(*row, CommandState.FAILED.value, "") for row in rows], at=at)
    return [row[0] for row in rows]
