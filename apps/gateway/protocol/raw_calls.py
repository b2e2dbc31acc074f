"""A call that somebody wrote out, understood as the command of ours that says exactly the same.

Whoever sends ``Reset`` by hand wants what the button gives: a command that the boot proves, an availability that is
remembered, a session that is joined to its remote start. So a call is read back into its command wherever encoding
that command gives the very same payload; every other call stays as it was written.
"""

from collections.abc import Callable
from typing import Any

from apps.chargers.messages.commands import (
    ChangeAvailability,
    Command,
    GetBaseReport,
    RawCall,
    RequestStartTransaction,
    RequestStopTransaction,
    Reset,
    SetVariables,
)
from apps.gateway.protocol.adapter import adapter_for
from apps.gateway.protocol.errors import CommandNotExpressible

Payload = dict[str, Any]
Number = Callable[[], int]
Reader = Callable[[Payload, Number], Command]


def read_call(version: str, action: str, payload: Payload, *, number: Number) -> Command:
    """The command that ``version`` says with this valid call, or a ``RawCall``; it is sent exactly as given.

    ``number`` gives the number of a remote start where the version's call has none (1.6).
    """
    raw = RawCall(action=action, payload=payload)
    read = (_READERS_16 if version == "ocpp1.6" else _READERS_2X).get(action)
    if read is None:
        return raw
    try:
        command = read(payload, number)
        said = adapter_for(version).encode_command(command)
    except (CommandNotExpressible, LookupError, ValueError, TypeError, ArithmeticError):
        return raw
    return command if said == (action, payload) else raw


def _start_16(payload: Payload, number: Number) -> Command:
    return RequestStartTransaction(
        id_token=payload["idTag"],
        remote_start_id=number(),
        evse_id=payload.get("connectorId"),
        written_profile=payload.get("chargingProfile"),
    )


def _stop_16(payload: Payload, number: Number) -> Command:
    return RequestStopTransaction(str(payload["transactionId"]))


def _reset_16(payload: Payload, number: Number) -> Command:
    return Reset("Immediate" if payload["type"] == "Hard" else "OnIdle")


def _availability_16(payload: Payload, number: Number) -> Command:
    return ChangeAvailability(operative=payload["type"] == "Operative", evse_id=payload["connectorId"])


def _configuration_16(payload: Payload, number: Number) -> Command:
    return SetVariables(({"component": "ConfigurationKey", "variable": payload["key"], "value": payload["value"]},))


def _start_2x(payload: Payload, number: Number) -> Command:
    token, group = payload["idToken"], payload.get("groupIdToken", {})
    return RequestStartTransaction(
        id_token=token["idToken"],
        id_token_type=token["type"],
        remote_start_id=payload["remoteStartId"],
        evse_id=payload.get("evseId"),
        group_id_token=group.get("idToken"),
        group_id_token_type=group.get("type", "Central"),
        written_profile=payload.get("chargingProfile"),
    )


def _stop_2x(payload: Payload, number: Number) -> Command:
    return RequestStopTransaction(payload["transactionId"])


def _reset_2x(payload: Payload, number: Number) -> Command:
    return Reset(payload["type"], payload.get("evseId"))


def _availability_2x(payload: Payload, number: Number) -> Command:
    evse = payload.get("evse", {})
    operative = payload["operationalStatus"] == "Operative"
    return ChangeAvailability(operative=operative, evse_id=evse.get("id", 0), connector_id=evse.get("connectorId"))


def _base_report_2x(payload: Payload, number: Number) -> Command:
    return GetBaseReport(payload["requestId"], payload["reportBase"])


_READERS_16: dict[str, Reader] = {
    "RemoteStartTransaction": _start_16,
    "RemoteStopTransaction": _stop_16,
    "Reset": _reset_16,
    "ChangeAvailability": _availability_16,
    "ChangeConfiguration": _configuration_16,
}
_READERS_2X: dict[str, Reader] = {
    "RequestStartTransaction": _start_2x,
    "RequestStopTransaction": _stop_2x,
    "Reset": _reset_2x,
    "ChangeAvailability": _availability_2x,
    "GetBaseReport": _base_report_2x,
}
