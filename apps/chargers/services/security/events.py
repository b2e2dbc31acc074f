"""Security events that we notice ourselves, at the door."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from apps.chargers.engine.security_events import SecurityEvent
from apps.chargers.models import StationNotice
from apps.chargers.services.notices import Notice, insert_notices
from apps.chargers.services.security.alarms import announce_security_events, raise_alarms

__all__ = ["SecurityEvent", "record_security_events"]

REPEATED_WITHIN = timedelta(minutes=10)
"""A refused charger redials every few seconds: within this time its attempts are one event, counted by its alarm."""


@transaction.atomic
def record_security_events(happened: Sequence[SecurityEvent]) -> None:
    """Keep, announce and count what happened; repetitions are only counted."""
    if not happened:
        return
    latest = max(event.received_at for event in happened)
    known = set(
        StationNotice.objects.filter(
            kind="security",
            station__in={event.station_id for event in happened},
            title__in={event.type for event in happened},
            received_at__gt=latest - REPEATED_WITHIN,
        ).values_list("station_id", "title")
    )
    fresh = [event for event in happened if (event.station_id, event.type) not in known]
    insert_notices(
        [
            Notice(
                event.station_id,
                "security",
                event.type,
                event.occurred_at,
                event.received_at,
                details={"info": event.info, "noticed_by": "ChargeNet", **event.details},
            )
            for event in fresh
        ]
    )
    announce_security_events(fresh)
    raise_alarms(happened)
