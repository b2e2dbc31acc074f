"""What sessions cost: the tariff at the start, the price at the end, the cost in between."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from apps.sessions.engine.usage import Register, usage_of
from apps.sessions.models import ChargingSession, MeterValue
from apps.tariffs.engine.breakdown import Breakdown, Line
from apps.tariffs.engine.breakdown_json import to_json
from apps.tariffs.engine.exact import half_up
from apps.tariffs.engine.kinds import LineKind
from apps.tariffs.engine.rating import running_cost
from apps.tariffs.engine.tariff import Tariff
from apps.tariffs.selectors import TariffQuestion, engine_tariffs, tariff_versions_for

if TYPE_CHECKING:
    from apps.sessions.services.changes import Change

STORED_PLACES = 6
MISSED_AFTER = timedelta(minutes=10)
_FREE = "Free of charge: the access rule that admitted this card asks no money."


@dataclass(frozen=True, slots=True)
class _Priceable:
    """What pricing needs of a session, whether it is a row or a snapshot."""

    id: int
    started_at: datetime
    ended_at: datetime | None
    energy_wh: int
    meter_last_at: datetime | None
    charging_states: list
    free_of_charge: bool
    tariff_version_id: int | None
    currency: str
    time_zone: str


def choose_tariffs(changes: Sequence["Change"]) -> None:
    """Give each session the tariff version in force at its start, for its driver's group; one query for all."""
    questions = [
        TariffQuestion(
            site_id=change.after.site_id,
            at=change.after.started_at,
            area_id=change.fact.station.area_id,
            driver_group_id=change.authorisation.driver_group_pk if change.authorisation else None,
        )
        for change in changes
    ]
    for change, version_id in zip(changes, tariff_versions_for(questions), strict=True):
        change.after.tariff_version_id = version_id


def costs_so_far(changes: Sequence["Change | None"]) -> list[Decimal | None]:
    """Gross cost of each session as it stands, rounded to cents; ``None`` in, or no tariff, is ``None`` out.

    Of sessions that ended the curve is read (one query), so that the charger is told what will be billed.
    """
    wanted = {
        index: _of_snapshot(change) for index, change in enumerate(changes) if change and _is_priceable(change.after)
    }
    curves = load_curves([session.id for session in wanted.values() if session.ended_at])
    tariffs = engine_tariffs({s.tariff_version_id for s in wanted.values() if s.tariff_version_id})
    costs: list[Decimal | None] = [None] * len(changes)
    for index, session in wanted.items():
        now = session.ended_at or changes[index].fact.received_at
        breakdown = _cost(session, tariffs, curves.get(session.id, []), now)
        costs[index] = half_up(breakdown.gross, 2) if breakdown else None
    return costs


def running_cost_of(session: ChargingSession, *, now: datetime) -> Breakdown | None:
    """What ``session`` costs if it ended at ``now``, line by line, from its whole curve; ``None`` without a tariff."""
    priceable = _of_row(session)
    tariffs = engine_tariffs({session.tariff_version_id} - {None})
    return _cost(priceable, tariffs, load_curves([session.pk])[session.pk], now)


def running_costs(sessions: Iterable[ChargingSession], *, now: datetime) -> dict[int, Breakdown]:
    """The same for a list, without a query per session: the energy is taken as flowing evenly.

    ``site`` must be loaded with the sessions (``select_related``).
    """
    rows = [_of_row(session) for session in sessions]
    tariffs = engine_tariffs({row.tariff_version_id for row in rows if row.tariff_version_id})
    costs = {row.id: _cost(row, tariffs, [], now) for row in rows}
    return {key: cost for key, cost in costs.items() if cost is not None}


def price_session(*, session_id: int, at: datetime) -> None:
    """Store the price of an ended session; again for the same facts gives the same. One that runs is left alone.

    Without a tariff there is no cost; ``priced_at`` tells that it was looked at.
    """
    price_sessions(session_ids=[session_id], at=at)


