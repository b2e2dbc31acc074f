"""Waiting for a condition, with a deadline: the only way tests wait."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

PAUSE_S = 0.02


def wait_until(condition: Callable[[], Any], *, within_s: float = 10, what: str = "the condition") -> Any:
    """The first true value of ``condition()``; ``AssertionError`` naming ``what`` when the time is over."""
    deadline_s = time.monotonic() + within_s
    while not (value := condition()):
        assert time.monotonic() < deadline_s, f"{what} did not come within {within_s} s"
        time.sleep(PAUSE_S)
    return value


async def eventually(condition: Callable[[], Any], *, within_s: float = 10, what: str = "the condition") -> Any:
    """As ``wait_until`` without blocking the loop; the condition may be a coroutine function."""
    deadline_s = time.monotonic() + within_s
    while True:
        value = condition()
        if isinstance(value, Awaitable):
            value = await value
        if value:
            return value
        assert time.monotonic() < deadline_s, f"{what} did not come within {within_s} s"
        await asyncio.sleep(PAUSE_S)
