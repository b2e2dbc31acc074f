"""Monitors of a simulated 2.x station (block N): kept, reported in parts, and really watching their variables."""

import asyncio
from dataclasses import dataclass, replace

from apps.gateway.simulator.delivery import Message
from apps.gateway.simulator.dialect import Handler, Reply
from apps.gateway.simulator.errors import CallError
from apps.gateway.simulator.station import Station
from apps.gateway.simulator.v201 import device_model

ACCEPTED = {"status": "Accepted"}
REJECTED = {"status": "Rejected"}
ITEMS_PER_PART = 2
CRITERIA = {
    "UpperThreshold": "ThresholdMonitoring",
    "LowerThreshold": "ThresholdMonitoring",
    "Delta": "DeltaMonitoring",
    "TargetDelta": "DeltaMonitoring",
    "TargetDeltaRelative": "DeltaMonitoring",
    "Periodic": "PeriodicMonitoring",
    "PeriodicClockAligned": "PeriodicMonitoring",
}
_PERIODIC = frozenset({"Periodic", "PeriodicClockAligned"})


@dataclass(frozen=True)
class Monitor:
    """`key` of its variable as in `device_model.key`; `last` is the value it told last, `is_raised` a crossed limit."""

    id: int
    key: tuple
    type: str
    value: float
    severity: int
    transaction: bool = False
    origin: str = "CustomMonitor"
    last: float | None = None
    is_raised: bool = False


def check_items(station: Station, message: str, items: list, controller: str = "DeviceDataCtrlr") -> None:
    """More items than the station takes at once are refused (2.0.1 B05.FR.11, B06.FR.16, N04.FR.09)."""
    wanted = device_model.key({"name": controller}, {"name": "ItemsPerMessage", "instance": message})
    limit = station.settings.get(wanted)
    if limit is not None and len(items) > int(limit.value):
        raise CallError("OccurrenceConstraintViolation", f"{message}: at most {limit.value} items")


def set_monitoring_base(station: Station, payload: dict) -> Reply:
    """The monitors of the factory are none here; all but hard-wired ones go with anything but All."""
    if payload["monitoringBase"] != "All":
        station.monitors = {n: m for n, m in station.monitors.items() if m.origin == "HardWiredMonitor"}
    return Reply(ACCEPTED)


def set_monitoring_level(station: Station, payload: dict) -> Reply:
    if not 0 <= payload["severity"] <= 9:
        return Reply(REJECTED)
    station.monitoring_level = payload["severity"]
    return Reply(ACCEPTED)


def set_variable_monitoring(station: Station, payload: dict) -> Reply:
    items = payload["setMonitoringData"]
    check_items(station, "SetVariableMonitoring", items, "MonitoringCtrlr")
    results, fresh = [], []
    for item in items:
        status, monitor = _set(station, item)
        result = {key: item[key] for key in ("type", "severity", "component", "variable")} | {"status": status}
        if monitor is not None:
            station.monitors[monitor.id] = monitor
            result["id"] = monitor.id
            fresh.append(monitor)
        results.append(result)

    async def watch() -> None:
        for monitor in fresh:
            if monitor.type in _PERIODIC:
                station.run_in_background(_tell_periodically(station, monitor.id))
            else:
                await _look(station, monitor.id)

    return Reply({"setMonitoringResult": results}, watch)


def clear_variable_monitoring(station: Station, payload: dict) -> Reply:
    check_items(station, "ClearVariableMonitoring", payload["id"], "MonitoringCtrlr")
    results = []
    for number in payload["id"]:
        monitor = station.monitors.get(number)
        status = "NotFound" if monitor is None else "Accepted"
        if monitor is not None and monitor.origin == "HardWiredMonitor":
            status = "Rejected"
        if status == "Accepted":
            del station.monitors[number]
        results.append({"id": number, "status": status})
    return Reply({"clearMonitoringResult": results})


def get_monitoring_report(station: Station, payload: dict) -> Reply:
    criteria, places = payload.get("monitoringCriteria"), payload.get("componentVariable")
    monitors = [
        monitor
        for monitor in station.monitors.values()
        if (not criteria or CRITERIA[monitor.type] in criteria) and (not places or _is_at(station, monitor, places))
    ]
    if not monitors:
        return Reply({"status": "EmptyResultSet"})
    return Reply(ACCEPTED, lambda: station.notify(*_parts(station, payload["requestId"], monitors)))


async def change(station: Station, key: tuple, value: str) -> None:
    """A variable takes another value: monitors of it tell."""
    variable = station.settings.get(key)
    if variable is None or variable.value == value:
        return
    variable.value = value
    for number in [number for number, monitor in station.monitors.items() if monitor.key == key]:
        await _look(station, number)


