"""OCPP 2.1 (edition 2): the tables of 2.0.1, and what differs or is new, block by block."""

from dataclasses import replace

from apps.gateway.protocol.schemas import Schemas
from apps.gateway.protocol.v21 import (
    authorisation,
    battery_swap,
    certificates,
    der,
    diagnostics,
    dynamic_charging,
    network,
    payments,
    smart_charging,
    streams,
    tariffs,
    transactions,
)
from apps.gateway.protocol.v201 import ADAPTER as ADAPTER_201

ADAPTER = replace(
    ADAPTER_201,
    version="ocpp2.1",
    schemas=Schemas(
        folder="v21",
        request_suffix="Request",
        overrides=ADAPTER_201.schemas.overrides,
        strict_enums=ADAPTER_201.schemas.strict_enums,
        sends=frozenset(streams.DECODE_SEND),
    ),
    decode={
        **ADAPTER_201.decode,
        **transactions.DECODE,
        **battery_swap.DECODE,
        **certificates.DECODE,
        **der.DECODE,
        **dynamic_charging.DECODE,
        **payments.DECODE,
        **streams.DECODE,
    },
    decode_send=streams.DECODE_SEND,
    encode_reply={
        **ADAPTER_201.encode_reply,
        **authorisation.ENCODE_REPLY,
        **transactions.ENCODE_REPLY,
        **battery_swap.ENCODE_REPLY,
        **certificates.ENCODE_REPLY,
        **der.ENCODE_REPLY,
        **dynamic_charging.ENCODE_REPLY,
        **payments.ENCODE_REPLY,
        **smart_charging.ENCODE_REPLY,
        **streams.ENCODE_REPLY,
    },
    encode={
        **ADAPTER_201.encode,
        **battery_swap.ENCODE,
        **certificates.ENCODE,
        **der.ENCODE,
        **diagnostics.ENCODE,
        **dynamic_charging.ENCODE,
        **smart_charging.ENCODE,
        **network.ENCODE,
        **streams.ENCODE,
        **tariffs.ENCODE,
    },
    decode_result={
        **ADAPTER_201.decode_result,
        **der.DECODE_RESULT,
        **dynamic_charging.DECODE_RESULT,
        **network.DECODE_RESULT,
        **streams.DECODE_RESULT,
        **tariffs.DECODE_RESULT,
    },
    commands=ADAPTER_201.commands
    | {
        "AFRRSignal",
        "AdjustPeriodicEventStream",
        "ChangeTransactionTariff",
        "ClearDERControl",
        "ClearTariffs",
        "GetDERControl",
        "GetPeriodicEventStream",
        "GetTariffs",
        "NotifyAllowedEnergyTransfer",
        "RequestBatterySwap",
        "SetDERControl",
        "SetDefaultTariff",
        "UpdateDynamicSchedule",
        "UsePriorityCharging",
    },
    has_send=True,
)
