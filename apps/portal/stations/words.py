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


def _send_list(arguments: Arguments) -> str:
    count = len(arguments.get("entries", ()))
    cards = "1 card" if count == 1 else f"{count} cards"
    if arguments.get("update_type") == "Full":
        return f"Send the local list with {cards}" if count else "Clear the local list"
    return f"Change {cards} of the local list"


def _customer(arguments: Arguments) -> str:
    wishes = [word for word, wish in (("tell", "report"), ("forget", "clear")) if arguments.get(wish)]
    return f"{' and '.join(wishes).capitalize()} what is known of a customer"


_WORDS: dict[str, Callable[[Arguments], str]] = {
    "RequestStartTransaction": _start,
    "RequestStopTransaction": lambda arguments: f"Stop transaction {arguments.get('transaction_id', '')}",
    "UnlockConnector": lambda arguments: f"Unlock the connector of {_where(arguments)}",
    "Reset": _reset,
    "ChangeAvailability": _availability,
    "TriggerMessage": _trigger,
    "ReserveNow": lambda arguments: (
        f"Reserve {_where(arguments, 'any place')} for {arguments.get('id_token', 'a card')}"
    ),
    "CancelReservation": lambda arguments: f"Cancel reservation {arguments.get('reservation_id', '')}",
    "SetDisplayMessage": lambda arguments: f"Show on the display: {str(arguments.get('content', ''))[:60]}",
    "GetDisplayMessages": lambda arguments: "Read the display back",
    "ClearDisplayMessage": lambda arguments: f"Clear message {arguments.get('message_id', '')} from the display",
    "ClearCache": lambda arguments: "Clear the card cache",
    "GetVariables": lambda arguments: (
        f"Read {_names(arguments)}" if arguments.get("variables") else "Read all variables"
    ),
    "SetVariables": _set,
    "GetBaseReport": lambda arguments: "Read all variables",
    "SetChargingProfile": lambda arguments: f"Set a charging limit: {_where(arguments)}",
    "ClearChargingProfile": lambda arguments: "Clear charging limits",
    "GetChargingProfiles": lambda arguments: "Read the charging limits back",
    "GetCompositeSchedule": lambda arguments: f"Tell what will be allowed: {_where(arguments)}",
    "DataTransfer": lambda arguments: f"Vendor's message to {arguments.get('vendor_id', '?')}",
    "GetLocalListVersion": lambda arguments: "Read the version of the local list",
    "SendLocalList": _send_list,
    "CustomerInformation": _customer,
    "RawCall": lambda arguments: f"Raw call {arguments.get('action', '')}",
}
