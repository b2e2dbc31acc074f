"""A real browser before a real server: pages as one person, every complaint of the browser fails the test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from django.conf import settings
from django.test import Client
from playwright.async_api import async_playwright, expect

from tests.e2e.network import Network

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WIDTHS = {"desktop": (1440, 900), "phone": (390, 844)}
WITHIN_MS = 10_000  # the slow poll, every 30 s, would be too late: the nudge must have come
"""How long what a charger said may take to stand on an open page."""


@asynccontextmanager
async def browser_of(network: Network) -> AsyncIterator:
    """``open_page(user, path, size)``: a live page, marked so that a reload would be noticed."""
    complaints: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)

        async def open_page(user, path: str, size: str = "desktop"):
            width, height = WIDTHS[size]
            context = await browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
            await context.add_cookies([_cookie(network, user)])
            page = await context.new_page()
            page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
            page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
            await page.goto(f"{network.server.url}{path}")
            await expect(page.locator("#live-indicator")).to_have_attribute("data-state", "live")
            await page.evaluate("window.wasNotReloaded = true")
            return page

        yield open_page
        await browser.close()
    assert complaints == []


async def was_not_reloaded(page) -> bool:
    return await page.evaluate("window.wasNotReloaded === true")


def _cookie(network: Network, user) -> dict:
    def log_in() -> str:
        client = Client()
        client.force_login(user)
        return client.cookies[settings.SESSION_COOKIE_NAME].value

    value = network.database.do(log_in)
    return {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": network.server.url}
