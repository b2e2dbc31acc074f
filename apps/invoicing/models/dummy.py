"""What the built-in provider for trying things out knows of its payments: as far from our own rows as another
company's.
"""

from django.db import models

from apps.invoicing.engine.progress import Phase


class DummyPayment(models.Model):
    """A payment as the dummy provider sees it. ``done`` are the keys of wishes that were fulfilled."""

    ref = models.CharField(max_length=40, unique=True)
    key = models.CharField(max_length=80, unique=True)
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    description = models.CharField(max_length=200, blank=True)
    return_url = models.CharField(max_length=500, blank=True)
    captures_at_once = models.BooleanField()
    saves_method = models.BooleanField(default=False)
    method_ref = models.CharField(max_length=120, blank=True)
    phase = models.CharField(max_length=10, choices=[(phase.value, phase.value) for phase in Phase])
    authorised = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    captured = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    refunded = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    failure_code = models.CharField(max_length=40, blank=True)
    failure = models.CharField(max_length=200, blank=True)
    done = models.JSONField(default=list)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.ref


class DummyWebhook(models.Model):
    """A message that the dummy provider will send ``left`` times, not before ``due_at``."""

    body = models.TextField()
    due_at = models.DateTimeField()
    left = models.PositiveSmallIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="dummy_webhook_due", condition=models.Q(left__gt=0))]

    def __str__(self) -> str:
        return f"{self.left} × {self.body[:60]}"
