"""The figures of the day: each site's own day, and only what one may see."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apps.sessions.selectors.totals import totals_today
from tests.factories.chargers import NOON, StationFactory
from tests.factories.sessions import SessionFactory

pytestmark = pytest.mark.django_db


def test_today_is_the_day_of_the_site(harbour, rival_site, ada, otto):
    """At NOON UTC it is the 14th in Berlin since 23:00 UTC, in New York since 04:00 UTC."""
    berlin, new_york = StationFactory(site=harbour), StationFactory(site=rival_site)
    for hours in (-14, -12, -9, -1):
        at = NOON + timedelta(hours=hours)
        ended = {
            "state": "ended",
            "ended_at": at,
            "energy_wh": 1000,
            "cost_gross": Decimal("0.50"),
            "is_billable": True,
        }
        SessionFactory(station=berlin, started_at=at, **ended)
        SessionFactory(station=new_york, started_at=at, **ended)
    SessionFactory(station=berlin, started_at=NOON, energy_wh=500)
    ours, theirs = totals_today(ada, at=NOON), totals_today(otto, at=NOON)
    assert (ours.sessions, ours.running, ours.energy_wh, ours.revenue) == (4, 1, 3500, {"EUR": Decimal("1.5")})
    assert (theirs.sessions, theirs.running, theirs.energy_wh) == (1, 0, 1000)
