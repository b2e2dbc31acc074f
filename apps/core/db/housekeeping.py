"""Partitions ahead of time: apps register their partitioned models, one daily task serves them all."""

from datetime import datetime

from django.db import models

from apps.core.db.partitions import ensure_month, month_start

_partitioned: list[type[models.Model]] = []
MONTHS_AHEAD = 2


def keep_partitions_of(model: type[models.Model]) -> None:
    """Let ``ensure_partitions`` look after ``model``; called once, when its app is ready."""
    if model not in _partitioned:
        _partitioned.append(model)


def ensure_partitions(at: datetime) -> int:
    """Create what is missing for the month of ``at`` and the next ``MONTHS_AHEAD``; return how many were made."""
    months = [at, *(month_start(at, months_later=later) for later in range(1, MONTHS_AHEAD + 1))]
    return sum(ensure_month(model, month) for model in _partitioned for month in months)
