"""Metering in 2.0.1 (block J): MeterValues, and the meterValue of a TransactionEvent."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from apps.chargers.messages.events import MeterValuesReported
from apps.chargers.messages.metering import MeterReading, Sample, read_samples, split_by_moment
from apps.gateway.protocol.adapter import Decoder, ReplyEncoder
from apps.gateway.protocol.fields import encode_empty, gather_deviations
from apps.gateway.protocol.timestamps import read_timestamp

NO_UNIT: dict[str, Any] = {}


def read_meter_values(meter_values: Iterable[dict[str, Any]], received_at: datetime) -> tuple[MeterReading, ...]:
    """The readings of ``meterValue``. A signed value is kept as sent beside its plain number."""
    readings: list[MeterReading] = []
    for meter_value in meter_values:
        deviations: list[str] = []
        at = read_timestamp(meter_value.get("timestamp"), received_at, deviations)
        samples: list[Sample] = []
        signed: list[dict[str, object]] = []
        contexts = set()
        for sampled in meter_value["sampledValue"]:
            get = sampled.get
            if "signedMeterValue" in sampled:
                signed.append(sampled["signedMeterValue"])
            unit = get("unitOfMeasure", NO_UNIT).get
            context = get("context")
            contexts.add(context)
            samples.append(
                (
                    get("value"),
                    context,
                    get("measurand"),
                    get("phase"),
                    get("location"),
                    unit("unit"),
                    int(unit("multiplier", 0)),
                )
            )
        kept = tuple(signed)
        for part in split_by_moment(samples) if len(contexts) > 1 else [samples]:
            readings.append(read_samples(at, part, signed=kept, deviations=deviations))
            kept = ()
    return tuple(readings)


def decode_meter_values(payload: dict[str, Any], received_at: datetime) -> MeterValuesReported:
    readings = read_meter_values(payload["meterValue"], received_at)
    return MeterValuesReported(int(payload["evseId"]), readings, deviations=gather_deviations(readings))


DECODE: dict[str, Decoder] = {"MeterValues": decode_meter_values}
ENCODE_REPLY: dict[str, ReplyEncoder] = {"MeterValues": encode_empty}
