"""The socket of a foreign charger, and what its firmware does with it in any version."""

import asyncio
import base64
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import websockets

from tests.support.waiting import eventually


def now() -> str:
    """The charger's clock."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Line:
    """A socket that can be dialled again; the library's ChargePoint takes it for its connection."""

    def __init__(self, url: str, identity: str, password: str, subprotocol: str) -> None:
        self._address = f"{url}/{identity}"
        self._subprotocol = subprotocol
        credentials = base64.b64encode(f"{identity}:{password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {credentials}"}
        self._socket: Any = None

    async def dial(self) -> None:
        self._socket = await websockets.connect(
            self._address, subprotocols=[self._subprotocol], additional_headers=self._headers, proxy=None
        )
        assert self._socket.subprotocol == self._subprotocol

    async def hang_up(self) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def recv(self) -> str:
        return await self._socket.recv()

    async def send(self, message: str) -> None:
        await self._socket.send(message)


class Firmware:
    """What both versions share; mixed into the library's ChargePoint, which has ``start`` and ``call``."""

    line: Line

    def install(self, line: Line) -> None:
        self.line = line
        self.boots = 0
        self.register_wh = 1000
        self.transaction_id: Any = None
        self.operative = True
        self.asked: list[str] = []
        self._reading: asyncio.Task | None = None

    async def power_up(self) -> None:
        """Dial, boot and tell the status of the connector."""
        await self.line.dial()
        self._reading = asyncio.create_task(self._read())
        await self.boot()
        await self.tell_status("Available")
        self.boots += 1

    async def power_down(self) -> None:
        """Hang up."""
        await self.line.hang_up()
        if self._reading is not None:
            await self._reading

    async def restart(self) -> None:
        """What a reset does: end the transaction, hang up, and come back."""
        if self.transaction_id is not None:
            await self.stop_charging(reason="Reboot" if self._ocpp_version == "1.6" else "ImmediateReset")
        await self.power_down()
        await self.power_up()

    async def was_asked(self, what: str) -> None:
        """Wait until the central system has asked for ``what`` and it was done."""
        await eventually(lambda: what in self.asked, what=what)

    async def _read(self) -> None:
        with suppress(websockets.ConnectionClosed):
            await self.start()

    async def __aenter__(self):
        await self.power_up()
        return self

    async def __aexit__(self, *error) -> None:
        await self.power_down()
