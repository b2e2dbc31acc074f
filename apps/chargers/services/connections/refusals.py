"""Chargers that were turned away: enrolled ones get a line of history, others wait to be adopted."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from apps.accounts.models import Organisation
from apps.chargers.choices import IDENTITY_TAKEN, ConnectionEventKind
from apps.chargers.models import ChargingStation, UnknownStation
from apps.chargers.services.connections.registry import insert_connection_events
from apps.chargers.services.security.events import SecurityEvent, record_security_events
from apps.core import live
from apps.core.db.rowsets import rows_from, run

MAX_UNKNOWN = 5_000
"""How many strangers are remembered; beyond, the ones heard of longest ago are forgotten."""

_COLUMNS = {
    "organisation_id": "bigint", "identity": "text", "path": "text", "first_seen_at": "timestamptz",
    "last_seen_at": "timestamptz", "attempts": "integer", "remote_address": "text", "offered_protocols": "text",
    "is_tls": "boolean", "offered_password": "boolean", "user_agent": "text", "reason": "text", "boot": "jsonb",
}  # fmt: skip


class RefusalKind(StrEnum):
    """Which refusals are events of security, and of what type."""

    OTHER = ""
    DOWNGRADE = "DowngradeRefused"
    CERTIFICATE = "CertificateRefused"
    PASSWORD = "PasswordRefused"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One attempt that was turned away; ``reason`` is a sentence for people, ``organisation_slug`` from the path."""

    identity: str
    at: datetime
    reason: str
    organisation_slug: str = ""
    path: str = ""
    remote_address: str = ""
    offered_protocols: str = ""
    is_tls: bool = False
    offered_password: bool = False
    user_agent: str = ""
    kind: RefusalKind = RefusalKind.OTHER


@transaction.atomic
def record_refusals(refusals: Sequence[Refusal]) -> None:
    """Write what was turned away: one row per charger and call, with the number of attempts it stands for.

    A refused charger redials every few seconds, so the caller gathers refusals and calls every five seconds or so.
    An attempt shows at the station enrolled under its identity, unless its path names another organisation: then it is
    a stranger there, whose identity is taken, and the station's own organisation hears nothing of it. Strangers belong
    to the organisation that their path names, or to the only one there is, or to nobody.
    """
    if not refusals:
        return
    organisations = dict(Organisation.objects.order_by("pk").values_list("slug", "pk"))
    only = next(iter(organisations.values())) if len(organisations) == 1 else None
    enrolled = _enrolled({refusal.identity[:120] for refusal in refusals})
    known: dict[int, list[Refusal]] = defaultdict(list)
    strangers: dict[tuple[int | None, str], list[Refusal]] = defaultdict(list)
    for refusal in refusals:
        identity = refusal.identity[:120]
        named = organisations.get(refusal.organisation_slug)
        station_id, owner_id = enrolled.get(identity, (None, None))
        if station_id is None:
            strangers[named or only, identity].append(refusal)
        elif named in (None, owner_id):
            known[station_id].append(refusal)
        else:
            strangers[named, identity].append(replace(refusal, reason=IDENTITY_TAKEN))
    if known:
        insert_connection_events(
            [
                (pk, last.at, ConnectionEventKind.REFUSED, last.reason, last.remote_address[:45], "",
                 last.offered_protocols[:200], len(attempts))
                for pk, attempts in known.items()
                for last in attempts[-1:]
            ]
        )  # fmt: skip
        record_security_events(_security_events(known))
    if strangers:
        _remember_strangers(strangers)


def _security_events(known: Mapping[int, Sequence[Refusal]]) -> list[SecurityEvent]:
    """One per station and kind: what was tried against it."""
    gathered: dict[tuple[int, RefusalKind], list[Refusal]] = defaultdict(list)
    for station_id, refusals in known.items():
        for refusal in refusals:
            if refusal.kind:
                gathered[station_id, refusal.kind].append(refusal)
    return [
        SecurityEvent(
            station_id=station_id,
            type=kind.value,
            occurred_at=attempts[-1].at,
            received_at=attempts[-1].at,
            info=attempts[-1].reason,
            count=len(attempts),
            details={"address": attempts[-1].remote_address, "attempts": len(attempts)},
        )
        for (station_id, kind), attempts in gathered.items()
    ]


def _enrolled(identities: Iterable[str]) -> dict[str, tuple[int, int]]:
    """``{identity: (station, its organisation)}``; PostgreSQL cannot be asked for NUL."""
    rows = ChargingStation.objects.filter(identity__in=[identity for identity in identities if "\x00" not in identity])
    return {identity: (pk, owner) for identity, pk, owner in rows.values_list("identity", "pk", "site__organisation")}


def _remember_strangers(strangers: Mapping[tuple[int | None, str], list[Refusal]]) -> None:
    rows = [_stranger(attempts, organisation_id) for (organisation_id, _), attempts in strangers.items()]
    _upsert([row for row in rows if row[0] is not None], "(organisation_id, identity)")
    _upsert([row for row in rows if row[0] is None], "(identity) WHERE organisation_id IS NULL")
    _forget_oldest()
    for organisation_id in {row[0] for row in rows} - {None}:
        live.nudge_on_commit(organisation_id=organisation_id, topics=[f"organisation:{organisation_id}"])


def _stranger(attempts: list[Refusal], organisation_id: int | None) -> tuple:
    first, last = attempts[0], attempts[-1]
    return (
        organisation_id, last.identity[:120], last.path[:300], first.at, last.at, len(attempts),
        last.remote_address[:45], last.offered_protocols[:200], last.is_tls, last.offered_password,
        last.user_agent[:200], last.reason[:200], "{}",
    )  # fmt: skip


def _upsert(rows: Iterable[tuple], conflict: str) -> None:
    rows = sorted(rows, key=lambda row: (row[1], row[0] or 0))
    if not rows:
        return
    source, parameters = rows_from("v", _COLUMNS, rows)
    names = ", ".join(_COLUMNS)
    kept = {"organisation_id", "identity", "first_seen_at", "attempts", "boot"}
    updates = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name not in kept)
    run(
        f"INSERT INTO chargers_unknownstation ({names}) SELECT {names} FROM {source} WHERE true"
        f" ON CONFLICT {conflict} DO UPDATE SET {updates}, adopted_at = NULL,"
        " attempts = chargers_unknownstation.attempts + excluded.attempts",
        parameters,
    )


def _forget_oldest() -> None:
    surplus = UnknownStation.objects.count() - MAX_UNKNOWN
    if surplus > 0:
        oldest = UnknownStation.objects.order_by("last_seen_at", "pk").values("pk")[:surplus]
        UnknownStation.objects.filter(pk__in=list(oldest.values_list("pk", flat=True))).delete()
