"""Commands in words: what was asked, for people who do not read OCPP."""

from collections.abc import Callable
from typing import Any

Arguments = dict[str, Any]


def command_words(name: str, arguments: Arguments) -> str:
    """``RequestStartTransaction, {"evse_id": 1, …}`` → ``Start charging at EVSE 1 with card 04A2…``."""
    describe = _WORDS.get(name)
    return describe(arguments) if describe else name


def _where(arguments: Arguments, everywhere: str = "the whole station") -> str:
    number = arguments.get("evse_id")
    return f"EVSE {number}" if number else everywhere


def _start(arguments: Arguments) -> str:
    return f"Start charging at {_where(arguments, 'any EVSE')} with {arguments.get('id_token', 'a card')}"


def _reset(arguments: Arguments) -> str:
    kind = "at once" if arguments.get("type") == "Immediate" else "when idle"
    place = f" {_where(arguments)}" if arguments.get("evse_id") else ""
    return f"Reset{place} {kind}"


def _availability(arguments: Arguments) -> str:
    wish = "Put into service" if arguments.get("operative") else "Take out of service"
    return f"{wish}: {_where(arguments)}"


def _trigger(arguments: Arguments) -> str:
    place = f" of {_where(arguments)}" if arguments.get("evse_id") else ""
    return f"Send {arguments.get('message', 'a message')}{place} now"


def _names(arguments: Arguments) -> str:
    names = [variable_name(variable) for variable in arguments.get("variables", ())]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def variable_name(variable: dict[str, Any]) -> str:
    """``SecurityCtrlr.BasicAuthPassword``, or the key alone in 1.6."""
    component = variable.get("component", "ConfigurationKey")
    name = str(variable.get("variable", "?"))
    return name if component == "ConfigurationKey" else f"{component}.{name}"


def _set(arguments: Arguments) -> str:
    variables = arguments.get("variables", ())
    if len(variables) == 1:
        return f"Set {variable_name(variables[0])} to “{variables[0].get('value', '')}”"
    return f"Set {_names(arguments)}"


_WORDS: dict[str, Callable[[Arguments], str]] = {
    "RequestStartTransaction": _start,
    "RequestStopTransaction": lambda arguments: f"Stop transaction {arguments.get('transaction_id', '')}",
    "UnlockConnector": lambda arguments: f"Unlock the connector of {_where(arguments)}",
    "Reset": _reset,
    "ChangeAvailability": _availability,
    "TriggerMessage": _trigger,
    "ClearCache": lambda arguments: "Clear the card cache",
    "GetVariables": lambda arguments: (
        f"Read {_names(arguments)}" if arguments.get("variables") else "Read all variables"
    ),
    "SetVariables": _set,
    "GetBaseReport": lambda arguments: "Read all variables",
    "DataTransfer": lambda arguments: f"Vendor's message to {arguments.get('vendor_id', '?')}",
    "RawCall": lambda arguments: f"Raw call {arguments.get('action', '')}",
}
