"""What sessions cost: the tariff at the start, the cost so far. Ended sessions are rated by ``services.rating``."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from apps.sessions.engine.usage import Register, usage_of
from apps.sessions.models import ChargingSession, MeterValue
from apps.tariffs.engine.breakdown import Breakdown, Line
from apps.tariffs.engine.exact import half_up
from apps.tariffs.engine.kinds import LineKind
from apps.tariffs.engine.market import NO_MARKET, Market
from apps.tariffs.engine.rating import running_cost
from apps.tariffs.engine.tariff import Tariff
from apps.tariffs.selectors import TariffQuestion, engine_markets, engine_tariffs, tariff_versions_for

if TYPE_CHECKING:
    from apps.sessions.services.changes import Change

_FREE = "Free of charge: the access rule that admitted this card asks no money."


@dataclass(frozen=True, slots=True)
class Priceable:
    """What pricing needs of a session, whatever it was read as."""

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
            evse_id=change.after.evse_id,
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
    latest = max((changes[index].fact.received_at for index in wanted), default=None)
    markets = load_markets(wanted.values(), latest) if latest else {}
    costs: list[Decimal | None] = [None] * len(changes)
    for index, session in wanted.items():
        now = session.ended_at or changes[index].fact.received_at
        breakdown = cost_of(session, tariffs, markets, curves.get(session.id, []), now)
        costs[index] = half_up(breakdown.gross, 2) if breakdown else None
    return costs


def running_cost_of(session: ChargingSession, *, now: datetime) -> Breakdown | None:
    """What ``session`` costs if it ended at ``now``, line by line, from its whole curve; ``None`` without a tariff."""
    priceable = _of_row(session)
    tariffs = engine_tariffs({session.tariff_version_id} - {None})
    return cost_of(priceable, tariffs, load_markets([priceable], now), load_curves([session.pk])[session.pk], now)


def running_costs(sessions: Iterable[ChargingSession], *, now: datetime) -> dict[int, Breakdown]:
    """The same for a list, without a query per session: the energy is taken as flowing evenly.

    ``site`` must be loaded with the sessions (``select_related``).
    """
    rows = [_of_row(session) for session in sessions]
    tariffs = engine_tariffs({row.tariff_version_id for row in rows if row.tariff_version_id})
    markets = load_markets(rows, now)
    costs = {row.id: cost_of(row, tariffs, markets, [], now) for row in rows}
    return {key: cost for key, cost in costs.items() if cost is not None}


def load_curves(session_ids: Collection[int]) -> dict[int, list[Register]]:
    """The registers read in each session; one query, none without sessions."""
    curves: dict[int, list[Register]] = defaultdict(list)
    if session_ids:
        rows = MeterValue.objects.filter(session_id__in=session_ids, energy_wh__isnull=False).exclude(energy_wh__lt=0)
        for session_id, at, energy_wh, power_w in rows.values_list("session_id", "at", "energy_wh", "power_w"):
            curves[session_id].append((at, energy_wh, power_w))
    return curves


def load_markets(sessions: Collection[Priceable], now: datetime) -> dict[int, Market]:
    """What the tariffs' markets ask while the sessions last; no query where no tariff follows one."""
    versions = {session.tariff_version_id for session in sessions if session.tariff_version_id}
    if not versions:
        return {}
    start_at = min(session.started_at for session in sessions)
    return engine_markets(versions, start_at=start_at, end_at=max(session.ended_at or now for session in sessions))


def _is_priceable(session) -> bool:
    return session.tariff_version_id is not None or session.free_of_charge


def cost_of(
    session: Priceable,
    tariffs: Mapping[int, Tariff],
    markets: Mapping[int, Market],
    registers: Sequence[Register],
    now: datetime,
) -> Breakdown | None:
    """What ``session`` costs if it ended at ``now`` (or when it did), by its tariff among ``tariffs``; ``None``
    without one. ``registers`` shape the curve."""
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
    market = markets.get(session.tariff_version_id or 0, NO_MARKET)
    return running_cost(usage, tariff, now=until, time_zone=session.time_zone, market=market)


def _free(session: Priceable, until: datetime) -> Breakdown:
    zero, energy = Decimal(0), Decimal(session.energy_wh)
    line = Line(
        LineKind.ENERGY, session.started_at, until, energy, energy, None, None, zero, zero, zero,
        "", 0, None, None, False, _FREE,
    )  # fmt: skip
    return Breakdown(session.currency, session.started_at, until, energy, (line,), (), (), zero, zero, zero)


def _of_row(session: ChargingSession) -> Priceable:
    return _priceable(session, session.pk, session.site.time_zone)


def _of_snapshot(change: "Change") -> Priceable:
    return _priceable(change.after, change.after.id, change.fact.station.site_time_zone)


def _priceable(session, key: int, time_zone: str) -> Priceable:
    return Priceable(
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
