"""Reports of the device model in 2.0.1: NotifyReport (block B) and NotifyEvent (block N)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from apps.chargers.messages.events import EventsNotified, MonitoredEvent, ReportNotified, VariableReport
from apps.gateway.protocol.fields import read_int
from apps.gateway.protocol.timestamps import read_timestamp


def decode_notify_report(payload: dict[str, Any], received_at: datetime) -> ReportNotified:
    deviations: list[str] = []
    return ReportNotified(
        request_id=int(payload["requestId"]),
        seq_no=int(payload.get("seqNo", 0)),
        generated_at=read_timestamp(payload.get("generatedAt"), received_at, deviations),
        to_be_continued=payload.get("tbc", False),
        variables=tuple(variable for data in payload.get("reportData", ()) for variable in _variables(data)),
        deviations=tuple(deviations),
    )


def decode_notify_event(payload: dict[str, Any], received_at: datetime) -> EventsNotified:
    deviations: list[str] = []
    return EventsNotified(
        generated_at=read_timestamp(payload.get("generatedAt"), received_at, deviations),
        seq_no=int(payload.get("seqNo", 0)),
        to_be_continued=payload.get("tbc", False),
        events=tuple(_event(data, received_at, deviations) for data in payload.get("eventData", ())),
        deviations=tuple(dict.fromkeys(deviations)),
    )


def _variables(data: dict[str, Any]) -> Iterator[VariableReport]:
    """One report for each attribute of the variable."""
    component, variable = data["component"], data["variable"]
    evse = component.get("evse", {})
    traits = data.get("variableCharacteristics", {})
    for attribute in data["variableAttribute"]:
        yield VariableReport(
            component=component["name"],
            variable=variable["name"],
            value=attribute.get("value"),
            attribute=attribute.get("type", "Actual"),
            component_instance=component.get("instance", ""),
            variable_instance=variable.get("instance", ""),
            evse_id=read_int(evse.get("id")),
            connector_id=read_int(evse.get("connectorId")),
            mutability=attribute.get("mutability", "ReadWrite"),  # the default of VariableAttributeType
            data_type=traits.get("dataType", ""),
            unit=traits.get("unit", ""),
            min_limit=traits.get("minLimit"),
            max_limit=traits.get("maxLimit"),
            values_list=traits.get("valuesList", ""),
            supports_monitoring=bool(traits.get("supportsMonitoring", False)),
        )


def _event(data: dict[str, Any], received_at: datetime, deviations: list[str]) -> MonitoredEvent:
    component, variable = data["component"], data["variable"]
    evse = component.get("evse", {})
    return MonitoredEvent(
        event_id=int(data["eventId"]),
        occurred_at=read_timestamp(data.get("timestamp"), received_at, deviations),
        trigger=data["trigger"],
        component=component["name"],
        variable=variable["name"],
        actual_value=data["actualValue"],
        component_instance=component.get("instance", ""),
        variable_instance=variable.get("instance", ""),
        evse_id=read_int(evse.get("id")),
        connector_id=read_int(evse.get("connectorId")),
        cleared=data.get("cleared"),
        transaction_id=data.get("transactionId"),
        tech_code=data.get("techCode", ""),
        tech_info=data.get("techInfo", ""),
        notification_type=data["eventNotificationType"],
        cause_event_id=read_int(data.get("cause")),
        monitor_id=read_int(data.get("variableMonitoringId")),
        severity=read_int(data.get("severity")),  # told from 2.1 on
    )
