"""What a charger's clock is worth: its instant where plausible, else ours. Pure."""

from datetime import datetime, timedelta
from typing import NamedTuple

EARLIEST = timedelta(days=400)
LATEST = timedelta(days=1)
TOLERANCE = timedelta(minutes=5)


class Instant(NamedTuple):
    """``at`` is what we hold to be true; ``is_ours`` says that the charger's claim was implausible."""

    at: datetime
    is_ours: bool
    lag: timedelta


def instant_of(claimed_at: datetime, received_at: datetime) -> Instant:
    """The charger's instant within 400 days before and one day after its arrival, else the arrival.

    ``lag`` is how long before its arrival the fact is said to have happened; negative for the future.
    """
    lag = received_at - claimed_at
    if -LATEST <= lag <= EARLIEST:
        return Instant(claimed_at, False, lag)
    return Instant(received_at, True, lag)
