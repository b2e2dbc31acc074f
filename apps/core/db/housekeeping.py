"""Tables that grow: apps register their partitioned models, one daily task serves them all."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models

from apps.core.db.partitions import MONTHS_AHEAD, drop_rows_before, ensure_month, month_start


@dataclass(frozen=True, slots=True)
class _Kept:
    model: type[models.Model]
    keep_days: int | None


_kept: dict[type[models.Model], _Kept] = {}


def keep_partitions_of(model: type[models.Model], *, keep_days: int | None = None) -> None:
    """Let the daily task look after ``model``; called once, when its app is ready.

    ``keep_days``: rows older than that are removed; ``None`` keeps them for ever.
    """
    _kept[model] = _Kept(model, keep_days)


def ensure_partitions(at: datetime) -> int:
    """Create what is missing for the month of ``at`` and the next ones; return how many were made."""
    months = [at, *(month_start(at, months_later=later) for later in range(1, MONTHS_AHEAD + 1))]
    return sum(ensure_month(kept.model, month) for kept in _kept.values() for month in months)


def retire_old_rows(at: datetime) -> int:
    """Remove what is older than its model is kept for; return how many partitions or rows went."""
    limited = [kept for kept in _kept.values() if kept.keep_days]
    return sum(drop_rows_before(kept.model, at - timedelta(days=kept.keep_days)) for kept in limited)
