"""What was charged today, by the calendar of each site."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import reduce
from operator import or_
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, Sum

from apps.sessions.models import ChargingSession
from apps.sites.models import Site

LONGEST_STAY = timedelta(days=7)


@dataclass(slots=True)
class Today:
    """``sessions`` began since the site's midnight and took ``energy_wh`` so far; ``revenue`` (gross, by currency) is
    of those that ended since then."""

    sessions: int = 0
    energy_wh: int = 0
    revenue: dict[str, Decimal] = field(default_factory=dict)


def today_by_site(user, sites: Iterable[Site], *, at: datetime) -> dict[int, Today]:
    """The day so far of each of ``sites``, by primary key, of sessions that ``user`` may see. Two queries."""
    sites = list(sites)
    found = {site.pk: Today() for site in sites}
    if not sites:
        return found
    midnights = midnights_of(sites, at=at)
    rows = ChargingSession.objects.visible_to(user)
    began = rows.filter(_since(midnights, "started_at")).values_list("site").annotate(Count("pk"), Sum("energy_wh"))
    for site, count, energy_wh in began.order_by():
        found[site].sessions, found[site].energy_wh = count, energy_wh or 0
    # A stay of more than a week is not looked for, so that the index by start serves this question too.
    recent = rows.filter(started_at__gte=min(midnights) - LONGEST_STAY).filter(_since(midnights, "ended_at"))
    for site, currency, revenue in recent.values_list("site", "currency").annotate(Sum("cost_gross")).order_by():
        if revenue is not None:
            found[site].revenue[currency] = revenue
    return found


def midnights_of(sites: Iterable[Site], *, at: datetime) -> dict[datetime, list[int]]:
    """When the day of ``at`` began: instant → keys of the sites whose clock says so."""
    midnights: dict[datetime, list[int]] = defaultdict(list)
    for site in sites:
        there = at.astimezone(ZoneInfo(site.time_zone))
        midnights[there.replace(hour=0, minute=0, second=0, microsecond=0)].append(site.pk)
    return dict(midnights)


def _since(midnights: dict[datetime, list[int]], name: str) -> Q:
    return reduce(or_, (Q(site__in=pks, **{f"{name}__gte": midnight}) for midnight, pks in midnights.items()))
