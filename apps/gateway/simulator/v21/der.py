"""Limits and curves of distributed energy resources: kept, reported and dropped as asked."""

from apps.gateway.simulator.delivery import Message
from apps.gateway.simulator.dialect import Handler, Reply
from apps.gateway.simulator.station import Station

# Control type → (field of SetDERControl, of ReportDERControl, of the settings there); every other type is a curve.
FIELDS = {
    "EnterService": ("enterService", "enterService", "enterService"),
    "FixedPFAbsorb": ("fixedPFAbsorb", "fixedPFAbsorb", "fixedPF"),
    "FixedPFInject": ("fixedPFInject", "fixedPFInject", "fixedPF"),
    "FixedVar": ("fixedVar", "fixedVar", "fixedVar"),
    "FreqDroop": ("freqDroop", "freqDroop", "freqDroop"),
    "Gradients": ("gradient", "gradient", "gradient"),
    "LimitMaxDischarge": ("limitMaxDischarge", "limitMaxDischarge", "limitMaxDischarge"),
}
CURVE = ("curve", "curve", "curve")
WITHOUT_STATE = ("EnterService", "Gradients")


def set_control(station: Station, payload: dict) -> Reply:
    """A default takes the place of the default of its type."""
    kind, control_id = payload["controlType"], payload["controlId"]
    if FIELDS.get(kind, CURVE)[0] not in payload:
        return Reply({"status": "Rejected", "statusInfo": {"reasonCode": "MissingParam"}})
    superseded = [
        known_id
        for known_id, known in station.der_controls.items()
        if payload["isDefault"] and known["isDefault"] and known["controlType"] == kind and known_id != control_id
    ]
    for known_id in superseded:
        del station.der_controls[known_id]
    station.der_controls[control_id] = payload
    return Reply({"status": "Accepted"} | ({"supersededIds": superseded} if superseded else {}))


def get_control(station: Station, payload: dict) -> Reply:
    """One message per control; the last ends the report."""
    found = [control for control in station.der_controls.values() if _meets(control, payload)]
    if not found:
        return Reply({"status": "NotFound"})
    messages = [_report(payload["requestId"], control, is_last=control is found[-1]) for control in found]
    return Reply({"status": "Accepted"}, lambda: station.notify(*messages))


def clear_control(station: Station, payload: dict) -> Reply:
    found = [control_id for control_id, control in station.der_controls.items() if _meets(control, payload)]
    for control_id in found:
        del station.der_controls[control_id]
    return Reply({"status": "Accepted" if found else "NotFound"})


def alarm(station: Station, control_type: str, grid_fault: str, *, ended: bool = False) -> Message:
    payload = {"controlType": control_type, "gridEventFault": grid_fault, "timestamp": station.now()}
    return Message("NotifyDERAlarm", payload | ({"alarmEnded": True} if ended else {}))


def start_stop(station: Station, control_id: str, *, started: bool) -> Message:
    return Message("NotifyDERStartStop", {"controlId": control_id, "started": started, "timestamp": station.now()})


def _meets(control: dict, wanted: dict) -> bool:
    return all(control[name] == wanted[name] for name in ("isDefault", "controlType", "controlId") if name in wanted)


def _report(request_id: int, control: dict, *, is_last: bool) -> Message:
    kind = control["controlType"]
    told, reported, inner = FIELDS.get(kind, CURVE)
    item = {"id": control["controlId"], inner: control[told]}
    if kind not in WITHOUT_STATE:
        item |= {"isDefault": control["isDefault"], "isSuperseded": False}
    if kind not in FIELDS:
        item["curveType"] = kind
    return Message("ReportDERControl", {"requestId": request_id, "tbc": not is_last, reported: [item]})


HANDLERS: dict[str, Handler] = {
    "SetDERControl": set_control,
    "GetDERControl": get_control,
    "ClearDERControl": clear_control,
}
