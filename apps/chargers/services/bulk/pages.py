"""Telling open pages, and the worker, that a bulk operation moved."""

from apps.chargers.models import BulkOperation
from apps.core import live
from apps.core.wake import wake


def nudge_operation(operation: BulkOperation) -> None:
    """After commit, refresh the pages of the operation."""
    live.nudge_on_commit(organisation_id=operation.organisation_id, topics=[f"bulk:{operation.pk}"])


def wake_steps() -> None:
    """After commit, have the next step taken soon; the sweep heals a lost request."""
    from django.db import transaction

    from apps.chargers.tasks import run_bulk

    transaction.on_commit(lambda: wake(run_bulk))
