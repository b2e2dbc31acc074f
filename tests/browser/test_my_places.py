"""A driver keeps a free place for herself from a phone: the charger is asked, agrees, and gives it free again."""

import pytest
from playwright.async_api import expect

from apps.accounts.policy import Role
from tests.browser.pages import WITHIN_MS, browser_of
from tests.e2e.network import CARD, Network
from tests.factories.places import MembershipFactory, UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.server]


@pytest.fixture
def network(common_server, real_database_allowed) -> Network:
    return Network.found(common_server)


@pytest.fixture
def rita(network):
    """She signs in as the driver of the card."""

    def link():
        user = UserFactory(name="Rita", email=f"rita-{network.site.pk}@example.com")
        MembershipFactory(user=user, organisation=network.site.organisation, role=Role.DRIVER)
        network.site.organisation.drivers.update(user=user, home_site=network.site)
        return user

    return network.database.do(link)


@pytest.mark.parametrize("version", ["1.6", "2.1"])
async def test_a_place_is_reserved_shown_as_kept_and_given_up(network, rita, version):
    station = network.enrol()
    async with network.dial(station, version=version) as charger, browser_of(network) as open_page:
        await charger.boot()
        page = await open_page(rita, "/my/places/", "phone")
        await expect(page.get_by_text("Kept for you")).to_have_count(0)
        await page.locator("#my-places a[href*='?place=']").click()
        await page.locator("dialog").get_by_role("button", name="Reserve").click()

        asked = await charger.expect_call("ReserveNow")
        assert CARD in (asked.get("idTag"), asked.get("idToken", {}).get("idToken"))  # fmt: skip
        await expect(page.get_by_text("Kept for you")).to_be_visible(timeout=WITHIN_MS)
        await expect(page.locator("#my-places").get_by_text("Reserved", exact=True)).to_be_visible(timeout=WITHIN_MS)
        await page.get_by_role("link", name="Give it up").click()
        await page.locator("dialog").get_by_role("button", name="Give it up").click()
        await charger.expect_call("CancelReservation")
        await expect(page.locator("#my-places").get_by_text("Cancelled", exact=True)).to_be_visible(timeout=WITHIN_MS)
        await expect(page.locator("#my-places a[href*='?place=']")).to_be_visible(timeout=WITHIN_MS)
