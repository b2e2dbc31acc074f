"""What connectors report: history, current state, the station's derived status, and who must hear of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apps.chargers.engine.clock import NOTABLE_SKEW_S, believed_instant
from apps.chargers.engine.text import clip
from apps.chargers.facts import Fact
from apps.chargers.messages.events import StatusNotified
from apps.chargers.messages.replies import Reply
from apps.chargers.services import status_changes, status_rows
from apps.chargers.services.deviations import Deviation, note_deviations
from apps.chargers.services.pictures import StationPicture, load_pictures, nudge_pages, store_derived_statuses
from apps.core import outbox
from apps.core.db.rowsets import rows_from, run

MAX_NUMBER = 1_000
"""Highest EVSE or connector number that is believed; others are kept in history only."""


@dataclass(frozen=True, slots=True)
class ChargingStateChange:
    """``charging_state`` of the open transaction at an EVSE (OCPP ChargingStateEnumType), ``""`` without one."""

    station_id: int
    evse_number: int
    charging_state: str


@transaction.atomic(savepoint=False)
def record_statuses(facts: Sequence[Fact[StatusNotified]]) -> list[Reply]:
    """Store StatusNotifications of many stations, at most one of each.

    Everything goes into history. The current state changes only where the report is not older than the stored one, by
    the charger's clock (chargers send old statuses after being offline); a clock that cannot be right is replaced by
    ours. EVSEs and connectors exist from their first mention; number 0 is the whole station. Announced and shown is
    only what changes in meaning.
    """
    if not facts:
        return []
    pictures = load_pictures([fact.station.station_id for fact in facts])
    reports = [
        _report(fact, pictures[fact.station.station_id]) for fact in facts if fact.station.station_id in pictures
    ]
    status_rows.insert_history(reports)
    status_rows.create_places(reports)
    fresh = [report for report in reports if report.is_current]
    announcements = status_changes.apply(fresh)
    status_rows.update_connectors(fresh)
    status_rows.update_stations(fresh)
    at = max(fact.received_at for fact in facts)
    changed = store_derived_statuses([report.picture for report in fresh], at)
    outbox.record_many(announcements)
    nudge_pages({p.pk: p for p in (*changed, *(r.picture for r in fresh if r.changes_anything))}.values())
    _note_departures(facts, pictures, reports)
    return [Reply()] * len(facts)


@transaction.atomic(savepoint=False)
def record_charging_states(changes: Iterable[ChargingStateChange], at: datetime) -> None:
    """Note what open transactions are doing: in 2.x a connector says no more than Occupied. Call it on change only."""
    changes = list(changes)
    if not changes:
        return
    pictures = load_pictures([change.station_id for change in changes])
    rows = []
    for change in changes:
        picture = pictures.get(change.station_id)
        evse = picture.evses.get(change.evse_number) if picture else None
        if evse and evse.charging_state != change.charging_state:
            evse.charging_state = change.charging_state
            rows.append((evse.pk, change.charging_state))
    if not rows:
        return
    source, parameters = rows_from("v", {"id": "bigint", "state": "text"}, rows)
    run(f"UPDATE chargers_evse SET charging_state = v.state FROM {source} WHERE chargers_evse.id = v.id", parameters)
    nudge_pages(store_derived_statuses(pictures.values(), at))


def _report(fact: Fact[StatusNotified], picture: StationPicture) -> status_changes.StatusReport:
    event = fact.event
    is_believed = 0 <= event.evse_id <= MAX_NUMBER and 0 <= event.connector_id <= MAX_NUMBER
    report = status_changes.StatusReport(
        picture=picture,
        evse=event.evse_id,
        connector=event.connector_id if event.evse_id == 0 else max(event.connector_id, 1),
        status=str(event.status),
        occurred_at=believed_instant(event.occurred_at, fact.received_at),
        received_at=fact.received_at,
        error_code="" if event.error_code == "NoError" else clip(event.error_code, 50),
        vendor_error_code=clip(event.vendor_error_code, 50),
        vendor_id=clip(event.vendor_id, 255),
        info=clip(event.info, 100),
    )
    report.is_current = is_believed and report.is_not_older_than_stored()
    return report


def _note_departures(facts, pictures: dict[int, StationPicture], reports) -> None:
    """Clocks that are off, numbers that cannot be, and what the adapter noticed."""
    deviations, skews = [], []
    for fact in facts:
        picture = pictures.get(fact.station.station_id)
        if picture is None:
            continue
        event, pk = fact.event, picture.pk
        deviations.extend(Deviation(pk, code, str(event.status)) for code in event.deviations)
        if max(event.evse_id, event.connector_id) > MAX_NUMBER or min(event.evse_id, event.connector_id) < 0:
            deviations.append(Deviation(pk, "status.connector_implausible", f"{event.evse_id}/{event.connector_id}"))
        if event.occurred_at is None:
            continue
        ahead_s = (event.occurred_at - fact.received_at).total_seconds()
        if believed_instant(event.occurred_at, fact.received_at) != event.occurred_at:
            deviations.append(Deviation(pk, "clock.implausible", event.occurred_at.isoformat()))
            skews.append((pk, ahead_s))
        elif ahead_s > NOTABLE_SKEW_S:
            deviations.append(Deviation(pk, "clock.ahead", event.occurred_at.isoformat()))
            skews.append((pk, ahead_s))
        elif picture.clock_skew_s is not None and abs(ahead_s) < NOTABLE_SKEW_S:
            skews.append((pk, ahead_s))
    if deviations:
        note_deviations(deviations, at=max(fact.received_at for fact in facts))
    if skews:
        status_rows.update_clock_skews(skews)
