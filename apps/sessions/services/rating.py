"""Rating ended sessions: charge detail records in versions, and their quick copy on the session.

Sessions of a call are locked in the order of their keys, as ingest does it: of two raters the second finds what the
first wrote and writes nothing. Whatever a session's state: one that needs review is rated, and billing holds it back.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

import structlog
from django.db import transaction

from apps.core import live, outbox
from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.sessions.choices import RatingReason, SessionFlag
from apps.sessions.events import rated_event
from apps.sessions.models import ChargeDetailRecord, ChargingSession
from apps.sessions.services.pricing import cost_of, load_curves, load_markets
from apps.sessions.services.rows import insert_rows, update_rows
from apps.tariffs.engine.breakdown import Breakdown
from apps.tariffs.engine.breakdown_json import to_json
from apps.tariffs.engine.exact import half_up
from apps.tariffs.engine.zones import zone_of
from apps.tariffs.selectors import engine_tariffs

log = structlog.get_logger(__name__)

STORED_PLACES = 6
AT_ONCE = 500
MISSED_AFTER = timedelta(minutes=10)


@dataclass(slots=True)
class Rating:
    """What a call did. ``written``: the keys of new versions by session; ``refused``: why a session has no price."""

    written: dict[int, int] = field(default_factory=dict)
    refused: dict[int, DomainError] = field(default_factory=dict)


class _Facts(NamedTuple):
    """What is rated: what ``pricing.cost_of`` asks for, who and where, and the copy on the session."""

    id: int
    started_at: datetime
    ended_at: datetime
    energy_wh: int
    meter_last_at: datetime | None
    charging_states: list
    free_of_charge: bool
    tariff_version_id: int | None
    currency: str
    time_zone: str
    site_id: int
    organisation_id: int
    driver_id: int | None
    vehicle_id: int | None
    vehicle_account_id: int | None
    driver_account_id: int | None
    flags: list
    cost_gross: Decimal | None
    priced_at: datetime | None


_COLUMNS = (
    "id", "started_at", "ended_at", "energy_wh", "meter_last_at", "charging_states", "free_of_charge",
    "tariff_version_id", "currency", "site__time_zone", "site_id", "site__organisation_id", "driver_id",
    "id_token__vehicle_id", "id_token__vehicle__account_id", "driver__account_id", "flags", "cost_gross", "priced_at",
)  # fmt: skip


class _Record(NamedTuple):
    """What a version of a charge detail record states."""

    session_id: int
    version: int
    site_id: int
    account_id: int | None
    driver_id: int | None
    vehicle_id: int | None
    tariff_version_id: int | None
    started_at: datetime
    ended_at: datetime
    end_date: date
    energy_wh: int
    currency: str
    net: Decimal
    tax: Decimal
    gross: Decimal

    def states_the_same_as(self, other: "_Record") -> bool:
        """Driver and vehicle are told, not rated: that a driver was forgotten makes no new version."""
        told = {"version": 0, "driver_id": None, "vehicle_id": None}
        return self._replace(**told) == other._replace(**told)


class _Priced(NamedTuple):
    record: _Record
    breakdown: Breakdown

    def is_new(self, before: _Record | None) -> bool:
        return before is None or not self.record.states_the_same_as(before)


_WRITTEN = (*_Record._fields, "is_current", "reason", "breakdown", "created_at")


def rate_sessions(*, session_ids: Collection[int], reason: RatingReason, actor, at: datetime) -> Rating:
    """Write a new version of the record of each ended session whose facts, tariff, payer or amounts are others.

    The payer is the account of the card's vehicle, else the driver's. Once known it stays, unless a person asks
    (``BY_HAND``): a card that changes hands does not take past charging along. Without a tariff, and not free of
    charge, there is no record. What cannot be priced is flagged. Repeating a call changes nothing; sessions that run
    are left alone.
    """
    keys = sorted(set(session_ids))
    rating = Rating()
    for first in range(0, len(keys), AT_ONCE):
        with transaction.atomic():
            _rate(keys[first : first + AT_ONCE], reason, actor, at, rating)
    return rating


def rate_missed_sessions(*, at: datetime, limit: int = AT_ONCE) -> int:
    """Rate what ended a while ago and was never rated: the event may have been lost. Return how many were found."""
    missed = ChargingSession.objects.filter(priced_at=None, ended_at__lt=at - MISSED_AFTER)
    keys = list(missed.order_by("ended_at").values_list("pk", flat=True)[:limit])
    rate_sessions(session_ids=keys, reason=RatingReason.ENDED, actor=None, at=at)
    return len(keys)


def _rate(keys: Sequence[int], reason: RatingReason, actor, at: datetime, rating: Rating) -> None:
    sessions = _lock(keys)
    present = _present(keys)
    priced = _price(sessions, present, reason, at, rating)
    new = [one for one in priced if one.is_new(present.get(one.record.session_id))]
    _write(new, present, reason, at, rating)
    _copy(sessions, priced, {one.record.session_id for one in new}, at, rating)
    _announce(new, {session.id: session for session in sessions}, actor, rating)


def _lock(keys: Sequence[int]) -> list[_Facts]:
    """The ended sessions among ``keys``, locked in their order, then read as they are."""
    ended = ChargingSession.objects.filter(pk__in=keys, ended_at__isnull=False)
    locked = list(ended.select_for_update().order_by("pk").values_list("pk", flat=True))
    return [_Facts(*row) for row in ended.filter(pk__in=locked).order_by("pk").values_list(*_COLUMNS)]


def _present(keys: Sequence[int]) -> dict[int, _Record]:
    current = ChargeDetailRecord.objects.current().filter(session_id__in=keys)
    return {row[0]: _Record(*row) for row in current.values_list(*_Record._fields)}


def _price(
    sessions: Sequence[_Facts], present: Mapping[int, _Record], reason: RatingReason, at: datetime, rating: Rating
) -> list[_Priced]:
    """Sessions that have a price; what is refused is noted in ``rating``."""
    curves = load_curves([session.id for session in sessions])
    tariffs = engine_tariffs({s.tariff_version_id for s in sessions if s.tariff_version_id})
    markets = load_markets(sessions, at)
    priced = []
    for session in sessions:
        try:
            breakdown = cost_of(session, tariffs, markets, curves.get(session.id, ()), session.ended_at)
            if breakdown is not None:
                before = present.get(session.id)
                priced.append(_Priced(_record(session, breakdown, before, reason), breakdown))
        except DomainError as error:
            log.warning("session.not_rated", session_id=session.id, code=error.code, reason=error.message)
            rating.refused[session.id] = error
    return priced


def _record(session: _Facts, breakdown: Breakdown, before: _Record | None, reason: RatingReason) -> _Record:
    net, gross = half_up(breakdown.net, STORED_PLACES), half_up(breakdown.gross, STORED_PLACES)
    account_id = session.vehicle_account_id or session.driver_account_id
    if before is not None and before.account_id is not None and reason != RatingReason.BY_HAND:
        account_id = before.account_id
    return _Record(
        session_id=session.id,
        version=before.version + 1 if before else 1,
        site_id=session.site_id,
        account_id=account_id,
        driver_id=session.driver_id,
        vehicle_id=session.vehicle_id,
        tariff_version_id=session.tariff_version_id,
        started_at=session.started_at,
        ended_at=session.ended_at,
        end_date=session.ended_at.astimezone(zone_of(session.time_zone)).date(),
        energy_wh=session.energy_wh,
        currency=breakdown.currency,
        net=net,
        tax=gross - net,
        gross=gross,
    )


def _write(
    new: Sequence[_Priced], present: Mapping[int, _Record], reason: RatingReason, at: datetime, rating: Rating
) -> None:
    """The new versions; what was current before no longer is."""
    outdated = [one.record.session_id for one in new if one.record.session_id in present]
    if outdated:
        ChargeDetailRecord.objects.current().filter(session_id__in=outdated).update(is_current=False)
    rows = []
    for one in new:
        is_changed = one.record.session_id in present and reason == RatingReason.ENDED
        rows.append((*one.record, True, RatingReason.FACTS if is_changed else reason, to_json(one.breakdown), at))
    rating.written.update(insert_rows(ChargeDetailRecord, _WRITTEN, rows, returning=("session_id", "id")))


def _copy(
    sessions: Sequence[_Facts], priced: Sequence[_Priced], new: Collection[int], at: datetime, rating: Rating
) -> None:
    """Keep cost and breakdown with the sessions too, where lists and pages read them."""
    costs = {one.record.session_id: one for one in priced}
    copies, refusals = [], []
    for session in sessions:
        flags = [flag for flag in session.flags if flag != SessionFlag.UNPRICED]
        if session.id in rating.refused:
            refusals.append((session.id, at, [*flags, SessionFlag.UNPRICED.value]))
            continue
        one = costs.get(session.id)
        cost = (one.record.net, one.record.gross, to_json(one.breakdown)) if one else (None, None, None)
        if session.id in new or session.priced_at is None or (flags, cost[1]) != (session.flags, session.cost_gross):
            copies.append((session.id, at, flags, *cost))
    update_rows(ChargingSession, ("id", "priced_at", "flags"), refusals)
    update_rows(ChargingSession, ("id", "priced_at", "flags", "cost_net", "cost_gross", "price_breakdown"), copies)


def _announce(new: Sequence[_Priced], sessions: Mapping[int, _Facts], actor, rating: Rating) -> None:
    """Tell who bills, note what a person did, and have open pages drawn anew."""
    outbox.record_many(
        rated_event(
            cdr_id=rating.written[record.session_id],
            session_id=record.session_id,
            version=record.version,
            site_id=record.site_id,
            account_id=record.account_id,
        )
        for record, _ in new
    )
    if actor is not None:
        _note(new, sessions, actor)
    for session_id in (*(record.session_id for record, _ in new), *(rating.refused.keys() & sessions.keys())):
        session = sessions[session_id]
        topics = [f"session:{session.id}", f"site:{session.site_id}"]
        live.nudge_on_commit(organisation_id=session.organisation_id, topics=topics)


def _note(new: Sequence[_Priced], sessions: Mapping[int, _Facts], actor) -> None:
    costs = {record.session_id: record.gross for record, _ in new}
    rows = ChargingSession.objects.filter(pk__in=costs).select_related("station", "site__organisation")
    for row in rows.defer("price_breakdown"):
        record_audit(
            actor=actor,
            action="session.repriced",
            subject=row,
            organisation=row.site.organisation,
            changes={"cost_gross": [sessions[row.pk].cost_gross, costs[row.pk]]},
        )
