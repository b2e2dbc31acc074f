"""The device model in 1.6 is a list of configuration keys: GetConfiguration (§5.8), ChangeConfiguration (§5.3)."""

from collections.abc import Iterator
from typing import Any

from apps.chargers.messages.commands import GetBaseReport, GetVariables, SetVariables
from apps.chargers.messages.events import VariableReport
from apps.chargers.messages.events.device_model import ItemResult
from apps.chargers.messages.lessons import InventoryAnswered, ItemsAnswered
from apps.chargers.messages.results import CommandResult, Learnt
from apps.gateway.protocol.adapter import CommandEncoder, ResultDecoder
from apps.gateway.protocol.errors import CommandNotExpressible
from apps.gateway.protocol.results import read_status

COMPONENT = "ConfigurationKey"
SECRETS = frozenset({"authorizationkey"})  # compared in lower case; never stored or shown


def encode_get_variables(command: GetVariables) -> tuple[str, dict[str, Any]]:
    keys = [_key(variable) for variable in command.variables]
    return "GetConfiguration", {"key": keys} if keys else {}


def encode_set_variables(command: SetVariables) -> tuple[str, dict[str, Any]]:
    if len(command.variables) != 1:
        raise CommandNotExpressible("OCPP 1.6 changes exactly one configuration key at a time.")
    variable = command.variables[0]
    return "ChangeConfiguration", {"key": _key(variable), "value": str(variable["value"])}


def encode_get_base_report(command: GetBaseReport) -> tuple[str, dict[str, Any]]:
    return "GetConfiguration", {}


def decode_get_configuration(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    """All keys at once are an inventory: keys that are not named have gone."""
    keys = response.get("configurationKey", [])
    unknown = response.get("unknownKey", [])
    return CommandResult(
        accepted=True,
        status="",
        detail=f"{len(keys)} keys" + (f", unknown: {', '.join(unknown)}" if unknown else ""),
        variables=tuple(
            VariableReport(
                component=COMPONENT,
                variable=key["key"],
                value=None if key["key"].lower() in SECRETS else key.get("value"),
                mutability="ReadOnly" if key.get("readonly") else "ReadWrite",
            )
            for key in keys
        ),
        unknown_variables=tuple(unknown),
        learnt=_lessons(request, keys, unknown),
    )


def decode_change_configuration(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    """A value is learnt only when it is in force: RebootRequired is agreement, but not yet the value."""
    result = read_status(request, response)
    key = request["key"]
    learnt: tuple[VariableReport, ...] = ()
    if result.status == "Accepted" and key.lower() not in SECRETS:
        learnt = (VariableReport(component=COMPONENT, variable=key, value=request["value"]),)
    unknown = (key,) if result.status == "NotSupported" else ()
    answered = ItemsAnswered((ItemResult(_address(key), result.status),))
    return CommandResult(result.accepted, result.status, result.detail, learnt, unknown, (answered,))


def _lessons(request: dict[str, Any], keys: list[dict[str, Any]], unknown: list[str]) -> tuple[Learnt, ...]:
    if request.get("key"):
        return (ItemsAnswered(tuple(_items(keys, unknown))),)
    return (InventoryAnswered(),) if keys else ()


def _items(keys: list[dict[str, Any]], unknown: list[str]) -> Iterator[ItemResult]:
    for key in keys:
        yield ItemResult(_address(key["key"]), "Accepted", "", {"value": key["value"]} if "value" in key else {})
    for name in unknown:
        yield ItemResult(_address(name), "UnknownVariable")


def _address(key: str) -> dict[str, Any]:
    return {"component": COMPONENT, "variable": key}


def _key(variable: Any) -> str:
    if variable.get("component", COMPONENT) != COMPONENT:
        raise CommandNotExpressible("OCPP 1.6 knows configuration keys, not components.")
    return str(variable["variable"])


ENCODE: dict[str, CommandEncoder] = {
    GetVariables.name: encode_get_variables,
    SetVariables.name: encode_set_variables,
    GetBaseReport.name: encode_get_base_report,
}
DECODE_RESULT: dict[str, ResultDecoder] = {
    "GetConfiguration": decode_get_configuration,
    "ChangeConfiguration": decode_change_configuration,
}
