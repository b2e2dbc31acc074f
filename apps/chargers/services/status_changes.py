"""What a status report changes in the picture of its station, and what is announced of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from apps.chargers import events
from apps.chargers.engine.status import FAULTED
from apps.chargers.services.pictures import ConnectorPicture, StationPicture
from apps.core.outbox import Event


@dataclass(slots=True)
class StatusReport:
    """One StatusNotification, cleaned, with the picture of its station.

    ``evse`` 0 is the whole station. ``occurred_at`` is believed. ``is_current``: not older than what is stored;
    ``changes_anything``: state or error differ from before (set by ``apply``).
    """

    picture: StationPicture
    evse: int
    connector: int
    status: str
    occurred_at: datetime
    received_at: datetime
    error_code: str
    vendor_error_code: str
    vendor_id: str
    info: str
    is_current: bool = False
    changes_anything: bool = False

    def place(self) -> ConnectorPicture | None:
        """The connector as stored, once ``create_places`` has made it; ``None`` for the whole station."""
        evse = self.picture.evses.get(self.evse)
        return evse.connectors.get(self.connector) if evse else None

    def is_not_older_than_stored(self) -> bool:
        place = self.place()
        stored = self.picture.own_state_at if self.evse == 0 else place and place.status_at
        return stored is None or self.occurred_at >= stored


def apply(reports: Iterable[StatusReport]) -> list[Event]:
    """Put the reports into their pictures; return the facts to announce."""
    announcements: list[Event] = []
    for report in reports:
        picture, place = report.picture, report.place()
        if report.evse == 0:
            before, error_before = picture.own_state, picture.own_error_code
            picture.own_state, picture.own_error_code = report.status, report.error_code
            picture.own_state_at = report.occurred_at
        elif place is not None:
            before, error_before = place.status, place.error_code
            place.status, place.error_code, place.status_at = report.status, report.error_code, report.occurred_at
            if before != report.status:
                announcements.append(_connector_changed(report, place, before))
        else:
            continue
        report.changes_anything = (before, error_before) != (report.status, report.error_code)
        announcements.extend(_fault_events(report, before, error_before))
    return announcements


def _connector_changed(report: StatusReport, place: ConnectorPicture, before: str) -> Event:
    payload = _common(report) | {
        "station_id": report.picture.pk,
        "before": before,
        "after": report.status,
        "error_code": report.error_code,
    }
    return Event(events.CONNECTOR_STATUS_CHANGED, place.pk, payload)


def _fault_events(report: StatusReport, before: str, error_before: str) -> list[Event]:
    if report.status == FAULTED and (before != FAULTED or error_before != report.error_code):
        detail = {
            "error_code": report.error_code,
            "vendor_error_code": report.vendor_error_code,
            "info": report.info,
        }
        return [Event(events.STATION_FAULTED, report.picture.pk, _common(report) | detail)]
    if before == FAULTED and report.status != FAULTED:
        detail = {"error_code": error_before, "status": report.status}
        return [Event(events.STATION_FAULT_CLEARED, report.picture.pk, _common(report) | detail)]
    return []


def _common(report: StatusReport) -> dict:
    return {
        "organisation_id": report.picture.organisation_id,
        "site_id": report.picture.site_id,
        "at": report.received_at.isoformat(),
        "evse": report.evse,
        "connector": report.connector,
        "occurred_at": report.occurred_at.isoformat(),
    }
