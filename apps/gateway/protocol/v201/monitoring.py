"""2.x, block N: monitors of variables and reports about them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from apps.chargers.messages.commands.monitoring import (
    ClearVariableMonitoring,
    GetMonitoringReport,
    SetMonitoringBase,
    SetMonitoringLevel,
    SetVariableMonitoring,
)
from apps.chargers.messages.events.device_model import ItemResult, MonitoringReportNotified, MonitorReport
from apps.chargers.messages.lessons import ItemsAnswered, MonitorsChanged, ReportPromised
from apps.chargers.messages.results import CommandResult
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder, ResultDecoder
from apps.gateway.protocol.fields import encode_empty, read_int
from apps.gateway.protocol.results import read_status, read_status_info
from apps.gateway.protocol.timestamps import read_timestamp
from apps.gateway.protocol.v201.addresses import encode_place, name_of, read_place


def encode_set_monitoring_base(command: SetMonitoringBase) -> tuple[str, dict[str, Any]]:
    return "SetMonitoringBase", {"monitoringBase": command.base}


def encode_set_monitoring_level(command: SetMonitoringLevel) -> tuple[str, dict[str, Any]]:
    return "SetMonitoringLevel", {"severity": command.severity}


def encode_set_variable_monitoring(command: SetVariableMonitoring) -> tuple[str, dict[str, Any]]:
    return "SetVariableMonitoring", {"setMonitoringData": [_monitor(monitor) for monitor in command.monitors]}


def encode_clear_variable_monitoring(command: ClearVariableMonitoring) -> tuple[str, dict[str, Any]]:
    return "ClearVariableMonitoring", {"id": list(command.ids)}


def encode_get_monitoring_report(command: GetMonitoringReport) -> tuple[str, dict[str, Any]]:
    payload: dict[str, Any] = {"requestId": command.request_id}
    if command.criteria:
        payload["monitoringCriteria"] = list(command.criteria)
    if command.variables:
        payload["componentVariable"] = [encode_place(variable) for variable in command.variables]
    return "GetMonitoringReport", payload


def decode_notify_monitoring_report(payload: dict[str, Any], received_at: datetime) -> MonitoringReportNotified:
    deviations: list[str] = []
    return MonitoringReportNotified(
        request_id=int(payload["requestId"]),
        seq_no=int(payload.get("seqNo", 0)),
        generated_at=read_timestamp(payload.get("generatedAt"), received_at, deviations),
        to_be_continued=payload.get("tbc", False),
        monitors=tuple(
            _report(data, monitoring)
            for data in payload.get("monitor", ())
            for monitoring in data["variableMonitoring"]
        ),
        deviations=tuple(deviations),
    )


def decode_set_variable_monitoring(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    """Answers come with the place, type and severity; the value is what was asked for."""
    wanted = {_key(item): item for item in request["setMonitoringData"]}
    items = response["setMonitoringResult"]
    learnt = [
        _report(item, {**wanted[_key(item)], "id": item["id"]})
        for item in items
        if item["status"] == "Accepted" and item.get("id") is not None and _key(item) in wanted
    ]
    answered = tuple(
        ItemResult(
            read_place(item),
            item["status"],
            read_status_info(item),
            {name: item[name] for name in ("type", "severity", "id") if name in item},
        )
        for item in items
    )
    names = [f"{name_of(item)} {item['type']}" for item in items]
    return _summarise(names, answered, MonitorsChanged(monitors=tuple(learnt)))


def decode_clear_variable_monitoring(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    """A monitor that the station does not find is none any more."""
    items = response["clearMonitoringResult"]
    gone = tuple(int(item["id"]) for item in items if item["status"] in ("Accepted", "NotFound"))
    answered = tuple(ItemResult({"id": int(item["id"])}, item["status"], read_status_info(item)) for item in items)
    return _summarise([str(item["id"]) for item in items], answered, MonitorsChanged(cleared=gone))


def decode_get_monitoring_report(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    result = read_status(request, response)
    if result.status != "Accepted":
        return result
    is_all = "monitoringCriteria" not in request and "componentVariable" not in request
    promised = ReportPromised(int(request["requestId"]), "monitors", "All" if is_all else "")
    return replace(result, learnt=(promised,))


def _summarise(names: list[str], items: tuple[ItemResult, ...], changed: MonitorsChanged) -> CommandResult:
    """Agreement where every item was accepted; else the first other word, and each of them in the detail."""
    refused = [item.status for item in items if item.status != "Accepted"]
    detail = "; ".join(
        " ".join(filter(None, (f"{name}: {item.status}", item.reason)))
        for name, item in zip(names, items, strict=True)
        if item.status != "Accepted"
    )
    learnt = (ItemsAnswered(items), changed)
    return CommandResult(not refused, refused[0] if refused else "Accepted", detail, learnt=learnt)


def _monitor(monitor: Mapping[str, Any]) -> dict[str, Any]:
    data = encode_place(monitor)
    data |= {"type": monitor["type"], "value": monitor["value"], "severity": monitor["severity"]}
    if monitor.get("id") is not None:
        data["id"] = monitor["id"]
    if monitor.get("transaction"):
        data["transaction"] = True
    stream = monitor.get("periodic_event_stream")
    if stream:
        data["periodicEventStream"] = dict(stream)
    return data


def _report(place: Mapping[str, Any], monitoring: Mapping[str, Any]) -> MonitorReport:
    component, variable = place["component"], place["variable"]
    evse = component.get("evse") or {}
    return MonitorReport(
        monitor_id=int(monitoring["id"]),
        component=component["name"],
        variable=variable["name"],
        type=monitoring["type"],
        value=float(monitoring["value"]),
        severity=int(monitoring["severity"]),
        component_instance=component.get("instance", ""),
        variable_instance=variable.get("instance", ""),
        evse_id=read_int(evse.get("id")),
        connector_id=read_int(evse.get("connectorId")),
        transaction=bool(monitoring.get("transaction", False)),
        origin=monitoring.get("eventNotificationType", ""),  # told from 2.1 on
    )


def _key(item: Mapping[str, Any]) -> tuple[Any, ...]:
    address = read_place(item)
    return (*(str(value).casefold() for value in address.values()), item["type"], int(item["severity"]))


DECODE: dict[str, Decoder] = {"NotifyMonitoringReport": decode_notify_monitoring_report}
ENCODE_REPLY: dict[str, ReplyEncoder] = dict.fromkeys(DECODE, encode_empty)
ENCODE: dict[str, CommandEncoder] = {
    SetMonitoringBase.name: encode_set_monitoring_base,
    SetMonitoringLevel.name: encode_set_monitoring_level,
    SetVariableMonitoring.name: encode_set_variable_monitoring,
    ClearVariableMonitoring.name: encode_clear_variable_monitoring,
    GetMonitoringReport.name: encode_get_monitoring_report,
}
DECODE_RESULT: dict[str, ResultDecoder] = {
    "SetVariableMonitoring": decode_set_variable_monitoring,
    "ClearVariableMonitoring": decode_clear_variable_monitoring,
    "GetMonitoringReport": decode_get_monitoring_report,
}