def _set(station: Station, item: dict) -> tuple[str, Monitor | None]:
    key = device_model.key(item["component"], item["variable"])
    variable = station.settings.get(key)
    if variable is None:
        known = item["component"]["name"].lower() in {name for name, *_ in station.settings}
        return ("UnknownVariable" if known else "UnknownComponent"), None
    is_number = variable.data_type in ("integer", "decimal")
    if not is_number and item["type"] in ("UpperThreshold", "LowerThreshold"):
        return "UnsupportedMonitorType", None
    number = item.get("id")
    if number is not None and number not in station.monitors:
        return "Rejected", None
    same = [
        m for m in station.monitors.values() if (m.key, m.type, m.severity) == (key, item["type"], item["severity"])
    ]
    if number is None and same:
        return "Duplicate", None
    if number is None:
        station.monitor_number += 1
        number = station.monitor_number
    last = float(variable.value) if is_number else None
    return "Accepted", Monitor(
        number, key, item["type"], item["value"], item["severity"], item.get("transaction", False), last=last
    )


async def _look(station: Station, number: int) -> None:
    monitor = station.monitors.get(number)
    if monitor is None or monitor.type in _PERIODIC:
        return
    variable = station.settings[monitor.key]
    if variable.data_type not in ("integer", "decimal"):
        if monitor.type == "Delta":
            await _tell(station, monitor, "Delta")
        return
    now = float(variable.value)
    if monitor.type in ("UpperThreshold", "LowerThreshold"):
        is_raised = now > monitor.value if monitor.type == "UpperThreshold" else now < monitor.value
        if is_raised != monitor.is_raised:
            station.monitors[number] = replace(monitor, is_raised=is_raised, last=now)
            await _tell(station, monitor, "Alerting", cleared=not is_raised)
    elif monitor.last is not None and abs(now - monitor.last) >= monitor.value:
        station.monitors[number] = replace(monitor, last=now)
        await _tell(station, monitor, "Delta")


async def _tell_periodically(station: Station, number: int) -> None:
    while (monitor := station.monitors.get(number)) is not None:
        await asyncio.sleep(monitor.value / station.speed)
        if number in station.monitors:
            await _tell(station, monitor, "Periodic")


async def _tell(station: Station, monitor: Monitor, trigger: str, *, cleared: bool = False) -> None:
    if monitor.severity > station.monitoring_level:
        return
    variable = station.settings[monitor.key]
    event = {
        "eventId": station.next_event_id(),
        "timestamp": station.now(),
        "trigger": trigger,
        "actualValue": variable.value,
        "component": variable.component_data(),
        "variable": variable.variable_data(),
        "eventNotificationType": monitor.origin,
        "variableMonitoringId": monitor.id,
    } | ({"cleared": True} if cleared else {})
    await station.notify(Message("NotifyEvent", {"generatedAt": station.now(), "seqNo": 0, "eventData": [event]}))


def _is_at(station: Station, monitor: Monitor, places: list[dict]) -> bool:
    return any(device_model.matches(station.settings[monitor.key], place) for place in places)


def _parts(station: Station, request_id: int, monitors: list[Monitor]) -> list[Message]:
    """NotifyMonitoringReport, some monitors each; every part but the last says `tbc`."""
    chunks = [monitors[at : at + ITEMS_PER_PART] for at in range(0, len(monitors), ITEMS_PER_PART)]
    return [
        Message(
            "NotifyMonitoringReport",
            {
                "requestId": request_id,
                "seqNo": seq_no,
                "generatedAt": station.now(),
                "tbc": seq_no < len(chunks) - 1,
                "monitor": [_data(station, monitor) for monitor in chunk],
            },
        )
        for seq_no, chunk in enumerate(chunks)
    ]


def _data(station: Station, monitor: Monitor) -> dict:
    variable = station.settings[monitor.key]
    monitoring = {
        "id": monitor.id,
        "transaction": monitor.transaction,
        "value": monitor.value,
        "type": monitor.type,
        "severity": monitor.severity,
    }
    if station.dialect.version == "2.1":
        monitoring["eventNotificationType"] = monitor.origin
    return {
        "component": variable.component_data(),
        "variable": variable.variable_data(),
        "variableMonitoring": [monitoring],
    }


HANDLERS: dict[str, Handler] = {
    "ClearVariableMonitoring": clear_variable_monitoring,
    "GetMonitoringReport": get_monitoring_report,
    "SetMonitoringBase": set_monitoring_base,
    "SetMonitoringLevel": set_monitoring_level,
    "SetVariableMonitoring": set_variable_monitoring,
}
