"""A tiny central system that accepts everything and keeps every frame, for judging what a simulated station sends."""

import asyncio
import contextlib
import itertools
from collections.abc import Callable
from datetime import UTC, datetime

import orjson
import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed


class FakeCsms:
    """`frames` holds (identity, data) as received; `answers` overrule the answer to an action."""

    def __init__(self) -> None:
        self.frames: list[tuple[str, str | bytes]] = []
        self.answers: dict[str, Callable[[dict], dict | None]] = {}
        self.sockets: list[ServerConnection] = []
        self.offered: list[str | None] = []
        self.passwords: list[str | None] = []
        self.closes: list[tuple[int | None, bool]] = []
        self._changed = asyncio.Event()
        self._ids = itertools.count(1)
        self._pending: dict[str, asyncio.Future] = {}

    async def serve(self, connection: ServerConnection) -> None:
        identity = connection.request.path.rsplit("/", 1)[-1]
        self.offered.append(connection.request.headers.get("Sec-WebSocket-Protocol"))
        self.passwords.append(connection.request.headers.get("Authorization"))
        self.sockets.append(connection)
        try:
            async for data in connection:
                self.frames.append((identity, data))
                self._changed.set()
                with contextlib.suppress(ConnectionClosed):  # frames before the close are still to be read
                    await self._answer(connection, data)
        except ConnectionClosed:
            pass
        self.closes.append((connection.close_code, connection.protocol.close_rcvd is not None))
        self._changed.set()

    async def _answer(self, connection: ServerConnection, data: str | bytes) -> None:
        try:
            message = orjson.loads(data)
        except orjson.JSONDecodeError:
            return
        match message:
            case [2, str(message_id), str(action), payload]:
                answer = self._answer_to(action, payload)
                if isinstance(answer, list):
                    await connection.send(orjson.dumps([4, message_id, *answer]).decode())
                elif answer is not None:
                    await connection.send(orjson.dumps([3, message_id, answer]).decode())
            case [3 | 4, str(message_id), *_]:
                if message_id in self._pending:
                    self._pending.pop(message_id).set_result(message)

    def _answer_to(self, action: str, payload: dict) -> dict | list | None:
        if action in self.answers:
            return self.answers[action](payload)
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        match action:
            case "BootNotification":
                return {"status": "Accepted", "currentTime": now, "interval": 300}
            case "Heartbeat":
                return {"currentTime": now}
            case "StartTransaction":
                return {"transactionId": next(self._ids), "idTagInfo": {"status": "Accepted"}}
            case "Authorize":
                status = {"status": "Accepted"}
                return {"idTagInfo": status} if "idTag" in payload else {"idTokenInfo": status}
            case "CustomOperation":
                return ["NotImplemented", "no such action", {}]
            case "DataTransfer":
                return {"status": "UnknownVendorId"}
        return {}

    async def ask(self, action: str, payload: dict, *, timeout_s: float = 5) -> list:
        """Send a CALL to the newest socket and return the whole answer."""
        message_id = f"ask-{next(self._ids)}"
        self._pending[message_id] = asyncio.get_running_loop().create_future()
        await self.sockets[-1].send(orjson.dumps([2, message_id, action, payload]).decode())
        async with asyncio.timeout(timeout_s):
            return await self._pending[message_id]

    def messages(self) -> list:
        """Every received frame that is JSON, in order."""
        found = []
        for _, data in self.frames:
            try:
                found.append(orjson.loads(data))
            except orjson.JSONDecodeError:
                continue
        return found

    def calls(self, action: str | None = None) -> list[tuple[str, dict]]:
        """(action, payload) of the received CALLs, of one action when given."""
        calls = [(m[2], m[3]) for m in self.messages() if isinstance(m, list) and len(m) == 4 and m[0] == 2]
        return [call for call in calls if action in (None, call[0])]

    def payloads(self, action: str) -> list[dict]:
        return [payload for _, payload in self.calls(action)]

    async def until(self, condition: Callable[[], object], timeout_s: float = 5) -> None:
        """Wait until a condition on what was received is true."""
        async with asyncio.timeout(timeout_s):
            while not condition():
                self._changed.clear()
                await self._changed.wait()


@pytest.fixture
async def csms():
    """A running fake central system; `csms.url` is its address."""
    fake = FakeCsms()
    async with serve(
        fake.serve,
        "127.0.0.1",
        0,
        subprotocols=["ocpp1.6", "ocpp2.0.1", "ocpp2.1"],
        max_size=8 * 2**20,
        select_subprotocol=lambda connection, offered: next(
            (n for n in offered if n in ("ocpp1.6", "ocpp2.0.1", "ocpp2.1")), None
        ),
    ) as server:
        fake.url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/ocpp"
        yield fake