def price_sessions(*, session_ids: Collection[int], at: datetime) -> int:
    """As ``price_session`` for many; return how many were priced."""
    rows = ChargingSession.objects.filter(pk__in=session_ids, ended_at__isnull=False).select_related("site")
    sessions = list(rows.defer("price_breakdown"))
    curves = load_curves([session.pk for session in sessions])
    tariffs = engine_tariffs({s.tariff_version_id for s in sessions if s.tariff_version_id})
    for session in sessions:
        breakdown = _cost(_of_row(session), tariffs, curves[session.pk], session.ended_at)
        # Only if the facts are still those that were priced: a later event announces the session once more.
        unchanged = ChargingSession.objects.filter(
            pk=session.pk, ended_at=session.ended_at, energy_wh=session.energy_wh, started_at=session.started_at
        )
        unchanged.update(
            cost_net=half_up(breakdown.net, STORED_PLACES) if breakdown else None,
            cost_gross=half_up(breakdown.gross, STORED_PLACES) if breakdown else None,
            price_breakdown=to_json(breakdown) if breakdown else None,
            priced_at=at,
        )
    return len(sessions)


def price_missed_sessions(*, at: datetime, limit: int = 500) -> int:
    """Price what ended a while ago and was never priced: the event may have been lost. Return how many."""
    missed = ChargingSession.objects.filter(priced_at=None, ended_at__lt=at - MISSED_AFTER)
    keys = list(missed.order_by("ended_at").values_list("pk", flat=True)[:limit])
    return price_sessions(session_ids=keys, at=at) if keys else 0


def load_curves(session_ids: Collection[int]) -> dict[int, list[Register]]:
    """The registers read in each session; one query, none without sessions."""
    curves: dict[int, list[Register]] = defaultdict(list)
    if session_ids:
        rows = MeterValue.objects.filter(session_id__in=session_ids, energy_wh__isnull=False).exclude(energy_wh__lt=0)
        for session_id, at, energy_wh, power_w in rows.values_list("session_id", "at", "energy_wh", "power_w"):
            curves[session_id].append((at, energy_wh, power_w))
    return curves


def _is_priceable(session) -> bool:
    return session.tariff_version_id is not None or session.free_of_charge


def _cost(
    session: _Priceable, tariffs: dict[int, Tariff], registers: Sequence[Register], now: datetime
) -> Breakdown | None:
    until = max(now, session.started_at)
    if session.free_of_charge:
        return _free(session, session.ended_at or until)
    tariff = tariffs.get(session.tariff_version_id or 0)
    if tariff is None:
        return None
    usage = usage_of(
        started_at=session.started_at,
        ended_at=session.ended_at,
        energy_wh=session.energy_wh,
        counted_until=session.meter_last_at,
        charging_states=session.charging_states,
        registers=registers,
        known_until=until,
    )
    return running_cost(usage, tariff, now=until, time_zone=session.time_zone)


def _free(session: _Priceable, until: datetime) -> Breakdown:
    zero, energy = Decimal(0), Decimal(session.energy_wh)
    line = Line(
        LineKind.ENERGY, session.started_at, until, energy, energy, None, None, zero, zero, zero,
        "", 0, None, None, False, _FREE,
    )  # fmt: skip
    return Breakdown(session.currency, session.started_at, until, energy, (line,), (), (), zero, zero, zero)


def _of_row(session: ChargingSession) -> _Priceable:
    return _priceable(session, session.pk, session.site.time_zone)


def _of_snapshot(change: "Change") -> _Priceable:
    return _priceable(change.after, change.after.id, change.fact.station.site_time_zone)


def _priceable(session, key: int, time_zone: str) -> _Priceable:
    return _Priceable(
        id=key,
        started_at=session.started_at.astimezone(UTC),
        ended_at=session.ended_at,
        energy_wh=session.energy_wh,
        meter_last_at=session.meter_last_at,
        charging_states=session.charging_states,
        free_of_charge=session.free_of_charge,
        tariff_version_id=session.tariff_version_id,
        currency=session.currency,
        time_zone=time_zone,
    )
