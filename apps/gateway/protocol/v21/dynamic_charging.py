"""Priority, dynamic schedules and signals of the grid in 2.1 (blocks K and Q)."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from apps.chargers.messages.commands.dynamic_charging import (
    AFRRSignal,
    DynamicScheduleUpdated,
    NotifyAllowedEnergyTransfer,
    UpdateDynamicSchedule,
    UsePriorityCharging,
)
from apps.chargers.messages.events.dynamic_charging import DynamicScheduleAsked, PriorityChargingNotified
from apps.chargers.messages.replies import DynamicScheduleReply
from apps.chargers.messages.results import CommandResult
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder, ResultDecoder
from apps.gateway.protocol.fields import encode_empty, encode_verdict
from apps.gateway.protocol.results import read_status, with_lesson_if_accepted


def decode_priority(payload: dict[str, Any], received_at: datetime) -> PriorityChargingNotified:
    return PriorityChargingNotified(payload["transactionId"], payload["activated"])


def decode_pull(payload: dict[str, Any], received_at: datetime) -> DynamicScheduleAsked:
    return DynamicScheduleAsked(int(payload["chargingProfileId"]))


def encode_pull_reply(reply: DynamicScheduleReply) -> dict[str, Any]:
    update = {} if reply.update is None else {"scheduleUpdate": reply.update}
    return encode_verdict(reply) | update


def encode_use_priority(command: UsePriorityCharging) -> tuple[str, dict[str, Any]]:
    return "UsePriorityCharging", {"transactionId": command.transaction_id, "activate": command.activate}


def encode_update(command: UpdateDynamicSchedule) -> tuple[str, dict[str, Any]]:
    payload = {"chargingProfileId": command.profile_id, "scheduleUpdate": dict(command.update)}
    return "UpdateDynamicSchedule", payload


def decode_update_result(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    limit = request["scheduleUpdate"].get("limit")
    learnt = DynamicScheduleUpdated(int(request["chargingProfileId"]), None if limit is None else Decimal(str(limit)))
    return with_lesson_if_accepted(read_status(request, response), learnt)


def encode_signal(command: AFRRSignal) -> tuple[str, dict[str, Any]]:
    return "AFRRSignal", {"timestamp": command.timestamp, "signal": command.signal}


def encode_allowed_transfer(command: NotifyAllowedEnergyTransfer) -> tuple[str, dict[str, Any]]:
    payload = {"transactionId": command.transaction_id, "allowedEnergyTransfer": list(command.modes)}
    return "NotifyAllowedEnergyTransfer", payload


DECODE: dict[str, Decoder] = {
    "NotifyPriorityCharging": decode_priority,
    "PullDynamicScheduleUpdate": decode_pull,
}
ENCODE_REPLY: dict[str, ReplyEncoder] = {
    "NotifyPriorityCharging": encode_empty,
    "PullDynamicScheduleUpdate": encode_pull_reply,
}
ENCODE: dict[str, CommandEncoder] = {
    UsePriorityCharging.name: encode_use_priority,
    UpdateDynamicSchedule.name: encode_update,
    AFRRSignal.name: encode_signal,
    NotifyAllowedEnergyTransfer.name: encode_allowed_transfer,
}
DECODE_RESULT: dict[str, ResultDecoder] = {"UpdateDynamicSchedule": decode_update_result}
