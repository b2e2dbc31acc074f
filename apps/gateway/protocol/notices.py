"""What stations mention of firmware, logs and security: alike in 1.6 with its security extension and in 2.x."""

from datetime import datetime
from typing import Any

from apps.chargers.messages.events import (
    FirmwarePublishStatusNotified,
    FirmwareStatusNotified,
    LogStatusNotified,
    StationNoticeReported,
)
from apps.gateway.protocol.fields import read_int
from apps.gateway.protocol.results import read_status_info
from apps.gateway.protocol.timestamps import read_timestamp


def decode_firmware_status(payload: dict[str, Any], received_at: datetime) -> FirmwareStatusNotified:
    return FirmwareStatusNotified(
        payload["status"], read_int(payload.get("requestId")), info=read_status_info(payload), raw=payload
    )


def decode_publish_status(payload: dict[str, Any], received_at: datetime) -> FirmwarePublishStatusNotified:
    return FirmwarePublishStatusNotified(
        payload["status"],
        read_int(payload.get("requestId")),
        locations=tuple(payload.get("location") or ()),
        info=read_status_info(payload),
        raw=payload,
    )


def decode_log_status(payload: dict[str, Any], received_at: datetime) -> LogStatusNotified:
    return LogStatusNotified(
        payload["status"], read_int(payload.get("requestId")), info=read_status_info(payload), raw=payload
    )


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
