"""Habits of models of chargers that we know how to live with."""

from django.db import models
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.chargers.querysets import QuirkProfileQuerySet


class QuirkProfile(models.Model):
    """What chargers of a kind do otherwise than the specification says. Patterns as in templates.

    ``organisation`` empty: shipped with the product and the same for everybody. ``quirks`` are
    ``{name: value}`` of ``chargers.engine.quirks.QUIRKS``; an organisation's own profile outranks a shipped one,
    name by name.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="quirk_profiles"
    )
    name = models.CharField(max_length=80)
    vendor_pattern = models.CharField(max_length=80, blank=True)
    model_pattern = models.CharField(max_length=80, blank=True)
    firmware_pattern = models.CharField(max_length=80, blank=True)
    quirks = models.JSONField(default=dict)
    note = models.TextField(blank=True, help_text="Where this was seen.")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = QuirkProfileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="quirk_profile_name"),
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(organisation=None), name="quirk_profile_name_shipped"
            ),
        ]

    def __str__(self) -> str:
        return self.name
