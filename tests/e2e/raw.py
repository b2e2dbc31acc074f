"""A station of somebody else: a bare WebSocket that says what it is told, and the API that prepares for it."""

import asyncio
import base64
import itertools
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import websockets

from tests.e2e.api import Api

PASSWORD = "a-long-enough-password"
ANSWER_WITHIN_S = 15
BOOT = {"chargePointVendor": "Acme", "chargePointModel": "One"}
_numbers = itertools.count(1)


def stamp(**ago: float) -> str:
    """Now, or so long ago, as chargers write it."""
    return (datetime.now(UTC) - timedelta(**ago)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def basic(user: str, password: str | bytes) -> dict[str, str]:
    secret = password if isinstance(password, bytes) else password.encode()
    return {"Authorization": "Basic " + base64.b64encode(user.encode() + b":" + secret).decode()}


class Wire:
    """One socket. Calls of ours that come while an answer is awaited are kept for ``asked``."""

    def __init__(self, url: str, identity: str, *, protocols=("ocpp1.6",), password: str | bytes = PASSWORD) -> None:
        self.identity = identity
        headers = basic(identity, password) if password else {}
        self._dialling = websockets.connect(
            f"{url}/{identity}", subprotocols=list(protocols) or None, additional_headers=headers, max_size=None,
            proxy=None,
        )  # fmt: skip
        self._calls: list[list] = []

    async def __aenter__(self) -> Self:
        self.socket = await self._dialling.__aenter__()
        return self

    async def __aexit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._dialling.__aexit__(kind, error, trace)

    async def send(self, frame: Any) -> None:
        await self.socket.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))

    async def receive(self) -> list:
        return json.loads(await asyncio.wait_for(self.socket.recv(), ANSWER_WITHIN_S))

    async def frame_for(self, message_id: str) -> list:
        """The answer to a message, whole."""
        while True:
            frame = await self.receive()
            if frame[0] != 2 and frame[1] == message_id:
                return frame
            self._calls.append(frame)

    async def ask(self, action: str, payload: Any, *, message_id: str | None = None) -> list:
        """Call; the whole frame that answers."""
        message_id = message_id or str(uuid4())
        await self.send([2, message_id, action, payload])
        return await self.frame_for(message_id)

    async def call(self, action: str, payload: Any, **options: Any) -> dict:
        """Call; the payload of the result. ``AssertionError`` for a CALLERROR."""
        frame = await self.ask(action, payload, **options)
        assert frame[0] == 3, frame
        return frame[2]

    async def refusal(self, action: str, payload: Any, **options: Any) -> str:
        """Call; the code of the CALLERROR."""
        frame = await self.ask(action, payload, **options)
        assert frame[0] == 4, frame
        assert isinstance(frame[4], dict), frame
        return frame[2]

    async def asked(self, action: str) -> list:
        """The next call of the central system, which must be this one."""
        frame = self._calls.pop(0) if self._calls else await self.receive()
        assert (frame[0], frame[2]) == (2, action), frame
        return frame

    async def answer(self, action: str, payload: dict) -> dict:
        """Answer the next call of the central system; what it asked."""
        frame = await self.asked(action)
        await self.send([3, frame[1], payload])
        return frame[3]

    async def is_alive(self) -> bool:
        return "currentTime" in await self.call("Heartbeat", {})

    async def boot(self, **fields: Any) -> dict:
        return await self.call("BootNotification", {**BOOT, **fields})

    async def status(self, connector: int = 1, status: str = "Available", **fields: Any) -> dict:
        payload = {"connectorId": connector, "errorCode": "NoError", "status": status, **fields}
        return await self.call("StatusNotification", payload)

    async def start(self, tag: str, connector: int = 1, meter: int = 1000, **fields: Any) -> dict:
        payload = {"connectorId": connector, "idTag": tag, "meterStart": meter, "timestamp": stamp(), **fields}
        return await self.call("StartTransaction", payload)

    async def stop(self, transaction: int | None, meter: int = 5000, **fields: Any) -> dict:
        payload = {"transactionId": transaction, "meterStop": meter, "timestamp": stamp(), **fields}
        return await self.call("StopTransaction", payload)


class Outside:
    """Everything prepared and read by the documented API alone."""

    def __init__(self, api: Api, site: int, url: str) -> None:
        self.api, self.site, self.url = api, site, url

    async def post(self, path: str, body: dict, status: int = 201) -> dict:
        return await self._write("POST", path, body, status)

    async def patch(self, path: str, body: dict) -> dict:
        return await self._write("PATCH", path, body, 200)

    async def _write(self, method: str, path: str, body: dict, status: int) -> dict:
        response = await self.api._client.request(method, path, json=body)
        assert response.status_code == status, response.text
        return response.json()

    async def station(self, **fields: Any) -> str:
        """Enrol a station; its identity."""
        identity = fields.pop("identity", f"RAW-{next(_numbers):04}")
        values = {"password": PASSWORD, "provisioning_enabled": False, **fields}
        await self.post("stations/", {"identity": identity, "site": self.site, **values})
        return identity

    async def card(self, *, driver: dict | None = None, **fields: Any) -> str:
        """A card of a driver of its own; its value."""
        owner = await self.post("drivers/", {"name": "Mara", "home_site": self.site, **(driver or {})})
        value = fields.pop("value", f"CARD{next(_numbers):08}")
        await self.post("tokens/", {"driver": owner["id"], "value": value, "type": "ISO14443", **fields})
        return value

    def dial(self, identity: str, **options: Any) -> Wire:
        return Wire(self.url, identity, **options)

    @asynccontextmanager
    async def booted(self, identity: str | None = None, **fields: Any):
        """A connected, booted station; its wire."""
        identity = identity or await self.station(**fields)
        async with self.dial(identity) as wire:
            await wire.boot()
            yield wire

    async def command(self, wire: Wire, action: str, payload: dict, answer: dict | list) -> dict:
        """Send a call by the API, answer it at the station; the command's row."""
        body = {"action": action, "payload": payload, "wait": 10}
        sending = asyncio.create_task(self.post(f"stations/{wire.identity}/commands/", body))
        frame = await wire.asked(action)
        assert frame[3] == payload, frame
        await wire.send([3, frame[1], answer] if isinstance(answer, dict) else [4, frame[1], *answer])
        return await sending

    async def sessions(self, wire: Wire) -> list[dict]:
        """The station's sessions, oldest first."""
        return list(reversed(await self.api.all("sessions/", station=wire.identity)))

    async def session(self, wire: Wire) -> dict:
        return await self.api.session(wire.identity)
