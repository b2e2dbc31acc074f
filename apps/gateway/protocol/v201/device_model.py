"""The device model in 2.0.1 (block B): GetVariables, SetVariables, GetBaseReport; reports come through ``reports``."""

from dataclasses import replace
from typing import Any

from apps.chargers.messages.commands import GetBaseReport, GetVariables, SetVariables
from apps.chargers.messages.commands.device_model import GetReport
from apps.chargers.messages.events import VariableReport
from apps.chargers.messages.events.device_model import ItemResult
from apps.chargers.messages.lessons import ItemsAnswered, ReportPromised
from apps.chargers.messages.results import CommandResult
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder, ResultDecoder
from apps.gateway.protocol.errors import CommandNotExpressible
from apps.gateway.protocol.fields import encode_empty, read_int
from apps.gateway.protocol.results import read_status, read_status_info
from apps.gateway.protocol.v201.addresses import encode_address, encode_place, name_of, read_place
from apps.gateway.protocol.v201.reports import decode_notify_event, decode_notify_report

SECRETS = frozenset({"basicauthpassword"})  # compared in lower case; never stored or shown
UNKNOWN = frozenset({"UnknownComponent", "UnknownVariable"})


def encode_get_variables(command: GetVariables) -> tuple[str, dict[str, Any]]:
    if not command.variables:
        raise CommandNotExpressible("OCPP 2.0.1 reads named variables; ask for a base report to read all of them.")
    return "GetVariables", {"getVariableData": [encode_address(variable) for variable in command.variables]}


def encode_set_variables(command: SetVariables) -> tuple[str, dict[str, Any]]:
    data = [{**encode_address(variable), "attributeValue": str(variable["value"])} for variable in command.variables]
    return "SetVariables", {"setVariableData": data}


def encode_get_base_report(command: GetBaseReport) -> tuple[str, dict[str, Any]]:
    return "GetBaseReport", {"requestId": command.request_id, "reportBase": command.report_base}


def encode_get_report(command: GetReport) -> tuple[str, dict[str, Any]]:
    payload: dict[str, Any] = {"requestId": command.request_id}
    if command.criteria:
        payload["componentCriteria"] = list(command.criteria)
    if command.variables:
        payload["componentVariable"] = [encode_place(variable) for variable in command.variables]
    return "GetReport", payload


def decode_get_variables(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    items = response["getVariableResult"]
    learnt = [_variable(item, item.get("attributeValue")) for item in items if item["attributeStatus"] == "Accepted"]
    return _summarise(items, learnt, accepted=bool(learnt), field="attributeValue")


def decode_set_variables(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    """A value is learnt only when it is in force: RebootRequired is agreement, but not yet the value."""
    items = response["setVariableResult"]
    values = {name_of(item): item["attributeValue"] for item in request["setVariableData"]}
    learnt = [
        _variable(item, values[name_of(item)])
        for item in items
        if item["attributeStatus"] == "Accepted"
        and name_of(item) in values
        and item["variable"]["name"].lower() not in SECRETS
    ]
    agreed = all(item["attributeStatus"] in ("Accepted", "RebootRequired") for item in items)
    return _summarise(items, learnt, accepted=agreed)


def decode_get_base_report(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    return _promised(request, response, base=request["reportBase"])


def decode_get_report(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    """EmptyResultSet is an answer, not a refusal: nothing fits what was asked for."""
    return _promised(request, response, base="")


def _promised(request: dict[str, Any], response: dict[str, Any], *, base: str) -> CommandResult:
    result = read_status(request, response)
    if result.status != "Accepted":
        return result
    return replace(result, learnt=(ReportPromised(int(request["requestId"]), "variables", base),))


def _summarise(
    items: list[dict[str, Any]], learnt: list[VariableReport], *, accepted: bool, field: str = ""
) -> CommandResult:
    """The status is the one all items share, else the first that is no agreement; the detail names each of those."""
    statuses = [item["attributeStatus"] for item in items]
    refused = [status for status in statuses if status != "Accepted"]
    detail = "; ".join(
        " ".join(filter(None, (f"{name_of(item)}: {status}", read_status_info(item, "attributeStatusInfo"))))
        for item, status in zip(items, statuses, strict=True)
        if status != "Accepted"
    )
    unknown = tuple(name_of(item) for item, status in zip(items, statuses, strict=True) if status in UNKNOWN)
    answered = ItemsAnswered(tuple(_item(item, field) for item in items))
    return CommandResult(
        accepted, refused[0] if refused else "Accepted", detail, tuple(learnt), unknown, learnt=(answered,)
    )


def _item(item: dict[str, Any], field: str) -> ItemResult:
    more = {"value": item[field]} if field in item else {}
    reason = read_status_info(item, "attributeStatusInfo")
    return ItemResult(read_place(item), item["attributeStatus"], reason, more)


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
    GetReport.name: encode_get_report,
}
DECODE_RESULT: dict[str, ResultDecoder] = {
    "GetVariables": decode_get_variables,
    "SetVariables": decode_set_variables,
    "GetBaseReport": decode_get_base_report,
    "GetReport": decode_get_report,
}
