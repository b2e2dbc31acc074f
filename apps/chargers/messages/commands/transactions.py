"""What we ask about the state of transactions."""

from dataclasses import dataclass
from typing import ClassVar

from apps.chargers.messages.commands.base import Command


@dataclass(frozen=True, slots=True)
class GetTransactionStatus(Command):
    """Whether the transaction still runs and messages about it wait at the station; without one: messages of any."""

    name: ClassVar[str] = "GetTransactionStatus"
    transaction_id: str | None = None


COMMANDS: tuple[type[Command], ...] = (GetTransactionStatus,)
