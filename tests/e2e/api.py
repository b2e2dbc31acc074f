"""The product's API as an outside program uses it."""

from types import TracebackType
from typing import Any, Self

import httpx

from tests.support.waiting import eventually

WAIT_S = 10


class Api:
    """Asynchronous, since the same test plays the charger meanwhile.

    async with network.api() as api:
        command = await api.command("CP1", "Reset", {"type": "Hard"})
    """

    def __init__(self, url: str, secret: str) -> None:
        headers = {"Authorization": f"Token {secret}"}
        self._client = httpx.AsyncClient(base_url=f"{url}/api/v1/", headers=headers, timeout=30, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._client.aclose()

    async def command(self, identity: str, action: str, payload: dict, *, wait: float = WAIT_S) -> dict:
        """Send a call; the command as it is when the charger answered or the seconds have passed."""
        body = {"action": action, "payload": payload, "wait": wait}
        response = await self._client.post(f"stations/{identity}/commands/", json=body)
        assert response.status_code == 201, response.text
        return response.json()

    async def all(self, resource: str, **filters: Any) -> list[dict]:
        """Every row of a list, page by page."""
        page = await self._read(resource, **filters)
        rows = page["results"]
        while page["next"]:
            page = await self._read(page["next"])
            rows += page["results"]
        return rows

    async def one(self, path: str) -> dict:
        return await self._read(path)

    async def session(self, identity: str) -> dict:
        """The only session of a station."""
        (session,) = await self.all("sessions/", station=identity)
        return session

    async def until(self, path: str, **fields: Any) -> dict:
        """The object at ``path`` once all its ``fields`` have these values."""

        async def found() -> dict | None:
            row = await self._read(path)
            return row if row.items() >= fields.items() else None

        return await eventually(found, what=f"{path} with {fields}")

    async def _read(self, path: str, **filters: Any) -> dict:
        response = await self._client.get(path, params=filters or None)
        assert response.status_code == 200, response.text
        return response.json()
