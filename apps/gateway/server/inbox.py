"""The queue of messages between one connection and its application."""

import asyncio
from collections.abc import Callable
from typing import Any

Message = dict[str, Any]


class Inbox:
    """Messages received but not yet taken; ``get`` is the application's ``receive``.

    Lighter than ``asyncio.Queue`` (two short lists instead of two deques and an event), and it counts:
    ``is_full`` at ``limit`` messages or more, and ``on_drained`` is called when ``get`` brings the length down
    to half of it. It never refuses a message: pausing is the producer's part.
    """

    __slots__ = ("_loop", "_messages", "_on_drained", "_waiters", "limit")

    def __init__(
        self, loop: asyncio.AbstractEventLoop, *, limit: int = 0, on_drained: Callable[[], None] | None = None
    ) -> None:
        self.limit = limit
        self._loop = loop
        self._on_drained = on_drained
        self._messages: list[Message] = []
        self._waiters: list[asyncio.Future[None]] = []

    def __len__(self) -> int:
        return len(self._messages)

    def __bool__(self) -> bool:
        """There is one, empty or not: Daphne asks so before it tells of the end of a connection."""
        return True

    @property
    def is_full(self) -> bool:
        return len(self._messages) >= self.limit

    def put_nowait(self, message: Message) -> None:
        self._messages.append(message)
        self._wake_one()

    def detach(self) -> None:
        """Nobody produces any more: forget the producer, which would otherwise be freed late, by the collector."""
        self._on_drained = None

    async def get(self) -> Message:
        messages = self._messages
        while not messages:
            waiter = self._loop.create_future()
            self._waiters.append(waiter)
            try:
                await waiter
            except asyncio.CancelledError:
                if messages:
                    self._wake_one()
                raise
            finally:
                if waiter in self._waiters:
                    self._waiters.remove(waiter)
        message = messages.pop(0)
        if self._on_drained is not None and len(messages) == self.limit // 2:
            self._on_drained()
        return message

    def _wake_one(self) -> None:
        while self._waiters:
            waiter = self._waiters.pop(0)
            if not waiter.done():
                waiter.set_result(None)
                return
