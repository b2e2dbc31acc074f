"""Holding what drivers are allowed against what they do: sessions at once, energy in a period, credit."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apps.drivers.choices import EnergyPeriod
from apps.drivers.occupancy import OpenSession, energy_of, open_sessions_of, without_credit
from apps.drivers.services.card_lookup import StoredCard


@dataclass(frozen=True, slots=True)
class LimitQuestion:
    """A card at a place: ``evse_number`` where a session is to start there, ``None`` where nobody knows yet.

    ``transaction_id``: told in that transaction, so that any other session, at this station too, is a further one.
    """

    card: StoredCard
    station_id: int
    at: datetime
    time_zone: str
    evse_number: int | None
    is_start: bool
    transaction_id: str | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """The answer, in the words of ``engine.access.TokenFacts``; ``energy_left_wh``: what a limit leaves."""

    open_elsewhere: int = 0
    driver_sessions: int = 0
    is_charging_here: bool = False
    is_out_of_energy: bool = False
    has_no_credit: bool = False
    energy_left_wh: int | None = None


@dataclass(slots=True)
class _Known:
    by_token: dict[int, list[OpenSession]] = field(default_factory=lambda: defaultdict(list))
    by_driver: dict[int, list[OpenSession]] = field(default_factory=lambda: defaultdict(list))
    energy_wh: dict[tuple[int, datetime], int] = field(default_factory=dict)
    without_credit: frozenset[int] = frozenset()


def usages_of(questions: Iterable[LimitQuestion]) -> list[Usage]:
    """The usage behind each question, in order: a query for sessions, for each period of energy, for credit."""
    questions = list(questions)
    known = _load(questions)
    return [_usage(question, known) for question in questions]


def period_start(period: str, at: datetime, time_zone: str) -> datetime:
    """When the day, week (from Monday) or month began on the site's clock."""
    midnight = at.astimezone(ZoneInfo(time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    if period == EnergyPeriod.WEEK:
        return midnight - timedelta(days=midnight.weekday())
    return midnight.replace(day=1) if period == EnergyPeriod.MONTH else midnight


def _load(questions: list[LimitQuestion]) -> _Known:
    known = _Known()
    tokens = {question.card.pk for question in questions}
    drivers = {q.card.driver_id for q in questions if q.card.max_sessions is not None}
    for session in open_sessions_of(tokens, drivers):
        known.by_token[session.id_token_id].append(session)
        if session.driver_id is not None:
            known.by_driver[session.driver_id].append(session)
    by_start: dict[datetime, set[int]] = defaultdict(set)
    for question in questions:
        if question.card.energy_limit_wh is not None:
            by_start[_start(question)].add(question.card.driver_id)
    for since, limited in by_start.items():
        known.energy_wh |= {(driver, since): wh for driver, wh in energy_of(limited, since).items()}
    known.without_credit = without_credit({question.card.driver_id for question in questions})
    return known


def _usage(question: LimitQuestion, known: _Known) -> Usage:
    card = question.card
    own = known.by_token[card.pk]
    here = [session for session in own if _is_here(session, question)]
    of_driver = [s for s in known.by_driver[card.driver_id] if s.is_accepted and s not in here]
    used_wh = known.energy_wh.get((card.driver_id, _start(question)), 0) if card.energy_limit_wh is not None else 0
    return Usage(
        open_elsewhere=len(own) - len(here),
        driver_sessions=len(of_driver),
        is_charging_here=not question.is_start and any(session.is_accepted for session in here),
        is_out_of_energy=card.energy_limit_wh is not None and used_wh >= card.energy_limit_wh,
        has_no_credit=card.driver_id in known.without_credit,
        energy_left_wh=None if card.energy_limit_wh is None else max(card.energy_limit_wh - used_wh, 0),
    )


def _start(question: LimitQuestion) -> datetime:
    return period_start(question.card.energy_period, question.at, question.time_zone)


def _is_here(session: OpenSession, question: LimitQuestion) -> bool:
    """Whether the question may be about that very session: presenting a card also stops."""
    if session.station_id != question.station_id:
        return False
    if question.transaction_id is not None:
        return session.transaction_id == question.transaction_id
    return question.evse_number is None or session.evse_number in (None, question.evse_number)
