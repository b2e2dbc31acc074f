"""What a charger's answer to a command means, in neutral words."""

from dataclasses import dataclass

from apps.chargers.messages.events import VariableReport


@dataclass(frozen=True, slots=True)
class Learnt:
    """Base of what an answer teaches beyond yes or no: the list version a station holds, the certificates it has.

    ``decode_result`` reads it from the answer and what was asked, so that a raw call teaches the same as a command of
    ours. ``gateway.settling`` hands it to the service that ``LESSONS`` names, in the transaction that settles the row.
    """


@dataclass(frozen=True, slots=True)
class CommandResult:
    """``accepted`` is whether the charger agreed; ``status`` its own word; ``detail`` what else it said, for people.

    ``variables`` are values learnt from the answer (read, or set and accepted), to be stored in the device model;
    ``unknown_variables`` are names that the charger says it does not have. ``learnt`` is what else the answer teaches.
    """

    accepted: bool
    status: str
    detail: str = ""
    variables: tuple[VariableReport, ...] = ()
    unknown_variables: tuple[str, ...] = ()
    learnt: tuple[Learnt, ...] = ()
