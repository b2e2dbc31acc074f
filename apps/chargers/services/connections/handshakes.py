"""Attempts that ended in TLS, kept for the page "why can't it connect"."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from apps.chargers.models import FailedHandshake
from apps.core.db.rowsets import rows_from, run

KEPT = timedelta(days=30)
MAX_ROWS = 5_000
_COLUMNS = {
    "remote_address": "text", "reason": "text", "first_at": "timestamptz", "last_at": "timestamptz",
    "attempts": "integer",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FailedHandshakes:
    """Attempts from one address that failed for one reason, a sentence for people."""

    remote_address: str
    reason: str
    first_at: datetime
    last_at: datetime
    attempts: int


@transaction.atomic
def record_failed_handshakes(failed: Sequence[FailedHandshakes]) -> None:
    """Write or count on; forget what is older than ``KEPT``, and the oldest where there are too many."""
    if not failed:
        return
    rows = sorted((f.remote_address[:45], f.reason[:200], f.first_at, f.last_at, f.attempts) for f in failed)
    source, parameters = rows_from("v", _COLUMNS, rows)
    names = ", ".join(_COLUMNS)
    run(
        f"INSERT INTO chargers_failedhandshake ({names}) SELECT {names} FROM {source} WHERE true"
        " ON CONFLICT (remote_address, reason) DO UPDATE SET last_at = excluded.last_at,"
        " attempts = chargers_failedhandshake.attempts + excluded.attempts",
        parameters,
    )
    latest = max(f.last_at for f in failed)
    FailedHandshake.objects.filter(last_at__lt=latest - KEPT).delete()
    surplus = FailedHandshake.objects.count() - MAX_ROWS
    if surplus > 0:
        oldest = FailedHandshake.objects.order_by("last_at", "pk").values_list("pk", flat=True)[:surplus]
        FailedHandshake.objects.filter(pk__in=list(oldest)).delete()
