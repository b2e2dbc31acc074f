"""The sheet of prices: what applies, what the station holds, what it is told; sending, reading and clearing."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.chargers.models import StationCommand, WebPayment
from apps.sessions.models import SessionCost, StationPricing, StationTariff
from tests.factories.chargers import OnlineStationFactory
from tests.factories.sessions import SessionFactory
from tests.factories.tariffs import tariff_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, ada):
    client.force_login(ada)
    return client


@pytest.fixture
def station(harbour):
    return OnlineStationFactory(site=harbour, protocol="ocpp2.1")


def url(station, name=""):
    return reverse(f"portal:station-prices{name}", args=[station.pk])


def test_an_empty_sheet_says_the_next_step(page, station):
    text = page.get(url(station)).content.decode()
    assert "No tariff applies here now" in text
    assert "“Send the price” gives it the one in force." in text


def test_the_sheet_shows_price_holdings_refusals_and_payments(page, station):
    version = tariff_at(station.site, name="Day and night", per_kwh="0.50")
    StationTariff.objects.create(station=station, tariff_id="x", tariff_version=version, state="held")
    StationPricing.objects.create(station=station, refused={"CostUpdated": "NotSupported"})
    evse = station.evses.order_by("number").first()
    WebPayment.objects.create(station=station, evse_number=evse.number, timeout_s=120, received_at=timezone.now())
    text = page.get(url(station)).content.decode()
    assert "Energy costs 0.5 EUR per kWh." in text
    assert "In the station" in text
    assert "It does not know CostUpdated (NotSupported)" in text
    assert "it waits 120 s for the payment" in text


@pytest.mark.parametrize(
    ("name", "command"), [("-push", "SetDefaultTariff"), ("-read", "GetTariffs"), ("-clear", "ClearTariffs")]
)
def test_each_button_asks_the_station(page, station, name, command):
    tariff_at(station.site)
    assert page.get(url(station, name)).status_code == 200
    assert page.post(url(station, name), {"deadline": "60"}).status_code == 302
    assert list(StationCommand.objects.filter(station=station).values_list("name", flat=True)) == [command]


def test_the_switch_is_kept(page, station):
    assert page.post(url(station, "-telling"), {"telling": "never"}).status_code == 302
    assert StationPricing.objects.get(station=station).telling == "never"


def test_an_older_station_says_why_not(page, harbour):
    older = OnlineStationFactory(site=harbour, protocol="ocpp2.0.1")
    text = page.get(url(older)).content.decode()
    assert "Only chargers with OCPP 2.1 hold tariffs." in text


def test_a_session_says_what_the_charger_was_told_and_worked_out(page, station):
    session = SessionFactory(station=station, site=station.site, currency="EUR")
    SessionCost.objects.create(
        session=session, told_cost=Decimal("2.40"), told_at=timezone.now(), station_cost=Decimal("2.50"), differs=True
    )
    text = page.get(reverse("portal:session", args=[session.pk])).content.decode()
    assert "The charger was told" in text
    assert "The charger itself works out" in text
    assert "which differs" in text
