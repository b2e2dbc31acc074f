"""The device model in 2.0.1 (block B): GetVariables, SetVariables, GetBaseReport; reports come through ``reports``."""

from collections.abc import Mapping
from typing import Any

from apps.chargers.messages.commands import GetBaseReport, GetVariables, SetVariables
from apps.chargers.messages.events import VariableReport
from apps.chargers.messages.results import CommandResult
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder, ResultDecoder
from apps.gateway.protocol.errors import CommandNotExpressible
from apps.gateway.protocol.fields import encode_empty, read_int
from apps.gateway.protocol.results import read_status_info
from apps.gateway.protocol.v201.reports import decode_notify_event, decode_notify_report

SECRETS = frozenset({"basicauthpassword"})  # compared in lower case; never stored or shown
UNKNOWN = frozenset({"UnknownComponent", "UnknownVariable"})


def encode_get_variables(command: GetVariables) -> tuple[str, dict[str, Any]]:
    if not command.variables:
        raise CommandNotExpressible("OCPP 2.0.1 reads named variables; ask for a base report to read all of them.")
    return "GetVariables", {"getVariableData": [_address(variable) for variable in command.variables]}


def encode_set_variables(command: SetVariables) -> tuple[str, dict[str, Any]]:
    data = [{**_address(variable), "attributeValue": str(variable["value"])} for variable in command.variables]
    return "SetVariables", {"setVariableData": data}


def encode_get_base_report(command: GetBaseReport) -> tuple[str, dict[str, Any]]:
    return "GetBaseReport", {"requestId": command.request_id, "reportBase": command.report_base}


def decode_get_variables(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    items = response["getVariableResult"]
    learnt = [_variable(item, item.get("attributeValue")) for item in items if item["attributeStatus"] == "Accepted"]
    return _summarise(items, learnt, accepted=bool(learnt))


def decode_set_variables(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    """A value is learnt only when it is in force: RebootRequired is agreement, but not yet the value."""
    items = response["setVariableResult"]
    values = {_name(item): item["attributeValue"] for item in request["setVariableData"]}
    learnt = [
        _variable(item, values[_name(item)])
        for item in items
        if item["attributeStatus"] == "Accepted"
        and _name(item) in values
        and item["variable"]["name"].lower() not in SECRETS
    ]
    agreed = all(item["attributeStatus"] in ("Accepted", "RebootRequired") for item in items)
    return _summarise(items, learnt, accepted=agreed)


def _summarise(items: list[dict[str, Any]], learnt: list[VariableReport], *, accepted: bool) -> CommandResult:
    """The status is the one all items share, else the first that is no agreement; the detail names each of those."""
    statuses = [item["attributeStatus"] for item in items]
    refused = [status for status in statuses if status != "Accepted"]
    detail = "; ".join(
        " ".join(filter(None, (f"{_name(item)}: {status}", read_status_info(item, "attributeStatusInfo"))))
        for item, status in zip(items, statuses, strict=True)
        if status != "Accepted"
    )
    unknown = tuple(_name(item) for item, status in zip(items, statuses, strict=True) if status in UNKNOWN)
    return CommandResult(accepted, refused[0] if refused else "Accepted", detail, tuple(learnt), unknown)


def _address(variable: Mapping[str, Any]) -> dict[str, Any]:
    component: dict[str, Any] = {"name": variable["component"]}
    if variable.get("component_instance"):
        component["instance"] = variable["component_instance"]
    if variable.get("evse_id") is not None:
        component["evse"] = {"id": variable["evse_id"]}
        if variable.get("connector_id") is not None:
            component["evse"]["connectorId"] = variable["connector_id"]
    name: dict[str, Any] = {"name": variable["variable"]}
    if variable.get("variable_instance"):
        name["instance"] = variable["variable_instance"]
    address = {"component": component, "variable": name}
    if variable.get("attribute"):
        address["attributeType"] = variable["attribute"]
    return address


def _name(item: dict[str, Any]) -> str:
    """``Component[instance]@evse.connector.Variable[instance]#Attribute``, shortened where parts are absent."""
    component, variable = item["component"], item["variable"]
    evse = component.get("evse")
    where = "" if evse is None else "@" + ".".join(str(evse[key]) for key in ("id", "connectorId") if key in evse)
    attribute = item.get("attributeType", "Actual")
    return (
        f"{component['name']}{_bracket(component)}{where}.{variable['name']}{_bracket(variable)}"
        f"{'' if attribute == 'Actual' else '#' + attribute}"
    )


def _bracket(named: dict[str, Any]) -> str:
    return f"[{named['instance']}]" if named.get("instance") else ""


def _variable(item: dict[str, Any], value: str | None) -> VariableReport:
    component, variable = item["component"], item["variable"]
    evse = component.get("evse", {})
    return VariableReport(
        component=component["name"],
        variable=variable["name"],
        value=None if variable["name"].lower() in SECRETS else value,
        attribute=item.get("attributeType", "Actual"),
        component_instance=component.get("instance", ""),
        variable_instance=variable.get("instance", ""),
        evse_id=read_int(evse.get("id")),
        connector_id=read_int(evse.get("connectorId")),
    )


DECODE: dict[str, Decoder] = {"NotifyReport": decode_notify_report, "NotifyEvent": decode_notify_event}
ENCODE_REPLY: dict[str, ReplyEncoder] = dict.fromkeys(DECODE, encode_empty)
ENCODE: dict[str, CommandEncoder] = {
    GetVariables.name: encode_get_variables,
    SetVariables.name: encode_set_variables,
    GetBaseReport.name: encode_get_base_report,
}
DECODE_RESULT: dict[str, ResultDecoder] = {"GetVariables": decode_get_variables, "SetVariables": decode_set_variables}
