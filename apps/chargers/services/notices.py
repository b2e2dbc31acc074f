"""What stations mention that needs no more than to be kept and shown."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.chargers.engine.clock import believed_instant
from apps.chargers.engine.security_events import SecurityEvent
from apps.chargers.engine.text import clip
from apps.chargers.facts import Fact
from apps.chargers.messages.events import DataTransferred, StationNoticeReported
from apps.chargers.messages.replies import DataTransferReply, Reply
from apps.chargers.services.security.alarms import announce_security_events, raise_alarms
from apps.core import live
from apps.core.db.rowsets import json_text, rows_from, run

_MAX_DETAILS_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Notice:
    """A row of ``StationNotice``; ``event_id`` only for ``kind`` ``event``, where it makes repeats harmless."""

    station_id: int
    kind: str
    title: str
    occurred_at: datetime
    received_at: datetime
    event_id: int | None = None
    details: dict[str, Any] = field(default_factory=dict)


def insert_notices(notices: Sequence[Notice]) -> None:
    """One statement; events that are stored already are passed over."""
    columns = {
        "station_id": "bigint", "kind": "text", "title": "text", "occurred_at": "timestamptz",
        "received_at": "timestamptz", "event_id": "bigint", "details": "jsonb",
    }  # fmt: skip
    rows = [
        (n.station_id, n.kind, clip(n.title, 255), n.occurred_at, n.received_at, n.event_id, _details(n.details))
        for n in notices
    ]
    if not rows:
        return
    source, parameters = rows_from("v", columns, rows)
    names = ", ".join(columns)
    run(
        f"INSERT INTO chargers_stationnotice ({names}) SELECT {names} FROM {source} WHERE true ON CONFLICT DO NOTHING",
        parameters,
    )


@transaction.atomic(savepoint=False)
def record_notices(facts: Sequence[Fact[StationNoticeReported]]) -> list[Reply]:
    """Keep firmware, log and security notices; security events are announced, and some raise an alarm."""
    insert_notices(
        [
            Notice(
                fact.station.station_id,
                fact.event.kind,
                fact.event.status,
                believed_instant(fact.event.occurred_at, fact.received_at),
                fact.received_at,
                details={"request_id": fact.event.request_id, "info": fact.event.info, "raw": fact.event.raw},
            )
            for fact in facts
        ]
    )
    security = [_security_event(fact) for fact in facts if fact.event.kind == "security"]
    announce_security_events(security)
    raise_alarms(security)
    nudge_about(facts)
    return [Reply()] * len(facts)


@transaction.atomic(savepoint=False)
def record_data_transfers(facts: Sequence[Fact[DataTransferred]]) -> list[DataTransferReply]:
    """Keep what vendors send in their own words; we speak none of their languages and say so (``event.answer``)."""
    insert_notices(
        [
            Notice(
                fact.station.station_id,
                "data_transfer",
                f"{fact.event.vendor_id} {fact.event.message_id}".strip(),
                fact.received_at,
                fact.received_at,
                details={"data": fact.event.data},
            )
            for fact in facts
        ]
    )
    nudge_about(facts)
    return [DataTransferReply(status=fact.event.answer) for fact in facts]


def _security_event(fact: Fact[StationNoticeReported]) -> SecurityEvent:
    return SecurityEvent(
        station_id=fact.station.station_id,
        type=fact.event.status,
        occurred_at=believed_instant(fact.event.occurred_at, fact.received_at),
        received_at=fact.received_at,
        info=fact.event.info,
    )


def _details(details: dict[str, Any]) -> str:
    text = json_text(details)
    if len(text) <= _MAX_DETAILS_CHARACTERS:
        return text
    return json_text({"cut": text[:_MAX_DETAILS_CHARACTERS]})


def nudge_about(facts: Sequence[Fact]) -> None:
    """After commit, refresh the open pages of the stations that spoke."""
    topics: dict[int, set[str]] = {}
    for fact in facts:
        topics.setdefault(fact.station.organisation_id, set()).add(f"station:{fact.station.station_id}")
    for organisation_id, chosen in topics.items():
        live.nudge_on_commit(organisation_id=organisation_id, topics=sorted(chosen))
