"""The kit in a real browser: no script or policy error, no sideways scrolling on a phone, and what htmx refines.

``KIT_PICTURES=folder`` keeps a picture of every page in both widths and themes.
"""

import json
import os
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect, sync_playwright

from apps.sites.choices import SiteKind
from apps.sites.models import Site

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.portal.kit.screens"),
]
WIDTHS = {"desktop": (1440, 900), "phone": (390, 844)}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture
def places(voltwerk, harbour, ada):
    """Harbour, and sixty more sites of Ada's."""
    Site.objects.bulk_create(
        Site(
            organisation=voltwerk,
            name=f"Site {number:03}",
            city="Kiel",
            kind=list(SiteKind)[number % 4],
            limit_w=number * 11_000 or None,
        )
        for number in range(60)
    )
    client = Client()
    client.force_login(ada)
    return {"session": client.cookies[settings.SESSION_COOKIE_NAME].value, "harbour": harbour.pk}


@pytest.fixture
def browser(places, live_server):
    """Chromium, after the rows were made: Playwright's loop and the ORM do not share a thread."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, places, live_server):
    """``open_page(path, size, theme)`` as Ada; every complaint of the browser fails the test at its end."""
    complaints = []

    def open_page(path: str, size: str = "desktop", theme: str = "light", signed_in: bool = True):
        width, height = WIDTHS[size]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,
            reduced_motion="reduce",
            has_touch=size == "phone",
        )
        if signed_in:
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": places["session"], "url": live_server.url}
            context.add_cookies([cookie])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.goto(f"{live_server.url}{path}")
        return page

    yield open_page
    # The test server speaks no WebSocket, and a form in error is answered by 422: neither is a fault of the page.
    assert [line for line in complaints if "/live/" not in line and "status of 422" not in line] == []


def keep_picture(page, name: str) -> None:
    if folder := os.environ.get("KIT_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page="gallery" in name)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", list(WIDTHS))
def test_no_page_scrolls_sideways_or_breaks_the_policy(open_page, places, size, theme):
    site = f"/kit/sites/{places['harbour']}/"
    pages = {
        "list": "/kit/sites/?kind=depot",
        "empty": "/kit/sites/?q=nowhere",
        "detail": site,
        "form": f"{site}rename/",
        "gallery": "/kit/gallery/",
        "2fa": "/accounts/2fa/",
        "login": "/accounts/login/",
    }
    for name, path in pages.items():
        page = open_page(path, size, theme, signed_in=name != "login")
        if name == "gallery":
            expect(page.locator(".chart canvas")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, name
        assert page.locator("html").get_attribute("data-bs-theme") == theme
        keep_picture(page, f"{name}-{size}-{theme}")
        page.context.close()


def test_filters_search_order_and_pages_change_the_list_and_the_address(open_page):
    page = open_page("/kit/sites/")
    page.locator("#id_kind").select_option("depot")
    expect(page.locator(".cn-chip")).to_contain_text("Fleet depot")
    assert page.url.endswith("/kit/sites/?kind=depot")
    page.locator("#list-search").press_sequentially("03")
    expect(page.locator("#list-rows tbody tr")).to_have_count(4)
    assert page.evaluate("document.activeElement.id") == "list-search"
    assert page.evaluate("document.activeElement.value") == "03"
    page.get_by_role("link", name="Limit").click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Limit")
    page.get_by_role("link", name="Clear all").click()
    expect(page.locator(".cn-chip")).to_have_count(0)
    expect(page.locator("#id_kind")).to_have_value("")
    page.get_by_role("link", name="Next").click()
    expect(page.locator(".cn-pages-text")).to_contain_text("Rows 51–61 of 61")
    page.go_back()
    expect(page.locator(".cn-pages-text")).to_contain_text("Rows 1–50")


def test_boxes_of_a_filter_stay_open_while_they_are_ticked(open_page):
    page = open_page("/kit/sites/")
    page.get_by_role("button", name="Access").click()
    page.get_by_label("Only cards that an access rule admits").check()
    expect(page.get_by_text("Nothing matches these filters")).to_be_visible()
    page.get_by_label("Every accepted card").check()
    expect(page.locator("#list-rows tbody tr")).to_have_count(50)
    keep_picture(page, "boxes")
    assert page.url.endswith("?access_policy=known_tokens&access_policy=by_rule")


def test_a_nudge_from_the_socket_fetches_what_carries_the_topic(browser, open_page, places, live_server):
    page = open_page("/kit/sites/")
    sent = []

    def serve(socket):
        def answer(message):
            sent.append(json.loads(message))
            socket.send(json.dumps({"topics": ["network:2"]}))
            for _ in range(5):
                socket.send(json.dumps({"topics": ["network:1"]}))

        socket.on_message(answer)

    page.route_web_socket("**/live/", serve)
    fetched = []
    page.on("request", lambda request: fetched.append(request.url) if request.headers.get("hx-request") else None)
    with page.expect_response(lambda response: response.request.headers.get("hx-request") == "true"):
        page.reload()
    expect(page.locator("#live-indicator")).to_have_attribute("data-state", "live")
    assert len(sent) == 1
    assert [topic.rsplit(":", 1)[0] for topic in sent[0]["subscribe"]] == ["network:1"]
    assert len(fetched) == 1


def test_a_lost_nudge_is_healed_within_a_minute_although_the_socket_is_open(browser, open_page):
    page = open_page("/kit/sites/")
    page.route_web_socket("**/live/", lambda socket: None)  # open, and silent for ever
    page.clock.install()
    with page.expect_response(lambda response: response.request.headers.get("hx-request") == "true"):
        page.reload()
        expect(page.locator("#live-indicator")).to_have_attribute("data-state", "live")
        page.clock.run_for(1_000)
    fetched = []
    page.on("request", lambda request: fetched.append(request.url) if request.headers.get("hx-request") else None)
    page.clock.run_for(50_000)
    assert fetched == []
    with page.expect_response(lambda response: response.request.headers.get("hx-request") == "true"):
        page.clock.run_for(11_000)
    assert len(fetched) == 1


def test_a_view_is_saved_as_a_tab(open_page):
    page = open_page("/kit/sites/?kind=depot")
    page.get_by_role("button", name="Save view").click()
    page.get_by_label("Name of this view").fill("Depots")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".cn-tabs a.active")).to_have_text("Depots")


def test_a_dialog_keeps_what_was_typed_and_names_the_problem(open_page, places):
    page = open_page(f"/kit/sites/{places['harbour']}/")
    page.get_by_role("link", name="Rename").click()
    expect(page.locator("dialog[open]")).to_be_visible()
    page.get_by_role("textbox", name="Name").fill("Taken")
    page.keyboard.press("Enter")
    expect(page.locator("dialog .invalid-feedback")).to_have_text("Another site has this name.")
    expect(page.get_by_role("textbox", name="Name")).to_have_value("Taken")
    keep_picture(page, "dialog")
    page.get_by_role("textbox", name="Name").fill("Pier")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("h1")).to_have_text("Pier")
    expect(page.get_by_text("Renamed.")).to_be_visible()


def test_on_a_phone_the_filters_are_a_sheet_and_the_menu_a_drawer(open_page):
    page = open_page("/kit/sites/", "phone")
    expect(page.locator("#id_kind")).to_be_hidden()
    page.get_by_role("button", name="Filters").click()
    page.locator("#id_kind").select_option("depot")
    expect(page.locator(".cn-chip")).to_contain_text("Fleet depot")
    expect(page.locator("#id_kind")).to_be_visible()
    keep_picture(page, "sheet")
    page.get_by_role("button", name="Show the results").click()
    expect(page.locator("#id_kind")).to_be_hidden()
    page.get_by_role("button", name="Open the menu").click()
    expect(page.locator("#navigation.show")).to_be_visible()
    keep_picture(page, "drawer")


def test_the_chosen_theme_is_remembered(open_page):
    page = open_page("/kit/sites/")
    page.get_by_role("button", name="Colours").click()
    page.get_by_role("button", name="Dark", exact=True).click()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    page.reload()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"


def test_a_nudge_redraws_the_rows_and_leaves_an_open_menu_open(open_page):
    page = open_page("/kit/sites/")
    page.get_by_role("button", name="Export").click()
    expect(page.locator(".dropdown-menu.show")).to_be_visible()
    with page.expect_response("**/kit/sites/"):
        page.evaluate("htmx.trigger('#list-rows', 'live')")
    expect(page.locator(".dropdown-menu.show")).to_be_visible()
    expect(page.locator("#list-rows tbody tr")).to_have_count(50)


def test_ages_count_by_themselves(open_page):
    page = open_page("/kit/gallery/")
    shown = page.locator("time[data-since]").text_content()
    expect(page.locator("time[data-since]")).not_to_have_text(shown)
