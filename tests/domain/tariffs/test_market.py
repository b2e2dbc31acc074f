"""Prices of a market as rows, and sessions priced by them."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from apps.core.models import AuditEntry
from apps.sessions.choices import RatingReason
from apps.sessions.services.pricing import running_cost_of
from apps.sessions.services.rating import rate_sessions
from apps.tariffs.engine.tariff import HourlyRule
from apps.tariffs.models import MarketPrice
from apps.tariffs.services.market import UnableToRecordPrices, record_market_prices
from apps.tariffs.services.tariffs import add_version
from tests.factories.chargers import NOON, StationFactory
from tests.factories.sessions import SessionFactory
from tests.factories.tariffs import tariff_at
from tests.pure.tariffs.builders import energy, tariff

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def hours(*prices, start=NOON - 2 * HOUR):
    return [(start + n * HOUR, start + (n + 1) * HOUR, Decimal(price)) for n, price in enumerate(prices)]


def record(organisation, prices, **changes):
    values = {"organisation": organisation, "series": "DE-LU", "currency": "EUR", "actor": None, "at": NOON}
    return record_market_prices(**{**values, **changes}, prices=prices)


@pytest.fixture
def session(harbour, ada):
    """20 kWh in the two hours before noon, by a tariff that follows the market."""
    plan = tariff(replace(energy("0.40"), hourly=HourlyRule("DE-LU", surcharge=Decimal("0.10"))))
    version = add_version(tariff=tariff_at(harbour).tariff, content=plan, valid_from=NOON - 9 * HOUR, actor=ada)
    return SessionFactory(
        station=StationFactory(site=harbour), tariff_version=version, state="ended", energy_wh=20_000,
        started_at=NOON - 2 * HOUR, ended_at=NOON, meter_last_at=NOON,
    )  # fmt: skip


def test_a_session_is_rated_by_the_prices_of_its_hours(session, harbour):
    record(harbour.organisation, hours("0.20", "0.40"))
    rate_sessions(session_ids=[session.pk], reason=RatingReason.ENDED, actor=None, at=NOON)
    assert session.cdrs.get().gross == 8  # 10 × 0.30 + 10 × 0.50
    assert running_cost_of(session, now=NOON).gross == 8


def test_prices_of_another_organisation_or_currency_do_not_count(session, harbour, rival_site):
    record(rival_site.organisation, hours("9", "9"))
    record(harbour.organisation, hours("9", "9"), currency="CHF")
    rate_sessions(session_ids=[session.pk], reason=RatingReason.ENDED, actor=None, at=NOON)
    assert session.cdrs.get().gross == 8  # 20 × 0.40, the price for hours that are not known
    assert [warning["code"] for warning in session.cdrs.get().breakdown["warnings"]] == ["market_unknown"]


def test_telling_prices_again_changes_nothing(harbour):
    assert record(harbour.organisation, hours("0.20", "0.40")) == 2
    assert record(harbour.organisation, hours("0.20", "0.40", "0.60")) == 1
    assert list(MarketPrice.objects.order_by("start_at").values_list("price", flat=True)) == [
        Decimal("0.2"), Decimal("0.4"), Decimal("0.6"),
    ]  # fmt: skip
    assert AuditEntry.objects.filter(action="market.prices_recorded").count() == 2


@pytest.mark.parametrize(
    "prices",
    [hours("0.30"), hours("0.20", start=NOON - 2.5 * HOUR), [(NOON, NOON, Decimal(1))], hours("0.20") + hours("0.21")],
    ids=["another price", "another hour", "no length", "two prices of one hour"],
)
def test_a_price_that_is_known_never_becomes_another(harbour, prices):
    record(harbour.organisation, hours("0.20"))
    with pytest.raises(UnableToRecordPrices):
        record(harbour.organisation, prices)
    assert MarketPrice.objects.count() == 1
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        MarketPrice.objects.update(price=9)
