"""One OCPP-J connection of a simulated station: handshake, framing, requests and their answers."""

import asyncio
import base64
import contextlib
import logging
import ssl
from collections.abc import Callable
from urllib.parse import quote
from uuid import uuid4

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.typing import Subprotocol

from apps.gateway.simulator.errors import CallError, CallTimeout, ConnectionRefused, NotConnected
from apps.gateway.simulator.tape import CALL, Tape

logger = logging.getLogger(__name__)
MAX_FRAME_BYTES = 4 * 2**20


class Link:
    """One socket. Sends one CALL at a time (OCPP-J §4.1.1) unless told otherwise; never blocks on the peer's CALLs.

    `on_call(message_id, action, payload)` is called for each CALL received; it must not block.
    """

    def __init__(
        self,
        *,
        url: str,
        identity: str,
        password: str | None,
        subprotocols: list[str],
        tape: Tape,
        on_call: Callable[[str, str, dict], None],
        ping_interval_s: float | None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.url = f"{url.rstrip('/')}/{quote(identity, safe='')}"
        self._identity = identity
        self._password = password
        self._subprotocols = subprotocols
        self._tape = tape
        self._on_call = on_call
        self._ping_interval_s = ping_interval_s
        self._tls = tls
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task | None = None
        self._pending: dict[str, asyncio.Future] = {}
        self._one_call_at_a_time = asyncio.Lock()
        self.closed = asyncio.Event()

    @property
    def is_open(self) -> bool:
        return self._socket is not None and not self.closed.is_set()

    @property
    def subprotocol(self) -> str | None:
        """What the server chose from our offer."""
        return self._socket.subprotocol if self._socket else None

    @property
    def close_code(self) -> int | None:
        """The WebSocket close code once closed (1006: no close frame)."""
        return self._socket.close_code if self._socket else None

    async def open(self) -> None:
        """Dial. Raises ConnectionRefused with the HTTP status when the server does not upgrade."""
        headers = {}
        if self._password is not None:
            pair = f"{self._identity}:{self._password}".encode()
            headers["Authorization"] = "Basic " + base64.b64encode(pair).decode()
        try:
            self._socket = await connect(
                self.url,
                subprotocols=[Subprotocol(name) for name in self._subprotocols] or None,
                additional_headers=headers,
                user_agent_header="ChargeNet simulator",
                compression=None,
                max_size=MAX_FRAME_BYTES,
                ping_interval=self._ping_interval_s,
                close_timeout=2,
                open_timeout=30,
                proxy=None,
                ssl=self._tls,
            )
        except InvalidStatus as error:
            raise ConnectionRefused(error.response.status_code, str(error)) from error
        except (OSError, InvalidHandshake) as error:
            raise ConnectionRefused(None, str(error) or type(error).__name__) from error
        self._reader = asyncio.create_task(self._read())

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close with the WebSocket closing handshake."""
        if self._socket is not None:
            await self._socket.close(code, reason)
            await self._wait_for_reader()

    async def drop(self) -> None:
        """Cut the TCP connection without a close frame, as a power cut or a dead modem does."""
        if self._socket is not None:
            self._socket.transport.abort()
            await self._wait_for_reader()

    async def _wait_for_reader(self) -> None:
        if self._reader is not None and self._reader is not asyncio.current_task():
            await asyncio.wait([self._reader])

    async def send(self, data: str | bytes) -> None:
        """Send any text or binary message as it is. Raises NotConnected."""
        if not self.is_open:
            raise NotConnected(f"{self._identity} is not connected")
        self._tape.add(sent=True, data=data)
        try:
            await self._socket.send(data)
        except ConnectionClosed as error:
            raise NotConnected(str(error)) from error

    async def send_message(self, message: list) -> None:
        """Send an OCPP-J array."""
        await self.send(orjson.dumps(message).decode())

    async def call(
        self, action: str, payload: dict, *, message_id: str | None = None, timeout_s: float = 30, alone: bool = True
    ) -> dict:
        """Send a CALL and return the payload of its answer.

        `alone=False` does not wait for the answer to an earlier CALL. Raises CallError, CallTimeout, NotConnected.
        """
        message_id = message_id or str(uuid4())
        async with self._one_call_at_a_time if alone else contextlib.nullcontext():
            answer = asyncio.get_running_loop().create_future()
            self._pending[message_id] = answer
            try:
                await self.send_message([CALL, message_id, action, payload])
                async with asyncio.timeout(timeout_s):
                    return await answer
            except TimeoutError as error:
                raise CallTimeout(f"no answer to {action} within {timeout_s:g} s") from error
            finally:
                self._pending.pop(message_id, None)

    async def _read(self) -> None:
        try:
            async for data in self._socket:
                self._tape.add(sent=False, data=data)
                self._receive(data)
        except ConnectionClosed as error:
            logger.debug("%s: %s", self._identity, error)
        finally:
            self.closed.set()
            for answer in self._pending.values():
                if not answer.done():
                    answer.set_exception(NotConnected(f"{self._identity}: the connection closed before the answer"))

    def _receive(self, data: str | bytes) -> None:
        match _parsed(data):
            case [2, str(message_id), str(action), dict(payload)]:
                self._on_call(message_id, action, payload)
            case [3, str(message_id), dict(payload)]:
                self._settle(message_id, payload)
            case [4, str(message_id), str(code), *rest]:
                description, details, *_ = [*rest, "", {}] if len(rest) < 2 else rest
                self._settle(message_id, CallError(code, str(description), details or {}))
            case [5, str(message_id), str(code), *_]:
                logger.warning("%s: the answer %s was refused: %s", self._identity, message_id, code)
            case _:
                logger.warning("%s received something that is not OCPP-J: %.200r", self._identity, data)

    def _settle(self, message_id: str, outcome: dict | CallError) -> None:
        answer = self._pending.get(message_id)
        if answer is None or answer.done():
            logger.debug("%s: an answer nobody waits for: %s", self._identity, message_id)
        elif isinstance(outcome, CallError):
            answer.set_exception(outcome)
        else:
            answer.set_result(outcome)


def _parsed(data: str | bytes) -> object:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
