"""Battery swapping in 2.1 (block S)."""

from datetime import datetime
from typing import Any

from apps.chargers.messages.commands.battery_swap import RequestBatterySwap
from apps.chargers.messages.events.battery_swap import BatteriesSwapped, Battery
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder
from apps.gateway.protocol.fields import encode_empty
from apps.gateway.protocol.v201.authorisation import read_id_token


def decode_battery_swap(payload: dict[str, Any], received_at: datetime) -> BatteriesSwapped:
    batteries = tuple(
        Battery(
            evse_id=int(item["evseId"]),
            serial_number=item["serialNumber"],
            soc_percent=item["soC"],
            soh_percent=item["soH"],
            produced=item.get("productionDate", ""),
            vendor_info=item.get("vendorInfo", ""),
        )
        for item in payload["batteryData"]
    )
    token = read_id_token(payload["idToken"])
    return BatteriesSwapped(int(payload["requestId"]), payload["eventType"], token, batteries)


def encode_request(command: RequestBatterySwap) -> tuple[str, dict[str, Any]]:
    token = {"idToken": command.id_token, "type": command.id_token_type}
    return "RequestBatterySwap", {"idToken": token, "requestId": command.request_id}


DECODE: dict[str, Decoder] = {"BatterySwap": decode_battery_swap}
ENCODE_REPLY: dict[str, ReplyEncoder] = {"BatterySwap": encode_empty}
ENCODE: dict[str, CommandEncoder] = {RequestBatterySwap.name: encode_request}
