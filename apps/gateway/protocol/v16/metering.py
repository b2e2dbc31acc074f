"""Metering in 1.6: MeterValues (§4.7)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from apps.chargers.messages.events import MeterValuesReported
from apps.chargers.messages.metering import MeterReading, Sample, read_samples, split_by_moment
from apps.gateway.protocol.adapter import Decoder, ReplyEncoder
from apps.gateway.protocol.fields import MAX_DATABASE_INTEGER, encode_empty, gather_deviations
from apps.gateway.protocol.timestamps import read_timestamp


def read_meter_values(meter_values: Iterable[dict[str, Any]], received_at: datetime) -> tuple[MeterReading, ...]:
    """The readings of ``meterValue`` or ``transactionData``."""
    readings: list[MeterReading] = []
    for meter_value in meter_values:
        deviations: list[str] = []
        at = read_timestamp(meter_value.get("timestamp"), received_at, deviations)
        samples: list[Sample] = []
        signed: list[dict[str, Any]] = []
        contexts = set()
        for sampled in meter_value["sampledValue"]:
            get = sampled.get
            if get("format") == "SignedData":
                signed.append(sampled)
                continue
            context = get("context")
            contexts.add(context)
            samples.append((get("value"), context, get("measurand"), get("phase"), get("location"), get("unit"), 0))
        context = signed[0].get("context") if signed else None
        kept: tuple[dict[str, object], ...] = tuple(signed)
        for part in split_by_moment(samples) if len(contexts) > 1 else [samples]:
            readings.append(
                read_samples(at, part, numbers_are_text=True, context=context, signed=kept, deviations=deviations)
            )
            kept = ()
    return tuple(readings)


def read_transaction_id(payload: dict[str, Any], deviations: list[str]) -> str | None:
    """The transaction's id as text; ``None`` for what no system gave (errata 3.18: -1; seen: 0, null, -16, floats)."""
    given = payload.get("transactionId")
    if type(given) is int and 0 < given <= MAX_DATABASE_INTEGER:
        return str(given)
    if "transactionId" in payload:
        deviations.append("transaction-id-invalid")
    return None


def decode_meter_values(payload: dict[str, Any], received_at: datetime) -> MeterValuesReported:
    readings = read_meter_values(payload["meterValue"], received_at)
    deviations: list[str] = []
    transaction_id = read_transaction_id(payload, deviations)
    return MeterValuesReported(
        payload["connectorId"], readings, transaction_id, gather_deviations(readings, deviations)
    )


DECODE: dict[str, Decoder] = {"MeterValues": decode_meter_values}
ENCODE_REPLY: dict[str, ReplyEncoder] = {"MeterValues": encode_empty}
