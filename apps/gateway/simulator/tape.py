"""The record of everything that went over a station's sockets, in order."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

import orjson

CALL, CALLRESULT, CALLERROR, CALLRESULTERROR, SEND = 2, 3, 4, 5, 6


@dataclass(frozen=True)
class Frame:
    """One WebSocket message: `sent` by the station or received by it, and when (monotonic seconds)."""

    sent: bool
    data: str | bytes
    at: float = field(default_factory=monotonic)

    @property
    def message(self) -> list | None:
        """The OCPP-J array, or None when the frame is not one."""
        try:
            message = orjson.loads(self.data)
        except orjson.JSONDecodeError:
            return None
        return message if isinstance(message, list) and message else None

    @property
    def action(self) -> str | None:
        """The action when this frame is a CALL or a SEND."""
        message = self.message
        return message[2] if message and message[0] in (CALL, SEND) and len(message) > 3 else None

    @property
    def payload(self) -> dict | None:
        """The payload of a CALL, a SEND or a CALLRESULT."""
        message = self.message
        if message and message[0] in (CALL, SEND) and len(message) > 3:
            return message[3]
        return message[2] if message and message[0] == CALLRESULT and len(message) > 2 else None


class Tape:
    """Frames in order; `keep` bounds how many are held (None: all, 0: none), for long-running fleets."""

    def __init__(self, keep: int | None) -> None:
        self.frames: deque[Frame] = deque(maxlen=keep)
        self._changed = asyncio.Event()

    def add(self, *, sent: bool, data: str | bytes) -> None:
        self.frames.append(Frame(sent=sent, data=data))
        self._changed.set()

    async def wait_for(self, condition: Callable[[], object], timeout_s: float) -> object:
        """Wait until `condition()` is true, looking again after every frame. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while not (found := condition()):
                self._changed.clear()
                await self._changed.wait()
        return found
