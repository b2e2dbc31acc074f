"""Sessions at Harbour and at Rival Park, with a tariff of 0.50 per kWh and 1.00 per session."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apps.sessions.choices import RatingReason, SessionState
from apps.sessions.services.rating import rate_sessions
from apps.tariffs.engine.kinds import ComponentKind
from apps.tariffs.engine.tariff import PriceComponent, Tariff, TariffElement
from apps.tariffs.services.tariffs import assign_tariff, create_tariff
from tests.factories.chargers import NOON, OnlineStationFactory
from tests.factories.drivers import DriverFactory, IdTokenFactory
from tests.factories.sessions import SessionFactory


@pytest.fixture
def version(voltwerk, harbour):
    prices = ((ComponentKind.ENERGY, "0.50"), (ComponentKind.FLAT, "1.00"))
    components = tuple(PriceComponent(kind, Decimal(price), vat_percent=Decimal(25)) for kind, price in prices)
    content = Tariff(id="t", version=1, currency="EUR", elements=(TariffElement(components),), tax_included=True)
    version = create_tariff(
        organisation=voltwerk, name="Standard", content=content, valid_from=NOON - timedelta(days=90), actor=None
    )
    assign_tariff(tariff=version.tariff, site=harbour, valid_from=NOON - timedelta(days=90), actor=None)
    return version


@pytest.fixture
def station(harbour):
    return OnlineStationFactory(site=harbour, identity="HB-1")


@pytest.fixture
def card(voltwerk, harbour):
    driver = DriverFactory(organisation=voltwerk, name="Dana Reed", home_site=harbour)
    return IdTokenFactory(organisation=voltwerk, driver=driver, value="04AB")


@pytest.fixture
def running(station, card, version):
    """Running since noon: 6 kWh so far, 11 kW now."""
    return SessionFactory(
        station=station, id_token=card, driver=card.driver, token_value="04AB", token_status="Accepted",
        is_billable=True, tariff_version=version, energy_wh=6_000, meter_start_wh=1_000, meter_last_wh=7_000,
        meter_start_at=NOON, meter_last_at=NOON + timedelta(minutes=30), power_w=11_000, charging_state="Charging",
    )  # fmt: skip


@pytest.fixture
def ended(station, card, version):
    """Two hours of the day before: 20 kWh, priced at 11.00."""
    start = NOON - timedelta(days=1)
    session = SessionFactory(
        station=station, id_token=card, driver=card.driver, token_value="04AB", token_status="Accepted",
        is_billable=True, tariff_version=version, state=SessionState.ENDED, energy_wh=20_000, started_at=start,
        started_reported_at=start, started_received_at=start, ended_at=start + timedelta(hours=2),
        ended_reported_at=start + timedelta(hours=2), ended_received_at=start + timedelta(hours=2),
        meter_start_wh=1_000, meter_last_wh=21_000, stopped_reason="EVDisconnected", flags=["offline"],
    )  # fmt: skip
    rate_sessions(session_ids=[session.pk], reason=RatingReason.ENDED, actor=None, at=session.ended_at)
    session.refresh_from_db()
    return session


@pytest.fixture
def rival_session(rival_site):
    return SessionFactory(station__site=rival_site, token_value="RIVAL")
