"""What became of wishes that took several calls: one line per variable or monitor."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from apps.chargers.choices import CommandState, OperationState
from apps.chargers.models import StationCommand, StationOperation

AGREED = frozenset({"Accepted", "RebootRequired"})
_GOOD = (CommandState.ACCEPTED, CommandState.CONFIRMED)


@dataclass(frozen=True, slots=True)
class ItemOutcome:
    """One variable or monitor: the station's ``status`` and ``reason``, or how far its call has come.

    ``is_answered``: the station spoke about it. ``value`` is what it told, where it did.
    """

    address: dict[str, Any]
    status: str
    reason: str
    is_answered: bool
    command: StationCommand
    value: str | None = None

    @property
    def needs_reboot(self) -> bool:
        return self.status == "RebootRequired"

    @property
    def is_agreed(self) -> bool:
        return self.is_answered and self.status in AGREED


def commands_of(operation: StationOperation) -> list[StationCommand]:
    """In the order in which they are sent."""
    return list(operation.commands.order_by("pk"))


def outcomes(commands: Sequence[StationCommand]) -> list[ItemOutcome]:
    """What became of each item of these commands, in order."""
    return [outcome for command in commands for outcome in _outcomes(command)]


def state_of(commands: Sequence[StationCommand]) -> OperationState:
    """Where they stand together. A report that is promised but has not come in full is still running."""
    if any(not command.is_settled or command.confirm_due_at is not None for command in commands):
        return OperationState.RUNNING
    good = [command.state in _GOOD for command in commands]
    refused = [o for o in outcomes(commands) if not o.is_agreed] if any(c.items for c in commands) else []
    agreed = [o for o in outcomes(commands) if o.is_agreed]
    if all(good) and not refused:
        return OperationState.DONE
    return OperationState.PARTLY if agreed or (any(good) and not refused) else OperationState.FAILED


def _outcomes(command: StationCommand) -> Iterable[ItemOutcome]:
    if command.items is not None:
        for item in command.items:
            address = {name: value for name, value in item.items() if name not in ("status", "reason", "value")}
            yield ItemOutcome(address, item["status"], item.get("reason", ""), True, command, item.get("value"))
        return
    wanted = command.arguments.get("variables") or command.arguments.get("monitors")
    wanted = wanted or [{"id": number} for number in command.arguments.get("ids", ())]
    label = CommandState(command.state).label
    for item in wanted:
        address = {name: value for name, value in item.items() if name != "value"}
        yield ItemOutcome(address, command.status_word or label, command.explanation, False, command)
