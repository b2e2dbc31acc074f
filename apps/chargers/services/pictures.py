"""The picture of many stations at once: locked, read, and their derived status written back. Set-based."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from apps.chargers.engine.status import ConnectorFacts, StationFacts, derive_status
from apps.core import live
from apps.core.db.rowsets import fetch, instant, is_any_of, rows_from, run


@dataclass(slots=True)
class ConnectorPicture:
    """A connector as stored; services change ``status`` in place before deriving anew."""

    pk: int
    number: int
    status: str
    status_at: datetime | None
    error_code: str


@dataclass(slots=True)
class EvsePicture:
    pk: int
    wanted_operative: bool
    charging_state: str
    connectors: dict[int, ConnectorPicture] = field(default_factory=dict)


@dataclass(slots=True)
class StationPicture:
    """A station as stored, with its registry row (``is_online`` … ``clock_skew_s``) and EVSEs by number."""

    pk: int
    status: str
    registration: str
    is_retired: bool
    own_state: str
    own_state_at: datetime | None
    own_error_code: str
    site_id: int
    organisation_id: int
    was_seen: bool
    is_online: bool
    connection_id: int | None
    gateway_channel: str | None
    clock_skew_s: float | None
    evses: dict[int, EvsePicture] = field(default_factory=dict)

    def derived_status(self) -> str:
        """The status that the picture, as it is now, amounts to."""
        return derive_status(
            StationFacts(
                is_retired=self.is_retired,
                registration=self.registration,
                was_seen=self.was_seen,
                is_online=self.is_online,
                own_state=self.own_state,
                connectors=[
                    ConnectorFacts(connector.status, evse.wanted_operative, evse.charging_state)
                    for evse in self.evses.values()
                    for connector in evse.connectors.values()
                ],
            )
        )


def lock_stations(station_ids: Sequence[int]) -> None:
    """Hold the rows of the stations, in ascending order, until the transaction ends.

    ``NO KEY``: rows that merely refer to a station may be inserted meanwhile. SQLite's write lock covers all.
    """
    if connection.vendor != "postgresql":
        return
    matches, ids = is_any_of(station_ids)
    fetch(f"SELECT 1 FROM chargers_chargingstation WHERE id {matches} ORDER BY id FOR NO KEY UPDATE", [ids])


def load_pictures(station_ids: Sequence[int]) -> dict[int, StationPicture]:
    """Lock the stations and read them; by primary key. Two statements. Unknown keys are absent."""
    lock_stations(station_ids)
    matches, ids = is_any_of(station_ids)
    rows = fetch(
        "SELECT s.id, s.status, s.registration, s.retired_at, s.own_state, s.own_state_at, s.own_error_code, s.site_id,"
        " p.organisation_id, c.connected_at, c.is_online, c.connection_id, g.channel, c.clock_skew_s,"
        " e.number, e.id, e.wanted_operative, e.charging_state, k.number, k.id, k.status, k.status_at, k.error_code"
        " FROM chargers_chargingstation s JOIN sites_site p ON p.id = s.site_id"
        " LEFT JOIN chargers_stationconnection c ON c.station_id = s.id"
        " LEFT JOIN chargers_gatewayprocess g ON g.id = c.gateway_id"
        " LEFT JOIN chargers_evse e ON e.station_id = s.id LEFT JOIN chargers_connector k ON k.evse_id = e.id"
        f" WHERE s.id {matches}",
        [ids],
    )
    pictures: dict[int, StationPicture] = {}
    for row in rows:
        picture = pictures.get(row[0])
        if picture is None:
            picture = pictures[row[0]] = StationPicture(
                *row[:3], row[3] is not None, row[4], instant(row[5]), *row[6:9], row[9] is not None, bool(row[10]),
                *row[11:14],
            )  # fmt: skip
        _add_place(picture, row[14:])
    return pictures


def _add_place(picture: StationPicture, row: tuple) -> None:
    evse_number, evse_id, wanted_operative, charging_state, number, pk, status, status_at, error_code = row
    if evse_id is None:
        return
    evse = picture.evses.get(evse_number)
    if evse is None:
        evse = picture.evses[evse_number] = EvsePicture(evse_id, bool(wanted_operative), charging_state)
    if pk is not None:
        evse.connectors[number] = ConnectorPicture(pk, number, status, instant(status_at), error_code)


def store_derived_statuses(pictures: Iterable[StationPicture], at: datetime) -> list[StationPicture]:
    """Write the status of every picture whose facts now amount to another one; return those. One statement at most."""
    changed = []
    for picture in pictures:
        status = picture.derived_status()
        if status != picture.status:
            picture.status = status
            changed.append(picture)
    if changed:
        source, parameters = rows_from(
            "v", {"id": "bigint", "status": "text", "at": "timestamptz"}, [(p.pk, p.status, at) for p in changed]
        )
        run(
            "UPDATE chargers_chargingstation SET status = v.status, status_since = v.at"
            f" FROM {source} WHERE chargers_chargingstation.id = v.id",
            parameters,
        )
    return changed


def refresh_status(station_ids: Sequence[int], at: datetime) -> None:
    """Derive the stations' status anew from what is stored, and nudge the pages that show them."""
    pictures = load_pictures(station_ids)
    store_derived_statuses(pictures.values(), at)
    nudge_pages(pictures.values())


def nudge_pages(pictures: Iterable[StationPicture]) -> None:
    """After commit, tell open pages that these stations look different: one nudge per organisation."""
    topics: dict[int, set[str]] = {}
    for picture in pictures:
        chosen = topics.setdefault(picture.organisation_id, {f"organisation:{picture.organisation_id}"})
        chosen.update((f"station:{picture.pk}", f"site:{picture.site_id}"))
    for organisation_id, chosen in topics.items():
        live.nudge_on_commit(organisation_id=organisation_id, topics=sorted(chosen))
