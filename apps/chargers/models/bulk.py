"""One operation asked of many stations."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.accounts.policy import Action
from apps.chargers.choices import BulkItemState, BulkKind, BulkState, CommandOrigin
from apps.chargers.models.commands import StationCommand
from apps.chargers.models.stations import ChargingStation
from apps.chargers.querysets import BulkOperationQuerySet, StationPartQuerySet


def needed_action(kind: str) -> Action:
    """What a person must be allowed at a station to ask ``kind`` of it, as for that station alone."""
    needed = {BulkKind.RAW_CALL.value: Action.STATION_RAW_CALL, BulkKind.APPLY_TEMPLATES.value: Action.STATION_EDIT}
    return needed.get(kind, Action.STATION_COMMAND)


class BulkOperation(models.Model):
    """What is asked (``kind`` with ``arguments``, see ``chargers.engine.bulk``) and by whom; its items say of whom.

    ``deadline_at``: until when stations that are offline are waited for; ``skips_offline``: they are left out at once.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="bulk_operations")
    kind = models.CharField(max_length=20, choices=BulkKind)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=BulkState, default=BulkState.RUNNING)
    skips_offline = models.BooleanField(default=False)
    origin = models.CharField(max_length=12, choices=CommandOrigin, default=CommandOrigin.PORTAL)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    deadline_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = BulkOperationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "-created_at"], name="bulk_recent"),
            models.Index(fields=["id"], name="bulk_running", condition=models.Q(state=BulkState.RUNNING)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def state_choice(self) -> BulkState:
        """The state with its label, colour and icon."""
        return BulkState(self.state)

    @property
    def needed_action(self) -> Action:
        """What a person must be allowed at a station to ask this of it."""
        return needed_action(self.kind)


class BulkItem(models.Model):
    """One station of the operation: its command once it was asked, or why it was not."""

    operation = models.ForeignKey(BulkOperation, on_delete=models.CASCADE, related_name="items")
    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="bulk_items")
    state = models.CharField(max_length=10, choices=BulkItemState, default=BulkItemState.WAITING)
    command = models.ForeignKey(StationCommand, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    explanation = models.CharField(max_length=300, blank=True, help_text="Where no command says it.")
    attempts = models.PositiveIntegerField(default=0)

    objects = StationPartQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["operation", "station"], name="bulk_item_once")]
        indexes = [models.Index(fields=["operation", "state"], name="bulk_item_state")]

    def __str__(self) -> str:
        return f"{self.operation} at {self.station}"

    @property
    def words(self) -> str:
        """What became of it, in one sentence."""
        return self.explanation or (self.command.explanation if self.command else "")
