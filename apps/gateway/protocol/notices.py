"""What stations mention of firmware, logs and security: alike in 1.6 with its security extension and in 2.x."""

from datetime import datetime
from typing import Any

from apps.chargers.messages.events import StationNoticeReported
from apps.gateway.protocol.fields import read_int
from apps.gateway.protocol.timestamps import read_timestamp


def decode_firmware_status(payload: dict[str, Any], received_at: datetime) -> StationNoticeReported:
    return StationNoticeReported(
        "firmware", payload["status"], request_id=read_int(payload.get("requestId")), raw=payload
    )


def decode_log_status(payload: dict[str, Any], received_at: datetime) -> StationNoticeReported:
    return StationNoticeReported("log", payload["status"], request_id=read_int(payload.get("requestId")), raw=payload)


def decode_security_event(payload: dict[str, Any], received_at: datetime) -> StationNoticeReported:
    deviations: list[str] = []
    return StationNoticeReported(
        "security",
        payload["type"],
        occurred_at=read_timestamp(payload.get("timestamp"), received_at, deviations),
        info=payload.get("techInfo", ""),
        raw=payload,
        deviations=tuple(deviations),
    )
