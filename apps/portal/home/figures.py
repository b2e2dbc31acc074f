"""The network in numbers, and each of its sites."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.chargers.choices import StationStatus
from apps.chargers.models import ChargingStation
from apps.chargers.selectors import NetworkCounts
from apps.portal.kit import charts
from apps.portal.kit import format as fmt
from apps.sessions.selectors.stations import Load, load_by_site
from apps.sessions.selectors.today import Today, today_by_site
from apps.sites.models import Site

_COLOURS = {"secondary": "grey", "azure": "blue", "indigo": "purple"}
_ORDER = (
    StationStatus.CHARGING, StationStatus.OCCUPIED, StationStatus.AVAILABLE, StationStatus.UNAVAILABLE,
    StationStatus.PENDING, StationStatus.FAULTED, StationStatus.OFFLINE, StationStatus.NEVER_SEEN,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SiteRow:
    """One site with its stations, load and day."""

    site: Site
    counts: NetworkCounts
    load: Load
    today: Today

    @property
    def in_trouble(self) -> int:
        return sum(self.counts.by_status.get(s, 0) for s in (StationStatus.OFFLINE, StationStatus.FAULTED))

    @property
    def energy_kwh(self) -> str:
        return fmt.kwh(self.today.energy_wh, 1)

    @property
    def power_bar(self) -> SafeString:
        return power_bar(self.load.power_w, self.site.limit_w)


@dataclass(frozen=True, slots=True)
class Network:
    """All sites together. ``limit_w``: the sum of the limits, ``None`` where a site has none."""

    sites: list[SiteRow]
    counts: NetworkCounts
    power_w: int
    limit_w: int | None
    charging: int
    energy_wh: int
    sessions: int
    revenue: Mapping[str, Decimal]

    @property
    def status_bar(self) -> SafeString:
        slices = [
            charts.Slice(status.label, count, _COLOURS.get(status.colour, status.colour))
            for status in _ORDER
            if (count := self.counts.by_status.get(status, 0))
        ]
        return charts.stacked_bar(slices, title="Stations by status")

    @property
    def limit_share(self) -> float | None:
        return self.power_w / self.limit_w if self.limit_w else None


def network_figures(user, *, at: datetime) -> Network:
    """The numbers of everything that ``user`` may see. A constant number of queries."""
    sites = list(Site.objects.visible_to(user).open().select_related("organisation").order_by("name", "pk"))
    by_site: dict[int, dict[StationStatus, int]] = defaultdict(dict)
    stations = ChargingStation.objects.visible_to(user).in_use().values_list("site", "status").annotate(Count("pk"))
    for site, status, count in stations.order_by():
        by_site[site][StationStatus(status)] = count
    loads, days = load_by_site(user), today_by_site(user, sites, at=at)
    rows = [SiteRow(s, NetworkCounts(by_site[s.pk]), loads.get(s.pk, Load()), days[s.pk]) for s in sites]
    revenue: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        for currency, amount in row.today.revenue.items():
            revenue[currency] += amount
    limits = [row.site.limit_w for row in rows]
    return Network(
        sites=rows,
        counts=_added(rows),
        power_w=sum(row.load.power_w for row in rows),
        limit_w=None if None in limits or not limits else sum(limits),
        charging=sum(row.load.sessions for row in rows),
        energy_wh=sum(row.today.energy_wh for row in rows),
        sessions=sum(row.today.sessions for row in rows),
        revenue=dict(sorted(revenue.items())),
    )


def _added(rows: list[SiteRow]) -> NetworkCounts:
    total: dict[StationStatus, int] = defaultdict(int)
    for row in rows:
        for status, count in row.counts.by_status.items():
            total[status] += count
    return NetworkCounts(dict(total))


def power_bar(power_w: int, limit_w: int | None) -> SafeString:
    """Power against the limit as a small bar; orange from 80 %, red from 95 %."""
    if not limit_w:
        return SafeString("")
    share = min(power_w / limit_w, 1)
    colour = "red" if share >= 0.95 else "orange" if share >= 0.8 else "cyan"
    words = f"{fmt.kw(power_w)} of {fmt.kw(limit_w, 0)} kW, {share:.0%}"
    return format_html(
        '<svg class="op-bar" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="{0}">'
        '<title>{0}</title><rect class="cn-track" width="100" height="8" rx="2"/>'
        '<rect class="cn-fill-{1}" width="{2}" height="8" rx="2"/></svg>',
        words, colour, round(share * 100, 1),
    )  # fmt: skip
