"""An open page follows the charger: energy and cost rise within a second of each meter value, without a reload."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client
from playwright.async_api import async_playwright, expect

from apps.accounts.policy import Role
from apps.sessions.models import ChargingSession
from apps.tariffs.engine.kinds import ComponentKind
from apps.tariffs.engine.tariff import PriceComponent, Tariff, TariffElement
from apps.tariffs.services.tariffs import assign_tariff, create_tariff
from tests.e2e.network import CARD, Network
from tests.factories.places import MembershipFactory, UserFactory
from tests.support.waiting import eventually

pytestmark = [pytest.mark.browser, pytest.mark.server]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WITHIN_MS = 10_000  # the slow poll, every 30 s, would be too late: the nudge must have come
START_WH = 10_000


@pytest.fixture
def network(common_server, real_database_allowed) -> Network:
    return Network.found(common_server)


@pytest.fixture
def station(network):
    """A station at a site that charges 0.40 per kWh."""

    def assign() -> None:
        price = PriceComponent(ComponentKind.ENERGY, Decimal("0.40"))
        content = Tariff(id="t", version=1, currency="EUR", elements=(TariffElement((price,)),))
        since = datetime.now(UTC) - timedelta(days=1)
        organisation = network.site.organisation
        version = create_tariff(organisation=organisation, name="T", content=content, valid_from=since, actor=None)
        assign_tariff(tariff=version.tariff, site=network.site, valid_from=since, actor=None)

    network.database.do(assign)
    return network.enrol()


def sign_in(network: Network, user) -> dict:
    """The cookie of a session of ``user``."""

    def log_in() -> str:
        client = Client()
        client.force_login(user)
        return client.cookies[settings.SESSION_COOKIE_NAME].value

    value = network.database.do(log_in)
    return {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": network.server.url}


def driver_user(network: Network):
    """A person who signs in as the driver of the card."""

    def link():
        user = UserFactory(name="Rita", email=f"rita-{network.site.pk}@example.com")
        MembershipFactory(user=user, organisation=network.site.organisation, role=Role.DRIVER)
        network.site.organisation.drivers.update(user=user, home_site=network.site)
        return user

    return network.database.do(link)


@pytest.fixture
async def open_page(network):
    """``open_page(user, path, width)``; what the browser complains of fails the test at its end."""
    complaints = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)

        async def open_page(user, path: str, width: int = 1440):
            context = await browser.new_context(viewport={"width": width, "height": 900})
            await context.add_cookies([sign_in(network, user)])
            page = await context.new_page()
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
            await page.goto(f"{network.server.url}{path}")
            await expect(page.locator("#live-indicator")).to_have_attribute("data-state", "live")
            await page.evaluate("window.wasNotReloaded = true")
            return page

        yield open_page
        await browser.close()
    assert complaints == []


@pytest.fixture(params=["1.6", "2.0.1"])
async def charger(request, network, station):
    """A charger with a running transaction of ``CARD``."""
    async with network.dial(station, version=request.param) as charger:
        await charger.boot()
        await charger.plug_in()
        await charger.authorise(CARD)
        await charger.start(token=CARD, meter_start_wh=START_WH)
        yield charger


async def session_of(network, station) -> ChargingSession:
    """The one session of the station, as soon as it is stored."""
    rows = ChargingSession.objects.filter(station=station)
    return (await eventually(lambda: network.rows(rows), what="the session"))[0]


async def expect_figures(page, energy: str, cost: str) -> None:
    await expect(page.locator("[data-figure=energy]")).to_have_text(f"{energy}\u00a0kWh", timeout=WITHIN_MS)
    await expect(page.locator("[data-figure=cost]")).to_have_text(f"{cost}\u00a0EUR", timeout=WITHIN_MS)
    assert await page.evaluate("window.wasNotReloaded") is True


async def test_the_session_page_follows_each_meter_value(network, station, charger, open_page):
    session = await session_of(network, station)
    page = await open_page(network.operator, f"/sessions/{session.pk}/")
    await expect(page.locator("[data-figure=energy]")).to_have_text("0.00\u00a0kWh")
    # All of it within a second or two: more than these would be doubted.
    for energy_wh, energy, cost in ((250, "0.25", "0.10"), (500, "0.50", "0.20"), (750, "0.75", "0.30")):
        await charger.meter(energy_wh=START_WH + energy_wh, power_w=11_000)
        await expect_figures(page, energy, cost)
    await expect(page.locator("[data-figure=power]")).to_have_text("11.0\u00a0kW")
    await expect(page.locator(".chart canvas")).to_be_visible()
    await charger.stop(meter_stop_wh=START_WH + 800)
    await expect(page.locator("h1 .cn-badge")).to_have_text("Ended")
    await expect_figures(page, "0.80", "0.32")


async def test_the_list_shows_the_rows_move(network, station, charger, open_page):
    page = await open_page(network.operator, "/sessions/")
    await expect(page.locator("#list-rows tbody tr")).to_have_count(1)
    await charger.meter(energy_wh=START_WH + 1_000, power_w=7_400)
    row = page.locator("#list-rows tbody tr")
    await expect(row).to_contain_text("1.00", timeout=WITHIN_MS)
    await expect(row).to_contain_text("0.40\u00a0EUR")
    await charger.stop(meter_stop_wh=START_WH + 1_000)
    await expect(page.locator("#list-rows")).to_contain_text("Nobody is charging now")


async def test_a_driver_sees_the_own_session_run_on_a_phone(network, station, charger, open_page):
    user = driver_user(network)
    page = await open_page(user, "/my/", width=390)
    await charger.meter(energy_wh=START_WH + 1_500, power_w=11_000)
    await expect_figures(page, "1.50", "0.60")
    assert await page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


async def test_stop_asks_the_charger_and_the_page_tells_its_answer(network, station, charger, open_page):
    session = await session_of(network, station)
    page = await open_page(network.operator, f"/sessions/{session.pk}/")
    await page.get_by_role("link", name="Stop", exact=True).click()
    await page.locator("dialog").get_by_role("button", name="Stop charging").click()
    await expect(page.locator("h1 .cn-badge")).to_have_text("Ended")
    await expect(page.locator("#panel-commands")).to_contain_text("Confirmed")
    await expect(page.locator("#panel-commands")).to_contain_text("The charger said “Accepted”")
