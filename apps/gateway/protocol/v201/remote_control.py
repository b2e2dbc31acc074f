"""Remote control in 2.0.1 (block F): remote start and stop, UnlockConnector, TriggerMessage."""

from typing import Any

from apps.chargers.messages.charging_profiles import profile_from_json
from apps.chargers.messages.commands import (
    RequestStartTransaction,
    RequestStopTransaction,
    TriggerMessage,
    UnlockConnector,
)
from apps.gateway.protocol.adapter import CommandEncoder
from apps.gateway.protocol.v201.charging_profiles import write_profile


def encode_request_start(command: RequestStartTransaction) -> tuple[str, dict[str, Any]]:
    payload: dict[str, Any] = {
        "idToken": {"idToken": command.id_token, "type": command.id_token_type},
        "remoteStartId": command.remote_start_id,
    }
    if command.evse_id:  # an EVSE is numbered above 0
        payload["evseId"] = command.evse_id
    if command.group_id_token:
        payload["groupIdToken"] = {"idToken": command.group_id_token, "type": command.group_id_token_type}
    if command.written_profile:
        payload["chargingProfile"] = dict(command.written_profile)
    elif command.charging_profile:
        payload["chargingProfile"] = write_profile(profile_from_json(command.charging_profile))
    return "RequestStartTransaction", payload


def encode_request_stop(command: RequestStopTransaction) -> tuple[str, dict[str, Any]]:
    return "RequestStopTransaction", {"transactionId": command.transaction_id}


def encode_unlock_connector(command: UnlockConnector) -> tuple[str, dict[str, Any]]:
    return "UnlockConnector", {"evseId": command.evse_id, "connectorId": command.connector_id}


def encode_trigger_message(command: TriggerMessage) -> tuple[str, dict[str, Any]]:
    payload: dict[str, Any] = {"requestedMessage": command.message}
    if command.evse_id is not None:
        payload["evse"] = {"id": command.evse_id}
        if command.connector_id is not None:
            payload["evse"]["connectorId"] = command.connector_id
    return "TriggerMessage", payload


ENCODE: dict[str, CommandEncoder] = {
    RequestStartTransaction.name: encode_request_start,
    RequestStopTransaction.name: encode_request_stop,
    UnlockConnector.name: encode_unlock_connector,
    TriggerMessage.name: encode_trigger_message,
}
