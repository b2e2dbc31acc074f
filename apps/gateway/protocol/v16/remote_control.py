"""Remote control in 1.6: remote start and stop (§5.11, §5.12), UnlockConnector (§5.18), TriggerMessage (§5.17)."""

from typing import Any

from apps.chargers.messages.charging_profiles import profile_from_json
from apps.chargers.messages.commands import (
    RequestStartTransaction,
    RequestStopTransaction,
    TriggerMessage,
    UnlockConnector,
)
from apps.gateway.protocol.adapter import CommandEncoder
from apps.gateway.protocol.errors import CommandNotExpressible
from apps.gateway.protocol.v16 import plug_and_charge
from apps.gateway.protocol.v16.charging_profiles import write_profile

TRIGGERS = frozenset(
    {
        "BootNotification",
        "DiagnosticsStatusNotification",
        "FirmwareStatusNotification",
        "Heartbeat",
        "MeterValues",
        "StatusNotification",
    }
)
# Only in the security extension (whitepaper edition 3, ExtendedTriggerMessage).
EXTENDED_TRIGGERS = {
    "LogStatusNotification": "LogStatusNotification",
    "SignChargingStationCertificate": "SignChargePointCertificate",
}


def encode_remote_start(command: RequestStartTransaction) -> tuple[str, dict[str, Any]]:
    payload: dict[str, Any] = {"idTag": command.id_token}
    if command.evse_id:  # 1.6 wants a number above 0, or none
        payload["connectorId"] = command.evse_id
    if command.written_profile:
        payload["chargingProfile"] = dict(command.written_profile)
    elif command.charging_profile:
        payload["chargingProfile"] = write_profile(profile_from_json(command.charging_profile))
    return "RemoteStartTransaction", payload


def encode_remote_stop(command: RequestStopTransaction) -> tuple[str, dict[str, Any]]:
    try:
        transaction_id = int(command.transaction_id)
    except ValueError:
        raise CommandNotExpressible("A transaction of OCPP 1.6 has a number, this one has none.") from None
    return "RemoteStopTransaction", {"transactionId": transaction_id}


def encode_unlock_connector(command: UnlockConnector) -> tuple[str, dict[str, Any]]:
    return "UnlockConnector", {"connectorId": command.evse_id}


def encode_trigger_message(command: TriggerMessage) -> tuple[str, dict[str, Any]]:
    where = {"connectorId": command.evse_id} if command.evse_id else {}
    if command.message in TRIGGERS:
        return "TriggerMessage", {"requestedMessage": command.message, **where}
    if command.message in EXTENDED_TRIGGERS:
        return "ExtendedTriggerMessage", {"requestedMessage": EXTENDED_TRIGGERS[command.message], **where}
    if command.message == "SignV2GCertificate":
        return plug_and_charge.encode(command)
    raise CommandNotExpressible(f"OCPP 1.6 cannot ask a station for {command.message}.")


ENCODE: dict[str, CommandEncoder] = {
    RequestStartTransaction.name: encode_remote_start,
    RequestStopTransaction.name: encode_remote_stop,
    UnlockConnector.name: encode_unlock_connector,
    TriggerMessage.name: encode_trigger_message,
}
