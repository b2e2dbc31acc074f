"""A guest with a phone: pages are opened and forms sent by real HTTP, cookies kept as a browser does."""

import re
from typing import Any, Self

import httpx

from tests.e2e.network import Network

_FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


class Guest:
    """Begins at the sticker: ``await guest.pay(code)``, then ``page()``, ``stop()``, ``receipt()``."""

    def __init__(self, network: Network) -> None:
        self._client = httpx.AsyncClient(base_url=network.server.url, timeout=60, trust_env=False)
        self._visit = ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self._client.aclose()

    async def pay(self, code: str, *, email: str = "guest@example.com", ending: str = "pay") -> None:
        """From the sticker over the trial payment page back to the visit."""
        leads_on = await self._send(f"/q/{code}/", email=email)
        self._visit = await self._send(leads_on, ending=ending)

    async def page(self) -> str:
        answer = await self._client.get(self._visit)
        assert answer.status_code == 200, answer.headers
        return answer.text

    async def stop(self) -> None:
        page = await self.page()
        answer = await self._client.post(f"{self._visit}end/", data=dict(_FIELD.findall(page)))
        assert answer.status_code == 302, answer.text

    async def receipt(self) -> bytes:
        answer = await self._client.get(f"{self._visit}receipt.pdf")
        assert answer.status_code == 200, answer.text
        return answer.content

    async def _send(self, url: str, **fields: str) -> str:
        page = await self._client.get(url)
        assert page.status_code == 200, page.text
        answer = await self._client.post(url, data={**dict(_FIELD.findall(page.text)), **fields})
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]
