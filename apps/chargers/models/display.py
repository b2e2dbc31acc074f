"""What stations show on their displays, as far as we know."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.chargers.choices import DisplayMessageState
from apps.chargers.models.commands import StationCommand
from apps.chargers.models.stations import ChargingStation
from apps.chargers.querysets import StationPartQuerySet


class DisplayMessage(models.Model):
    """One message at one station. ``number`` is its id there; a newer one with the same id replaces it.

    ``shown_in`` is the station's state in which it is shown (``""``: any). ``extra`` holds further languages,
    ``[{content, format, language}, …]`` (2.1).
    """

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="display_messages")
    number = models.BigIntegerField()
    content = models.TextField()
    format = models.CharField(max_length=10, default="UTF8")
    language = models.CharField(max_length=8, blank=True)
    extra = models.JSONField(default=list, blank=True)
    priority = models.CharField(max_length=20, default="NormalCycle")
    shown_in = models.CharField(max_length=20, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    transaction_id = models.CharField(max_length=36, blank=True)

    state = models.CharField(max_length=10, choices=DisplayMessageState, default=DisplayMessageState.ASKED)
    status_word = models.CharField("the station's word", max_length=60, blank=True)
    explanation = models.CharField(max_length=300, blank=True, help_text="One sentence for people.")
    asked_at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(null=True, blank=True, help_text="When the station last said that it has it.")
    ended_at = models.DateTimeField(null=True, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    command = models.ForeignKey(StationCommand, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = StationPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["station", "number"],
                condition=models.Q(state=DisplayMessageState.INSTALLED),
                name="display_message_once",
            )
        ]
        indexes = [models.Index(fields=["station", "-asked_at"], name="display_message_station")]

    def __str__(self) -> str:
        return f"Message {self.number} at {self.station}"

    @property
    def state_choice(self) -> DisplayMessageState:
        """The state with its label, colour and icon."""
        return DisplayMessageState(self.state)


class DisplayRead(models.Model):
    """One reading back of a display, which arrives in parts: which messages were told so far.

    Where nothing was filtered, what is not told by the end is shown no more.
    """

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="display_reads")
    request_id = models.BigIntegerField()
    is_filtered = models.BooleanField(default=True)
    numbers = models.JSONField(default=list)
    started_at = models.DateTimeField(default=timezone.now)
    completed_at = models.DateTimeField(null=True, blank=True)

    objects = StationPartQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["station", "request_id"], name="display_read_once")]

    def __str__(self) -> str:
        return f"reading {self.request_id} of {self.station}'s display"
