"""A guest with a phone at a charger: from the sticker to the receipt, on one page that follows the charger."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import async_playwright, expect

from apps.invoicing.models import GuestVisit, QrCode
from apps.invoicing.services.guests.codes import make_codes
from apps.invoicing.services.guests.driving import drive_due
from tests.browser.pages import FLAGS, WIDTHS
from tests.e2e.network import Network
from tests.factories.billing import SiteTermsFactory
from tests.factories.tariffs import tariff_at

pytestmark = [pytest.mark.browser, pytest.mark.server]
FOLLOWS_MS = 15_000
START_WH = 10_000


@pytest.fixture
def network(common_server, real_database_allowed) -> Network:
    network = Network.found(common_server)

    def prepare() -> None:
        SiteTermsFactory(site=network.site)
        tariff_at(network.site, per_kwh="0.50", vat="19", valid_from=datetime.now(UTC) - timedelta(days=1))

    network.database.do(prepare)
    return network


@pytest.fixture(params=[True, False], ids=["script", "no script"])
async def phone(request):
    """A page on a phone, with and without script; what the browser complains of fails the test at its end."""
    complaints: list[str] = []
    width, height = WIDTHS["phone"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        context = await browser.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=request.param, reduced_motion="reduce"
        )
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.has_script = request.param
        yield page
        await browser.close()
    assert complaints == []


def work(network) -> None:
    """What the worker does, which the server under test has not beside it."""
    network.database.deliver_events()
    network.database.do(lambda: (GuestVisit.objects.update(due_at=datetime.now(UTC)), drive_due(at=datetime.now(UTC))))


async def follow(page, network, words: str) -> None:
    """The page comes to say ``words``: by itself, or looked at again where there is no script."""
    heading = page.locator("h1", has_text=words)
    for _ in range(20):
        work(network)
        if not page.has_script:
            await page.reload()
        try:
            await expect(heading).to_be_visible(timeout=FOLLOWS_MS / 10)
        except AssertionError:
            continue
        return
    await expect(heading).to_be_visible(timeout=1)


async def expect_to_fit(page) -> None:
    if page.has_script:
        assert await page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


async def test_a_guest_charges_with_a_phone(network, phone):
    station = network.enrol(protocol="ocpp1.6", name="Quay 1")

    def code() -> str:
        make_codes(site=network.site, actor=None, at=datetime.now(UTC))
        return QrCode.objects.in_use().get(evse__station=station).code

    async with network.dial(station) as charger:
        await charger.boot()
        charger.on("RemoteStartTransaction", {"status": "Accepted"})  # and waits for a car
        await phone.goto(f"{network.server.url}/q/{network.database.do(code)}/")
        await expect(phone.locator("#offer-state")).to_contain_text("Available")
        await expect(phone.get_by_text("0.595 EUR")).to_be_visible()
        await expect_to_fit(phone)
        await phone.get_by_label("Your e-mail address").fill("guest@example.com")
        await phone.get_by_role("button", name="Pay and start").click()
        await phone.get_by_role("button", name="Pay", exact=True).click()
        await follow(phone, network, "Plug in now")
        await expect_to_fit(phone)
        await charger.plug_in()
        asked = await charger.expect_call("RemoteStartTransaction")
        await charger.start(token=asked["idTag"], meter_start_wh=START_WH)
        await follow(phone, network, "Charging")
        await charger.meter(energy_wh=START_WH + 400, power_w=11_000)
        if not phone.has_script:
            await phone.reload()
        await expect(phone.locator("[data-figure=energy]")).to_contain_text("0.40", timeout=FOLLOWS_MS)
        await expect_to_fit(phone)
        await phone.get_by_role("button", name="Stop charging").click()
        await follow(phone, network, "Thank you")
        await expect(phone.locator("[data-figure=paid]")).to_contain_text("EUR")
        await expect(phone.get_by_role("link", name="Receipt")).to_be_visible()
        await expect_to_fit(phone)
