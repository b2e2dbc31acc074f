"""The operator's day in a real browser: find a station, start it from afar, see it charge; take a stranger in."""

import asyncio

import pytest
from playwright.async_api import expect

from apps.gateway.simulator.driver import ConnectionRefused, SimulatedStation
from tests.browser.pages import WITHIN_MS, browser_of, was_not_reloaded
from tests.e2e.network import CARD, Network

pytestmark = [pytest.mark.browser, pytest.mark.server]


@pytest.fixture
def network(common_server, real_database_allowed) -> Network:
    return Network.found(common_server)


@pytest.fixture
async def open_page(network):
    async with browser_of(network) as open_page:
        yield open_page


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
async def test_a_remote_start_is_seen_to_charge_without_a_reload(network, open_page, version):
    station = network.enrol()
    async with network.dial(station, version=version) as charger:
        await charger.boot()
        await charger.plug_in()
        page = await open_page(network.operator, "/stations/")
        await page.get_by_role("link", name=str(station), exact=True).click()
        await page.locator("#evse-1").get_by_role("link", name="Start").click()
        dialog = page.locator("dialog")
        await dialog.get_by_label("Driver or card").fill(CARD)
        await expect(dialog.locator("#id_card option")).to_have_count(1)
        await dialog.get_by_role("button", name="Start", exact=True).click()
        await expect(page.locator("#panel-commands")).to_contain_text("Start charging at EVSE 1")
        await page.evaluate("window.wasNotReloaded = true")
        await expect(page.locator("#evse-1 .st-session")).to_be_visible()
        await expect(page.locator("#panel-commands")).to_contain_text("Confirmed")
        start_wh = round(charger.evse(1).meter.register_wh)
        for energy_wh, power_w, energy, power in ((1_000, 11_000, "1.00", "11.0"), (2_000, 7_400, "2.00", "7.4")):
            await charger.meter(energy_wh=start_wh + energy_wh, power_w=power_w)
            await expect(page.locator("#evse-1 .st-values")).to_contain_text(f"{energy}\u00a0kWh", timeout=WITHIN_MS)
            await expect(page.locator("#evse-1 .st-values")).to_contain_text(f"{power}\u00a0kW")
        assert await was_not_reloaded(page)
        await page.locator("#evse-1").get_by_role("link", name="Stop").click()
        address = page.url
        await page.locator("dialog").get_by_role("button", name="Stop charging").click()
        await page.wait_for_url("**/sessions/*/")
        await page.goto(address)
        await expect(page.locator("#evse-1")).to_contain_text("No session.")


async def test_a_fault_turns_the_list_the_queue_and_the_page_within_a_second(network, open_page):
    station = network.enrol()
    async with network.dial(station) as charger:
        await charger.boot()
        pages = [await open_page(network.operator, path) for path in ("/", "/stations/", f"/stations/{station.pk}/")]
        await charger.fault(error_code="GroundFailure")
        home, stations, own = pages
        await asyncio.gather(
            expect(home.locator("#queue")).to_contain_text("GroundFailure", timeout=WITHIN_MS),
            expect(stations.locator(f"#station-{station.pk}")).to_contain_text("Faulted", timeout=WITHIN_MS),
            expect(own.locator("h1")).to_contain_text("Faulted", timeout=WITHIN_MS),
            expect(own.locator("#evse-1")).to_contain_text("the protection has tripped", timeout=WITHIN_MS),
        )
        for page in pages:
            assert await was_not_reloaded(page)


async def test_a_stranger_is_adopted_and_let_in(network, open_page):
    identity, slug = f"STRANGE-{network.site.pk}", network.site.organisation.slug
    charger = SimulatedStation(url=f"{network.server.socket_url}/{slug}", identity=identity)
    page = await open_page(network.operator, "/connections/")
    with pytest.raises(ConnectionRefused):
        await charger.connect()
    row = page.locator("#unknown tr", has_text=identity)
    await expect(row).to_be_visible(timeout=10_000)
    await row.get_by_role("link", name="Adopt").click()
    await page.get_by_label("Site", exact=True).select_option(label=network.site.name)
    await page.get_by_label("Name").fill("Quay 7")
    await page.get_by_role("button", name="Adopt").click()
    await expect(page.locator("#copy-url")).to_contain_text(identity)
    await page.get_by_role("link", name="To the station").click()
    await expect(page.locator("h1")).to_contain_text("Quay 7 Never connected")
    async with charger:
        await charger.boot()
        await expect(page.locator("h1")).to_contain_text("Available", timeout=5_000)


async def test_the_keyboard_finds_a_station_and_closes_a_dialog(network, open_page):
    station = network.enrol()
    page = await open_page(network.operator, "/")
    await page.keyboard.press("/")
    await page.keyboard.type(station.identity)
    await page.keyboard.press("Enter")
    await expect(page.locator("#list-rows tbody tr")).to_have_count(1)
    await page.goto(f"{network.server.url}/stations/{station.pk}/")
    await page.get_by_role("link", name="Reset").click()
    await expect(page.locator("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog")).to_be_hidden()


@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_no_page_breaks_a_policy_or_scrolls_sideways(network, open_page, size):
    station = network.enrol()
    async with network.dial(station) as charger:
        await charger.boot()
        await charger.authorise(CARD)
        one = f"/stations/{station.pk}/"
        paths = ["/", "/stations/", "/connections/", "/connections/?identity=nobody", "/stations/new/"]
        paths += [
            one + sheet for sheet in ("", "sessions/", "commands/", "variables/", "journal/", "history/", "settings/")
        ]
        paths += [
            one + form for form in ("start/", "unlock/", "reset/", "availability/", "trigger/", "raw-call/", "edit/")
        ]
        page = await open_page(network.operator, paths[0], size)
        for path in paths:
            response = await page.goto(f"{network.server.url}{path}")
            assert response.status == 200, path
            assert await page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, path
