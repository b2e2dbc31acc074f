"""Telling stations what their running sessions cost so far: driven by rows, many at once, about once a minute each."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from apps.chargers.choices import UNSETTLED_STATES, CommandOrigin, CommandState, OcppVersion
from apps.chargers.messages.commands.tariffs import CostUpdated
from apps.chargers.services.commands import announce_commands, insert_commands
from apps.sessions.choices import HeldTariffState, SessionState
from apps.sessions.engine.price_texts import unit_prices
from apps.sessions.models import ChargingSession, SessionCost, StationTariff
from apps.sessions.services.pricing import running_costs
from apps.sessions.services.station_costs.refusals import note_refusals
from apps.sessions.services.station_costs.stations import COST, COST_16, Telling, stations_for
from apps.tariffs.engine.breakdown import Breakdown
from apps.tariffs.engine.exact import half_up
from apps.tariffs.selectors import engine_tariffs

PERIOD = timedelta(seconds=55)
"""At least so long between two looks at one session; beats of the task add up to about a minute."""
DEADLINE = timedelta(seconds=50)
BATCH = 500


def tell_running_costs(*, at: datetime, limit: int = BATCH) -> int:
    """Send the cost of running sessions where it changed since it was last told; return how many were sent.

    Those looked at longest ago come first. A station that holds the tariff itself (2.1) reckons itself and is not
    told; one whose last answer is still awaited is left alone.
    """
    return sum(_tell(telling, at, limit) for telling in (COST, COST_16))


@transaction.atomic
def _tell(telling: Telling, at: datetime, limit: int) -> int:
    sessions = _due(telling, at, limit)
    if not sessions:
        return 0
    refusing = note_refusals(s.told_cost.command_id for s in sessions if hasattr(s, "told_cost"))
    costs = running_costs(sessions, now=at)
    asked = [session for session in sessions if session.station_id not in refusing]
    news = [session for session in asked if _changed(session, costs.get(session.pk))]
    commands = insert_commands(
        [(session.station_id, _command(session, costs[session.pk], at)) for session in news],
        origin=CommandOrigin.AUTOMATION,
        state=CommandState.PENDING,
        at=at,
        deadline_at=at + DEADLINE,
    )
    told = {session.pk: command for session, command in zip(news, commands, strict=True)}
    _remember(sessions, told, costs, at)
    announce_commands([session.station_id for session in news])
    return len(news)


def _due(telling: Telling, at: datetime, limit: int) -> list[ChargingSession]:
    since = at - PERIOD
    reckons_itself = StationTariff.objects.filter(station=OuterRef("station_id"), state=HeldTariffState.HELD)
    sessions = (
        ChargingSession.objects.open()
        .filter(
            Q(told_cost=None) | Q(told_cost__checked_at=None) | Q(told_cost__checked_at__lte=since),
            ~Exists(reckons_itself),
            station__in=stations_for(telling),
            tariff_version__isnull=False,
            started_at__lte=since,
        )
        .exclude(told_cost__command__state__in=UNSETTLED_STATES)
        .select_related("site", "told_cost")
        .order_by(F("told_cost__checked_at").asc(nulls_first=True), "pk")
    )
    return list(sessions[:limit])


def _changed(session: ChargingSession, cost: Breakdown | None) -> bool:
    if cost is None:
        return False
    known = getattr(session, "told_cost", None)
    return known is None or known.told_cost != _shown(cost)


def _shown(cost: Breakdown) -> Decimal:
    return half_up(cost.gross, 2)


def _command(session: ChargingSession, cost: Breakdown, at: datetime) -> CostUpdated:
    total = str(_shown(cost))
    if session.protocol != OcppVersion.OCPP16:
        return CostUpdated(session.transaction_id, total)
    tariff = engine_tariffs([session.tariff_version_id]).get(session.tariff_version_id)
    return CostUpdated(
        session.transaction_id,
        total,
        timestamp=at.replace(microsecond=0).isoformat().replace("+00:00", "Z"),
        meter_wh=session.meter_last_wh or session.meter_start_wh or 0,
        is_idle=session.state == SessionState.IDLE,
        charging_price=unit_prices(tariff, cost) if tariff else {},
    )


def _remember(sessions: Sequence[ChargingSession], told: dict, costs: dict[int, Breakdown], at: datetime) -> None:
    silent = [SessionCost(session=session, checked_at=at) for session in sessions if session.pk not in told]
    spoken = [
        SessionCost(
            session=session,
            checked_at=at,
            told_cost=_shown(costs[session.pk]),
            told_at=at,
            command=told[session.pk],
        )
        for session in sessions
        if session.pk in told
    ]
    for rows, fields in ((silent, ["checked_at"]), (spoken, ["checked_at", "told_cost", "told_at", "command"])):
        SessionCost.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["session"], update_fields=fields
        )  # fmt: skip
