"""The rows that status reports leave behind: one statement per table, however many reports."""

from collections.abc import Iterable, Sequence

from apps.chargers.services.pictures import ConnectorPicture, EvsePicture
from apps.chargers.services.status_changes import StatusReport
from apps.core.db.rowsets import fetch, rows_from, run

_MAX_INTEGER = 2**31 - 1


def insert_history(reports: Sequence[StatusReport]) -> None:
    """A ``ConnectorStatusEvent`` for every report."""
    columns = {
        "station_id": "bigint", "evse_number": "integer", "connector_number": "integer", "status": "text",
        "occurred_at": "timestamptz", "received_at": "timestamptz", "error_code": "text", "vendor_error_code": "text",
        "vendor_id": "text", "info": "text",
    }  # fmt: skip
    rows = [
        (r.picture.pk, _bounded(r.evse), _bounded(r.connector), r.status, r.occurred_at, r.received_at, r.error_code,
         r.vendor_error_code, r.vendor_id, r.info)
        for r in reports
    ]  # fmt: skip
    if not rows:
        return
    source, parameters = rows_from("v", columns, rows)
    names = ", ".join(columns)
    run(f"INSERT INTO chargers_connectorstatusevent ({names}) SELECT {names} FROM {source}", parameters)


def create_places(reports: Iterable[StatusReport]) -> None:
    """Make the EVSEs and connectors that are mentioned for the first time, in rows and pictures."""
    fresh = [r for r in reports if r.is_current and r.evse > 0 and r.place() is None]
    without_evse = [r for r in fresh if r.evse not in r.picture.evses]
    if without_evse:
        source, parameters = rows_from(
            "v", {"station": "bigint", "number": "integer"}, [(r.picture.pk, r.evse) for r in without_evse]
        )
        made = fetch(
            "INSERT INTO chargers_evse (station_id, number, is_dc, phases, wanted_operative, charging_state)"
            f" SELECT v.station, v.number, false, 3, true, '' FROM {source} WHERE true"
            " ON CONFLICT (station_id, number) DO UPDATE SET number = excluded.number"
            " RETURNING id, station_id, number",
            parameters,
        )
        pictures = {r.picture.pk: r.picture for r in without_evse}
        for pk, station_id, number in made:
            pictures[station_id].evses[number] = EvsePicture(pk, True, "")
    if fresh:
        _create_connectors(fresh)


def _create_connectors(reports: Sequence[StatusReport]) -> None:
    evses = {r.picture.evses[r.evse].pk: r.picture.evses[r.evse] for r in reports}
    source, parameters = rows_from(
        "v", {"evse": "bigint", "number": "integer"}, [(r.picture.evses[r.evse].pk, r.connector) for r in reports]
    )
    made = fetch(
        "INSERT INTO chargers_connector (evse_id, number, type, status, error_code, vendor_error_code, info)"
        f" SELECT v.evse, v.number, '', '', '', '', '' FROM {source} WHERE true"
        " ON CONFLICT (evse_id, number) DO UPDATE SET number = excluded.number RETURNING id, evse_id, number",
        parameters,
    )
    for pk, evse_id, number in made:
        evses[evse_id].connectors[number] = ConnectorPicture(pk, number, "", None, "")


def update_connectors(reports: Iterable[StatusReport]) -> None:
    """The current state of the connectors; the caller holds their stations' rows."""
    rows = [
        (place.pk, r.status, r.occurred_at, r.received_at, r.error_code, r.vendor_error_code, r.info)
        for r in reports
        if (place := r.place()) is not None
    ]
    if not rows:
        return
    source, parameters = rows_from(
        "v",
        {"id": "bigint", "status": "text", "at": "timestamptz", "received": "timestamptz", "error": "text",
         "vendor_error": "text", "info": "text"},
        rows,
    )  # fmt: skip
    run(
        "UPDATE chargers_connector SET status = v.status, status_at = v.at, status_received_at = v.received,"
        f" error_code = v.error, vendor_error_code = v.vendor_error, info = v.info FROM {source}"
        " WHERE chargers_connector.id = v.id",
        parameters,
    )


def update_stations(reports: Iterable[StatusReport]) -> None:
    """What stations report of themselves as a whole."""
    rows = [(r.picture.pk, r.status, r.occurred_at, r.error_code) for r in reports if r.evse == 0]
    if not rows:
        return
    source, parameters = rows_from("v", {"id": "bigint", "state": "text", "at": "timestamptz", "error": "text"}, rows)
    run(
        "UPDATE chargers_chargingstation SET own_state = v.state, own_state_at = v.at, own_error_code = v.error"
        f" FROM {source} WHERE chargers_chargingstation.id = v.id",
        parameters,
    )


def update_clock_skews(skews: Sequence[tuple[int, float]]) -> None:
    """``(station key, charger's clock minus ours in seconds)``."""
    source, parameters = rows_from("v", {"id": "bigint", "skew": "double precision"}, skews)
    run(
        f"UPDATE chargers_stationconnection SET clock_skew_s = v.skew FROM {source}"
        " WHERE chargers_stationconnection.station_id = v.id",
        parameters,
    )


def _bounded(number: int) -> int:
    return min(max(number, 0), _MAX_INTEGER)
