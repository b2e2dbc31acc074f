"""Which tariff applies where and when, and tariffs ready for the engine."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from apps.core.db.reading import columns_of, read
from apps.core.db.rowsets import is_any_of
from apps.tariffs.engine.market import Market
from apps.tariffs.engine.market import MarketPrice as EngineMarketPrice
from apps.tariffs.engine.plans import Plan
from apps.tariffs.engine.prepared import prepare
from apps.tariffs.engine.tariff import Tariff
from apps.tariffs.engine.tariff_json import from_json
from apps.tariffs.models import MarketPrice, MembershipPlan, TariffAssignment, TariffVersion


@dataclass(frozen=True, slots=True)
class TariffQuestion:
    """Which tariff a session has that starts ``at`` this place, by a driver of that group (``None``: of none)."""

    site_id: int
    at: datetime
    area_id: int | None = None
    driver_group_id: int | None = None
    evse_id: int | None = None


@dataclass(frozen=True, slots=True)
class _Offer:
    assignment_id: int
    area_id: int | None
    driver_group_id: int | None
    evse_id: int | None
    valid_from: datetime
    valid_until: datetime | None
    version_id: int
    version_number: int
    version_from: datetime

    def fits(self, question: TariffQuestion) -> bool:
        return (
            self.area_id in (None, question.area_id)
            and self.driver_group_id in (None, question.driver_group_id)
            and self.evse_id in (None, question.evse_id)
            and self.valid_from <= question.at
            and (self.valid_until is None or question.at < self.valid_until)
            and self.version_from <= question.at
        )

    @property
    def rank(self) -> tuple:
        """Group before EVSE before area before site; then what was assigned last, in its newest version."""
        narrowness = (self.driver_group_id is not None, self.evse_id is not None, self.area_id is not None)
        return (*narrowness, self.valid_from, self.assignment_id, self.version_from, self.version_number)


def tariff_versions_for(questions: Sequence[TariffQuestion]) -> list[int | None]:
    """The key of the ``TariffVersion`` for each question, ``None`` where no tariff is assigned; one query for all."""
    if not questions:
        return []
    is_one, parameter = is_any_of({question.site_id for question in questions})
    offers: dict[int, list[_Offer]] = defaultdict(list)
    for site_id, *values in read(f"{_OFFERS_SQL} WHERE a.site_id {is_one}", [parameter], _OFFER_COLUMNS):
        offers[site_id].append(_Offer(*values))
    return [_choose(question, offers[question.site_id]) for question in questions]


def tariff_for(
    *,
    site_id: int,
    at: datetime,
    area_id: int | None = None,
    driver_group_id: int | None = None,
    evse_id: int | None = None,
) -> TariffVersion | None:
    """The version for one question."""
    (version_id,) = tariff_versions_for([TariffQuestion(site_id, at, area_id, driver_group_id, evse_id)])
    return TariffVersion.objects.select_related("tariff").filter(pk=version_id).first() if version_id else None


def engine_tariffs(version_ids: Collection[int]) -> dict[int, Tariff]:
    """The engine's tariffs by key of their version; versions never change, so those seen before cost no query."""
    wanted = set(version_ids)
    missing = [version_id for version_id in wanted if version_id not in _known]
    if missing:
        for version_id, content in TariffVersion.objects.filter(pk__in=missing).values_list("id", "content"):
            _keep(version_id, from_json(content))
    return {version_id: _known[version_id] for version_id in wanted if version_id in _known}


def engine_markets(version_ids: Collection[int], *, start_at: datetime, end_at: datetime) -> dict[int, Market]:
    """What the market of each version asks within ``[start_at, end_at)``; no query where none follows a market."""
    following = {key: tariff for key, tariff in engine_tariffs(version_ids).items() if prepare(tariff).series}
    if not following:
        return {}
    versions = TariffVersion.objects.filter(pk__in=following).select_related("tariff").defer("content")
    owners = {version.pk: (version.tariff.organisation_id, version.tariff.currency) for version in versions}
    rows = MarketPrice.objects.filter(
        organisation_id__in={organisation_id for organisation_id, _ in owners.values()},
        series__in=set().union(*(prepare(tariff).series for tariff in following.values())),
        end_at__gt=start_at,
        start_at__lt=end_at,
    )
    found: dict[tuple[int, str], list[tuple[str, EngineMarketPrice]]] = defaultdict(list)
    for row in rows:
        found[row.organisation_id, row.currency].append(
            (row.series, EngineMarketPrice(row.start_at, row.end_at, row.price))
        )
    return {key: Market.of(found[owners[key]]) for key in following}


def engine_plan(plan: MembershipPlan) -> Plan:
    """The plan as the engine takes it."""
    return Plan(plan.name, plan.currency, plan.discount_percent, Decimal(plan.free_wh))


def forget_tariffs() -> None:
    """Empty the memory of ``engine_tariffs``, for whoever exchanges the database under a running process."""
    _known.clear()


def current_versions(*, at: datetime):
    """The version of each tariff in force ``at``, newest first: a queryset of ``TariffVersion``."""
    return TariffVersion.objects.filter(valid_from__lte=at).select_related("tariff").order_by("tariff_id", "-number")


_ASSIGNMENT = ("site_id", "id", "area_id", "driver_group_id", "evse_id", "valid_from", "valid_until")
_VERSION = ("id", "number", "valid_from")
_OFFER_COLUMNS = (*((TariffAssignment, name) for name in _ASSIGNMENT), *((TariffVersion, name) for name in _VERSION))
_OFFERS_SQL = (
    f"SELECT {columns_of(TariffAssignment, _ASSIGNMENT, alias='a')}, {columns_of(TariffVersion, _VERSION, alias='v')} "
    f"FROM {TariffAssignment._meta.db_table} AS a JOIN {TariffVersion._meta.db_table} AS v ON v.tariff_id = a.tariff_id"
)
_known: dict[int, Tariff] = {}
_MOST_KNOWN = 2_000


def _keep(version_id: int, tariff: Tariff) -> None:
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    _known[version_id] = tariff


def _choose(question: TariffQuestion, offers: Sequence[_Offer]) -> int | None:
    fitting = [offer for offer in offers if offer.fits(question)]
    return max(fitting, key=lambda offer: offer.rank).version_id if fitting else None
