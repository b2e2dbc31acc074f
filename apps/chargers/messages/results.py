"""What a charger's answer to a command means, in neutral words."""

from dataclasses import dataclass

from apps.chargers.messages.events import VariableReport


@dataclass(frozen=True, slots=True)
class CommandResult:
    """``accepted`` is whether the charger agreed; ``status`` its own word; ``detail`` what else it said, for people.

    ``variables`` are values learnt from the answer (read, or set and accepted), to be stored in the device model;
    ``unknown_variables`` are names that the charger says it does not have.
    """

    accepted: bool
    status: str
    detail: str = ""
    variables: tuple[VariableReport, ...] = ()
    unknown_variables: tuple[str, ...] = ()
