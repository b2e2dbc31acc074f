"""Distributed energy resources in 2.1 (block R)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from apps.chargers.messages.commands.der import ClearDERControl, GetDERControl, SetDERControl
from apps.chargers.messages.events.der import (
    DerAlarmRaised,
    DerControl,
    DerControlKept,
    DerControlsCleared,
    DerControlsReported,
    DerControlSwitched,
)
from apps.chargers.messages.results import CommandResult
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder, ResultDecoder
from apps.gateway.protocol.fields import encode_empty
from apps.gateway.protocol.results import read_status, with_lesson_if_accepted
from apps.gateway.protocol.timestamps import read_timestamp

# Field of ReportDERControl → (control type, field of the settings within); a curve names its type itself.
REPORTED = {
    "curve": ("", "curve"),
    "enterService": ("EnterService", "enterService"),
    "fixedPFAbsorb": ("FixedPFAbsorb", "fixedPF"),
    "fixedPFInject": ("FixedPFInject", "fixedPF"),
    "fixedVar": ("FixedVar", "fixedVar"),
    "freqDroop": ("FreqDroop", "freqDroop"),
    "gradient": ("Gradients", "gradient"),
    "limitMaxDischarge": ("LimitMaxDischarge", "limitMaxDischarge"),
}
# Control type → field of SetDERControl; every other type is a curve.
FIELDS = {kind: field for field, (kind, _) in REPORTED.items() if kind}


def decode_alarm(payload: dict[str, Any], received_at: datetime) -> DerAlarmRaised:
    deviations: list[str] = []
    return DerAlarmRaised(
        control_type=payload["controlType"],
        occurred_at=read_timestamp(payload.get("timestamp"), received_at, deviations),
        grid_fault=payload.get("gridEventFault", ""),
        ended=payload.get("alarmEnded", False),
        info=payload.get("extraInfo", ""),
        deviations=tuple(deviations),
    )


def decode_start_stop(payload: dict[str, Any], received_at: datetime) -> DerControlSwitched:
    deviations: list[str] = []
    return DerControlSwitched(
        control_id=payload["controlId"],
        started=payload["started"],
        occurred_at=read_timestamp(payload.get("timestamp"), received_at, deviations),
        superseded_ids=tuple(payload.get("supersededIds", ())),
        deviations=tuple(deviations),
    )


def decode_report(payload: dict[str, Any], received_at: datetime) -> DerControlsReported:
    return DerControlsReported(int(payload["requestId"]), payload.get("tbc", False), tuple(_controls(payload)))


def _controls(payload: dict[str, Any]) -> Iterator[DerControl]:
    for field, (kind, settings) in REPORTED.items():
        for item in payload.get(field, ()):
            yield DerControl(
                control_id=item["id"],
                control_type=kind or item["curveType"],
                settings=item[settings],
                is_default=item.get("isDefault", not kind or kind in ("EnterService", "Gradients")),
                is_superseded=item.get("isSuperseded", False),
            )


def encode_set(command: SetDERControl) -> tuple[str, dict[str, Any]]:
    payload = {
        "isDefault": command.is_default,
        "controlId": command.control_id,
        "controlType": command.control_type,
        FIELDS.get(command.control_type, "curve"): dict(command.settings),
    }
    return "SetDERControl", payload


def encode_get(command: GetDERControl) -> tuple[str, dict[str, Any]]:
    payload: dict[str, Any] = {"requestId": command.request_id}
    if command.is_default is not None:
        payload["isDefault"] = command.is_default
    return "GetDERControl", payload | _which(command)


def encode_clear(command: ClearDERControl) -> tuple[str, dict[str, Any]]:
    return "ClearDERControl", {"isDefault": command.is_default} | _which(command)


def _which(command: GetDERControl | ClearDERControl) -> dict[str, Any]:
    wanted = {"controlType": command.control_type, "controlId": command.control_id}
    return {name: value for name, value in wanted.items() if value}


def decode_set_result(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    kind = request["controlType"]
    settings = request.get(FIELDS.get(kind, "curve"), {})
    control = DerControl(request["controlId"], kind, settings, is_default=request["isDefault"])
    superseded = tuple(response.get("supersededIds", ()))
    return with_lesson_if_accepted(read_status(request, response), DerControlKept(control, superseded))


def decode_clear_result(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    cleared = DerControlsCleared(request["isDefault"], request.get("controlType", ""), request.get("controlId", ""))
    return with_lesson_if_accepted(read_status(request, response), cleared)


DECODE: dict[str, Decoder] = {
    "NotifyDERAlarm": decode_alarm,
    "NotifyDERStartStop": decode_start_stop,
    "ReportDERControl": decode_report,
}
ENCODE_REPLY: dict[str, ReplyEncoder] = dict.fromkeys(DECODE, encode_empty)
ENCODE: dict[str, CommandEncoder] = {
    SetDERControl.name: encode_set,
    GetDERControl.name: encode_get,
    ClearDERControl.name: encode_clear,
}
DECODE_RESULT: dict[str, ResultDecoder] = {
    "SetDERControl": decode_set_result,
    "ClearDERControl": decode_clear_result,
}
