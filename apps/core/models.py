"""Outbox, audit and counters: the rows that every floor writes with."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class AppendOnlyQuerySet(models.QuerySet):
    """Rows are added and, by retention only, dropped; never changed."""

    def update(self, **kwargs):
        raise TypeError(f"{self.model.__name__} is append-only.")


class OutboxEvent(models.Model):
    """A fact announced in the transaction that made it true; delivered at least once after commit."""

    name = models.CharField(max_length=80)
    subject_id = models.BigIntegerField(help_text="Primary key of the row the fact is about.")
    payload = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(name=""), name="outbox_event_named")]
        indexes = [
            models.Index(fields=["due_at", "id"], name="outbox_due", condition=models.Q(delivered_at=None)),
            models.Index(fields=["name", "subject_id"], name="outbox_subject"),
            models.Index(
                fields=["delivered_at"], name="outbox_delivered", condition=models.Q(delivered_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.subject_id}"


class AuditEntry(models.Model):
    """Who did what to which object, when, from where. Append-only."""

    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    actor_label = models.CharField(max_length=200, help_text="As the actor was called then; 'system' without one.")
    organisation = models.ForeignKey("accounts.Organisation", null=True, on_delete=models.CASCADE, related_name="+")
    action = models.CharField(max_length=80, help_text="noun.verb, as in station.adopted")
    object_type = models.CharField(max_length=80)
    object_id = models.BigIntegerField(null=True)
    object_label = models.CharField(max_length=200)
    changes = models.JSONField(default=dict, help_text="{field: [before, after]}; never a secret")
    address = models.GenericIPAddressField(null=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "-at"], name="audit_organisation"),
            models.Index(fields=["object_type", "object_id", "-at"], name="audit_object"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_label} {self.action} {self.object_label}"


class Counter(models.Model):
    """A named number that only grows; blocks of it are reserved under the row's lock."""

    name = models.CharField(max_length=60, primary_key=True)
    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}={self.value}"
