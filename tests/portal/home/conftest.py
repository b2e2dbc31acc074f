"""The clock of the first screen's tests."""

from datetime import UTC, datetime

import pytest
import time_machine


@pytest.fixture(autouse=True)
def still_clock():
    """Ages are said to the second, so the clock stands still."""
    with time_machine.travel(datetime(2026, 3, 14, 15, 0, tzinfo=UTC), tick=False):
        yield
