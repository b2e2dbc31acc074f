"""A network that bills: Voltwerk bills both its sites from Berlin; residents charge at Harbour in March 2026."""

from datetime import date, timedelta

import pytest

from apps.invoicing.services.runs import approve_run, start_run
from tests.factories.billing import BillingAccountFactory, CdrFactory, IssuerFactory, PeriodFactory, SiteTermsFactory
from tests.factories.chargers import NOON, StationFactory
from tests.support.billing import work_through

APRIL = NOON.replace(month=4, day=2)


@pytest.fixture
def issuer(voltwerk, harbour, linden_court):
    issuer = IssuerFactory(organisation=voltwerk, invoice_prefix="R")
    for site in (harbour, linden_court):
        SiteTermsFactory(site=site, issuer=issuer)
    return issuer


@pytest.fixture
def march(issuer):
    return PeriodFactory(issuer=issuer)


@pytest.fixture
def april(issuer):
    return PeriodFactory(issuer=issuer, start_date=date(2026, 4, 1), end_date=date(2026, 5, 1))


@pytest.fixture
def resident(voltwerk, harbour):
    def make(**values):
        return BillingAccountFactory(**{"organisation": voltwerk, "home_site": harbour} | values)

    return make


@pytest.fixture
def charged(harbour):
    """``charged(account, ended_at=…, …)``: a rated session of an hour at Harbour."""
    station = StationFactory(site=harbour, identity="CP-1")

    def make(account, *, ended_at=NOON, state="ended", hours=1, **values):
        own = {
            "session__station": station, "session__state": state, "session__ended_at": ended_at,
            "session__started_at": ended_at - timedelta(hours=hours),
        }  # fmt: skip
        return CdrFactory(account=account, **own, **values)

    return make


@pytest.fixture
def bill():
    """``bill(period)``: a run from its start to its end, approved at once."""

    def do(period, *, at=APRIL, issued_on=date(2026, 4, 2)):
        run = start_run(period=period, is_dry=False, actor=None, at=at)
        work_through(at=at)
        approve_run(run=run, issued_on=issued_on, actor=None, at=at)
        work_through(at=at)
        run.refresh_from_db()
        return run

    return do
