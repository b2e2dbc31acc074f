"""The registry of open sockets: the newest authenticated socket of a station owns its row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from apps.chargers import events
from apps.chargers.choices import ConnectionEventKind
from apps.chargers.services.certificates.revocation import note_certificates_used
from apps.chargers.services.commands.losing import fail_sent_commands
from apps.chargers.services.connections.profile_proof import finish_profile_changes
from apps.chargers.services.pictures import (
    StationPicture,
    load_pictures,
    lock_stations,
    nudge_pages,
    store_derived_statuses,
)
from apps.core import outbox
from apps.core.db.rowsets import fetch, is_any_of, parameter, rows_from, run


@dataclass(frozen=True, slots=True)
class NewConnection:
    """A socket that was let in. ``connection_id`` is unique for all time (``core.ids.time_ordered_id``).

    ``offered_protocols`` as the client listed them, with commas. ``used_pending_password`` completes a change of
    password (``matches_pending_password``), ``reached_wanted_profile`` one of the security profile.
    """

    station_id: int
    connection_id: int
    protocol: str
    connected_at: datetime
    remote_address: str = ""
    is_tls: bool = False
    offered_protocols: str = ""
    used_pending_password: bool = False
    security_profile: int = 0
    certificate_fingerprint: str = ""
    reached_wanted_profile: bool = False


@dataclass(frozen=True, slots=True)
class SupersededConnection:
    """An older socket that no longer owns its station: close it. ``gateway_channel`` says where it is, if anywhere."""

    station_id: int
    connection_id: int
    gateway_channel: str | None


@dataclass(frozen=True, slots=True)
class ClosedConnection:
    """A socket that went. ``reason`` in a few words, for people: ``ping timeout``, ``closed by charger (1000)``."""

    station_id: int
    connection_id: int
    reason: str
    at: datetime


@transaction.atomic(savepoint=False)
def register_connections(connections: Sequence[NewConnection], *, gateway_id: UUID) -> list[SupersededConnection]:
    """Give each station to its new socket; return the older sockets, of this process and of others, to be closed.

    Commands sent on older sockets fail. A station that counted as offline is online from now on and announced so;
    one that redialled within the grace was never offline. Of several sockets of a station in one batch the last wins.
    A station that no longer exists is passed over.
    """
    newest = {new.station_id: new for new in connections}
    pictures = load_pictures(list(newest))
    chosen = [newest[pk] for pk in sorted(pictures)]
    if not chosen:
        return []
    superseded = _older_sockets(connections, newest, pictures)
    _write_registry(chosen, gateway_id)
    _write_events([(new, ConnectionEventKind.CONNECTED, _arrival(pictures[new.station_id])) for new in chosen])
    _write_stations(chosen)
    with_certificate = {new.station_id: new.certificate_fingerprint for new in chosen if new.certificate_fingerprint}
    note_certificates_used(with_certificate, at=_latest(chosen))
    finish_profile_changes([new.station_id for new in chosen if new.reached_wanted_profile], at=_latest(chosen))
    fail_sent_commands(
        station_ids=list(pictures),
        at=_latest(chosen),
        explanation="The charger reconnected before it answered.",
    )
    came_online = [new for new in chosen if not pictures[new.station_id].is_online]
    for new in chosen:
        picture = pictures[new.station_id]
        picture.was_seen = picture.is_online = True
    store_derived_statuses(pictures.values(), _latest(chosen))
    outbox.record_many(_online_event(new, pictures[new.station_id]) for new in came_online)
    nudge_pages(pictures.values())
    return superseded


def release_connection(*, station_id: int, connection_id: int, reason: str, at: datetime) -> bool:
    """As ``release_connections`` for one; return whether it owned its station."""
    return bool(release_connections([ClosedConnection(station_id, connection_id, reason, at)]))


@transaction.atomic(savepoint=False)
def release_connections(closed: Sequence[ClosedConnection]) -> list[int]:
    """Note sockets that went; return the keys of the stations that are now without one.

    Compare-and-set on the connection id: the closing of an older socket changes nothing. The station stays online
    until ``OCPP_OFFLINE_GRACE_S`` has passed (``sweep_connections``). Commands sent on the socket fail.
    """
    if not closed:
        return []
    grace = timedelta(seconds=settings.OCPP_OFFLINE_GRACE_S)
    lock_stations([c.station_id for c in closed])
    source, parameters = rows_from(
        "v",
        {"station": "bigint", "socket": "bigint", "reason": "text", "at": "timestamptz", "due": "timestamptz"},
        [(c.station_id, c.connection_id, c.reason[:120], c.at, c.at + grace) for c in closed],
    )
    rows = fetch(
        "UPDATE chargers_stationconnection SET connection_id = NULL, gateway_id = NULL, disconnected_at = v.at,"
        f" disconnect_reason = v.reason, offline_due_at = v.due FROM {source}"
        " WHERE chargers_stationconnection.station_id = v.station"
        " AND chargers_stationconnection.connection_id = v.socket RETURNING station_id",
        parameters,
    )
    released = {row[0] for row in rows}
    if not released:
        return []
    gone = [c for c in closed if c.station_id in released]
    insert_connection_events(
        [(c.station_id, c.at, ConnectionEventKind.DISCONNECTED, c.reason, "", "", "", 1) for c in gone]
    )
    fail_sent_commands(
        station_ids=sorted(released),
        at=max(c.at for c in gone),
        explanation="The connection was lost before the charger answered.",
    )
    return sorted(released)


def insert_connection_events(rows: Sequence[tuple]) -> None:
    """One statement; rows are ``(station_id, at, kind, reason, address, protocol, offered protocols, attempts)``."""
    columns = {
        "station_id": "bigint", "at": "timestamptz", "kind": "text", "reason": "text", "remote_address": "text",
        "protocol": "text", "offered_protocols": "text", "attempts": "integer",
    }  # fmt: skip
    source, parameters = rows_from("v", columns, [(*row[:3], row[3][:200], *row[4:]) for row in rows])
    names = ", ".join(columns)
    run(f"INSERT INTO chargers_connectionevent ({names}) SELECT {names} FROM {source}", parameters)


def _older_sockets(
    connections: Sequence[NewConnection], newest: dict[int, NewConnection], pictures: dict[int, StationPicture]
) -> list[SupersededConnection]:
    elsewhere = [
        SupersededConnection(pk, picture.connection_id, picture.gateway_channel)
        for pk, picture in pictures.items()
        if picture.connection_id is not None and picture.connection_id != newest[pk].connection_id
    ]
    in_this_batch = [
        SupersededConnection(new.station_id, new.connection_id, None)
        for new in connections
        if newest[new.station_id] is not new and new.station_id in pictures
    ]
    return elsewhere + in_this_batch


def _latest(connections: Sequence[NewConnection]) -> datetime:
    return max(new.connected_at for new in connections)


def _arrival(picture: StationPicture) -> str:
    if picture.connection_id is not None:
        return "redialled while the old socket was open; the newest wins"
    return "" if picture.was_seen else "first connection"


def _write_registry(connections: Sequence[NewConnection], gateway_id: UUID) -> None:
    source, parameters = rows_from(
        "v",
        {"station": "bigint", "socket": "bigint", "protocol": "text", "address": "text", "tls": "boolean",
         "profile": "integer", "certificate": "text", "at": "timestamptz"},
        [(c.station_id, c.connection_id, c.protocol, c.remote_address[:45], c.is_tls, c.security_profile,
          c.certificate_fingerprint, c.connected_at)
         for c in connections],
    )  # fmt: skip
    run(
        "INSERT INTO chargers_stationconnection (station_id, is_online, gateway_id, connection_id, protocol,"
        " remote_address, is_tls, security_profile, certificate_fingerprint, connected_at, last_seen_at,"
        " disconnect_reason, reconnects, frames_rejected)"
        " SELECT v.station, true, %s, v.socket, v.protocol, v.address, v.tls, v.profile, v.certificate, v.at, v.at,"
        " '', 0, 0"
        f" FROM {source} WHERE true ON CONFLICT (station_id) DO UPDATE SET is_online = true,"
        " gateway_id = excluded.gateway_id, connection_id = excluded.connection_id, protocol = excluded.protocol,"
        " remote_address = excluded.remote_address, is_tls = excluded.is_tls,"
        " security_profile = excluded.security_profile,"
        " certificate_fingerprint = excluded.certificate_fingerprint, connected_at = excluded.connected_at,"
        " last_seen_at = excluded.last_seen_at, offline_due_at = NULL, rtt_ms = NULL,"
        " reconnects = chargers_stationconnection.reconnects + 1",
        [parameter(gateway_id), *parameters],
    )


def _write_events(arrivals: Sequence[tuple[NewConnection, str, str]]) -> None:
    insert_connection_events(
        [
            (new.station_id, new.connected_at, kind, reason, new.remote_address[:45], new.protocol,
             new.offered_protocols[:200], 1)
            for new, kind, reason in arrivals
        ]
    )  # fmt: skip


def _write_stations(connections: Sequence[NewConnection]) -> None:
    """The version spoken last; and the new password, where the charger came with it."""
    source, parameters = rows_from(
        "v", {"id": "bigint", "protocol": "text"}, [(c.station_id, c.protocol) for c in connections]
    )
    run(
        f"UPDATE chargers_chargingstation SET protocol = v.protocol FROM {source}"
        " WHERE chargers_chargingstation.id = v.id AND chargers_chargingstation.protocol <> v.protocol",
        parameters,
    )
    proven = [c.station_id for c in connections if c.used_pending_password]
    if proven:
        matches, ids = is_any_of(proven)
        run(
            "UPDATE chargers_chargingstation SET password_hash = pending_password_hash, pending_password_hash = ''"
            f" WHERE id {matches} AND pending_password_hash <> ''",
            [ids],
        )


def _online_event(new: NewConnection, picture: StationPicture) -> outbox.Event:
    return outbox.Event(
        events.STATION_ONLINE,
        picture.pk,
        {
            "organisation_id": picture.organisation_id,
            "site_id": picture.site_id,
            "at": new.connected_at.isoformat(),
            "protocol": new.protocol,
        },
    )
