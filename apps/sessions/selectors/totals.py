"""Figures of the day for the home page: each in the day of its own site."""

from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, Sum

from apps.sessions.choices import OPEN_STATES
from apps.sessions.models import ChargingSession
from apps.sites.models import Site


@dataclass(frozen=True, slots=True)
class DayTotals:
    """Of the sessions that began today where they took place; ``revenue`` is gross of what is priced, by currency."""

    sessions: int
    running: int
    energy_wh: int
    revenue: dict[str, Decimal]


def totals_today(user, *, at: datetime) -> DayTotals:
    """What ``user`` may see of the day that it is at each site. Two queries, whatever the number of sites."""
    zones = set(Site.objects.visible_to(user).values_list("time_zone", flat=True).distinct().order_by())
    today = Q(pk__in=[])
    for zone in zones:
        midnight = datetime.combine(at.astimezone(ZoneInfo(zone)).date(), time(0), tzinfo=ZoneInfo(zone))
        today |= Q(site__time_zone=zone, started_at__gte=midnight)
    rows = (
        ChargingSession.objects.visible_to(user)
        .filter(today)
        .values("currency")
        .annotate(
            sessions=Count("pk"),
            running=Count("pk", filter=Q(state__in=OPEN_STATES)),
            energy_wh=Sum("energy_wh"),
            revenue=Sum("cost_gross", filter=Q(is_billable=True)),
        )
        .order_by("currency")
    )
    found = list(rows)
    return DayTotals(
        sessions=sum(row["sessions"] for row in found),
        running=sum(row["running"] for row in found),
        energy_wh=sum(row["energy_wh"] or 0 for row in found),
        revenue={row["currency"]: row["revenue"] for row in found if row["revenue"]},
    )
