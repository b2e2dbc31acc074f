"""A charger's clock is a claim. Which claims are believed."""

from datetime import datetime, timedelta

OLDEST = timedelta(days=400)
NEWEST = timedelta(days=1)
NOTABLE_SKEW_S = 300


def believed_instant(claimed: datetime | None, received_at: datetime) -> datetime:
    """``claimed`` where it lies between 400 days before and one day after ``received_at``, otherwise ``received_at``.

    Chargers without a battery start in 1970 or 0001; queued messages may be months old after a long time offline.
    """
    if claimed is None or not is_plausible(claimed, received_at):
        return received_at
    return claimed


def is_plausible(claimed: datetime, received_at: datetime) -> bool:
    """Whether an honest clock could have said ``claimed``."""
    return received_at - OLDEST <= claimed <= received_at + NEWEST
