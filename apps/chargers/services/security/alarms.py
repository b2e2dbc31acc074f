"""Alarms: what nobody has looked at yet, once per station and type, counted. Audited when somebody has."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from apps.chargers import events
from apps.chargers.engine.security_events import SecurityEvent
from apps.chargers.engine.text import clip
from apps.chargers.models import ChargingStation, SecurityAlarm
from apps.core import live, outbox
from apps.core.audit import record_audit
from apps.core.db.rowsets import rows_from, run

_COLUMNS = {
    "station_id": "bigint", "type": "text", "first_at": "timestamptz", "last_at": "timestamptz", "count": "integer",
    "info": "text",
}  # fmt: skip


def announce_security_events(happened: Sequence[SecurityEvent]) -> None:
    """Record ``station.security_event`` for each. Two statements."""
    if not happened:
        return
    rows = ChargingStation.objects.filter(pk__in={event.station_id for event in happened})
    places = {
        pk: {"organisation_id": organisation_id, "site_id": site_id}
        for pk, organisation_id, site_id in rows.values_list("pk", "site__organisation_id", "site_id")
    }
    outbox.record_many(
        outbox.Event(
            events.STATION_SECURITY_EVENT,
            event.station_id,
            {
                **places[event.station_id],
                "at": event.received_at.isoformat(),
                "type": event.type,
                "info": event.info[:255],
                "is_critical": event.is_critical,
                "wants_attention": event.wants_attention,
                "occurred_at": event.occurred_at.isoformat(),
            },
        )
        for event in happened
        if event.station_id in places
    )


def raise_alarms(happened: Sequence[SecurityEvent]) -> None:
    """Open or count on the alarms of events that want a person's look. One statement, or none."""
    gathered: dict[tuple[int, str], SecurityEvent] = {}
    counts: dict[tuple[int, str], int] = {}
    for event in happened:
        if event.wants_attention:
            gathered[event.station_id, event.type] = event
            counts[event.station_id, event.type] = counts.get((event.station_id, event.type), 0) + event.count
    if not gathered:
        return
    rows = [
        (station_id, kind[:50], event.received_at, event.received_at, counts[station_id, kind], clip(event.info, 255))
        for (station_id, kind), event in sorted(gathered.items(), key=lambda item: item[0])
    ]
    source, parameters = rows_from("v", _COLUMNS, rows)
    names = ", ".join(_COLUMNS)
    run(
        f"INSERT INTO chargers_securityalarm ({names}) SELECT {names} FROM {source} WHERE true"
        " ON CONFLICT (station_id, type) WHERE acknowledged_at IS NULL DO UPDATE SET last_at = excluded.last_at,"
        " info = excluded.info, count = chargers_securityalarm.count + excluded.count",
        parameters,
    )


def acknowledge_alarms(*, station: ChargingStation, actor, at: datetime, address: str | None = None) -> int:
    """Say of all open alarms of ``station`` that somebody has looked; return how many. Repeatable."""
    with transaction.atomic():
        open_ones = SecurityAlarm.objects.filter(station=station, acknowledged_at=None)
        types = sorted(open_ones.values_list("type", flat=True))
        if not types:
            return 0
        done = open_ones.update(acknowledged_at=at, acknowledged_by=actor)
        record_audit(
            actor=actor,
            action="station.security_acknowledged",
            subject=station,
            organisation=station.site.organisation,
            changes={"alarms": [", ".join(types), None]},
            address=address,
        )
        live.nudge_on_commit(
            organisation_id=station.site.organisation_id,
            topics=[f"station:{station.pk}", f"organisation:{station.site.organisation_id}"],
        )
    return done
