"""What every command is: a name and arguments that JSON can carry."""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Command:
    """Base of all commands."""

    name: ClassVar[str] = ""
    announces_end: ClassVar[bool] = False
    """Whether its end, whatever it is, is announced as the event ``command.ended``."""

    def arguments(self) -> dict[str, Any]:
        """The fields that are set, ready for JSON."""
        return {key: value for key, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class RawCall(Command):
    """Any action with any payload, as an expert or a program gave it."""

    name: ClassVar[str] = "RawCall"
    action: str
    payload: dict[str, Any]
