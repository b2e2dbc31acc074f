"""Announcing that commands have ended, for those above who wait for one."""

from collections.abc import Iterable
from datetime import datetime

from apps.chargers import events
from apps.chargers.messages.commands import COMMANDS
from apps.core import outbox

ANNOUNCED = frozenset(name for name, command in COMMANDS.items() if command.announces_end)


def announce_ends(ended: Iterable[tuple[int, int, str, str, str]], *, at: datetime) -> None:
    """Record ``command.ended`` for ``(command key, station key, name, state, the charger's word)``, where announced."""
    outbox.record_many(
        outbox.Event(
            events.COMMAND_ENDED,
            station_id,
            {
                "command_id": command_id,
                "name": name,
                "state": state,
                "status_word": word,
                "at": at.isoformat(),
            },
        )
        for command_id, station_id, name, state, word in ended
        if name in ANNOUNCED
    )
