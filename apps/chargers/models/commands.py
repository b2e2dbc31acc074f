"""What we asked of stations, as rows."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.chargers.choices import UNSETTLED_STATES, CommandOrigin, CommandState
from apps.chargers.models.operations import StationOperation
from apps.chargers.models.stations import ChargingStation
from apps.chargers.querysets import CommandQuerySet


class StationCommand(models.Model):
    """One request to one station and everything that became of it.

    ``name`` and ``arguments`` are neutral (``chargers.messages.commands``); ``action``, ``request`` and ``response``
    are what went over the wire. ``awaits`` names the fact that would confirm it (``session.started``,
    ``station.booted``), ``correlation`` the value to recognise that fact by.
    """

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="commands")
    name = models.CharField(max_length=40)
    arguments = models.JSONField(default=dict, help_text="Secrets are masked.")
    sealed = models.TextField(blank=True, help_text="Encrypted arguments with their secrets, until it is settled.")
    state = models.CharField(max_length=12, choices=CommandState, default=CommandState.PENDING)
    origin = models.CharField(max_length=12, choices=CommandOrigin, default=CommandOrigin.PORTAL)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    deadline_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    confirm_due_at = models.DateTimeField(null=True, blank=True, help_text="Accepted, but nothing came of it by then.")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    connection_id = models.BigIntegerField(null=True, blank=True, help_text="The socket it was sent on.")
    message_id = models.CharField(max_length=36, blank=True)
    action = models.CharField(max_length=60, blank=True)
    request = models.JSONField(null=True, blank=True)
    response = models.JSONField(null=True, blank=True)
    status_word = models.CharField("the charger's word", max_length=60, blank=True)
    error_code = models.CharField(max_length=60, blank=True)
    explanation = models.TextField(blank=True, help_text="One sentence for people.")
    awaits = models.CharField(max_length=40, blank=True)
    correlation = models.CharField(max_length=60, blank=True)

    operation = models.ForeignKey(
        StationOperation, on_delete=models.CASCADE, null=True, blank=True, related_name="commands"
    )
    items = models.JSONField(null=True, blank=True, help_text="What became of each variable or monitor it is about.")

    objects = CommandQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["station", "-created_at"], name="command_station"),
            models.Index(
                fields=["deadline_at"], name="command_unsettled", condition=models.Q(state__in=UNSETTLED_STATES)
            ),
            models.Index(
                fields=["station", "id"], name="command_pending", condition=models.Q(state=CommandState.PENDING)
            ),
            models.Index(
                fields=["created_at"],
                name="command_failed",
                condition=models.Q(state__in=(CommandState.FAILED, CommandState.TIMED_OUT)),
            ),
            models.Index(fields=["station"], name="command_sent", condition=models.Q(state=CommandState.SENT)),
            models.Index(
                fields=["confirm_due_at"], name="command_unconfirmed", condition=models.Q(state=CommandState.ACCEPTED)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} → {self.station}"

    @property
    def is_settled(self) -> bool:
        return self.state not in UNSETTLED_STATES
