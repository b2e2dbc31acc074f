"""Writing the audit line of a change, in the transaction of the change."""

from typing import Any

from django.db import models

from apps.core.models import AuditEntry

REDACTED = "•••"


def record_audit(
    *,
    actor,
    action: str,
    subject: models.Model,
    organisation=None,
    changes: dict[str, list[Any]] | None = None,
    address: str | None = None,
) -> AuditEntry:
    """Append one audit line; ``actor`` is a user or ``None`` (the system), ``changes`` ``{field: [before, after]}``.

    Values are stored as text; callers pass ``REDACTED`` in place of secrets.
    """
    return AuditEntry.objects.create(
        actor=actor,
        actor_label=str(actor) if actor else "system",
        organisation=organisation,
        action=action,
        object_type=subject._meta.label_lower,
        object_id=subject.pk,
        object_label=str(subject)[:200],
        changes={name: [None if v is None else str(v) for v in pair] for name, pair in (changes or {}).items()},
        address=address,
    )
