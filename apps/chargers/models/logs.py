"""Logs and diagnostics that were asked for."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.chargers.models.commands import StationCommand
from apps.chargers.models.firmware import FirmwareUpdate
from apps.chargers.models.stations import ChargingStation
from apps.chargers.querysets import HistoryQuerySet, StationPartQuerySet
from apps.chargers.transfer_choices import OPEN_LOGS, LogKind, LogState


class LogRequest(models.Model):
    """One GetLog or GetDiagnostics. ``location`` is empty where the station uploads to us."""

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="log_requests")
    command = models.OneToOneField(
        StationCommand, null=True, blank=True, on_delete=models.SET_NULL, related_name="log_request"
    )
    request_id = models.BigIntegerField()
    kind = models.CharField(max_length=20, choices=LogKind, default=LogKind.DIAGNOSTICS)
    oldest_at = models.DateTimeField(null=True, blank=True)
    latest_at = models.DateTimeField(null=True, blank=True)
    location = models.CharField(max_length=512, blank=True, help_text="Where it uploads to, if not to us.")
    state = models.CharField(max_length=24, choices=LogState, default=LogState.REQUESTED)
    detail = models.CharField(max_length=255, blank=True, help_text="What the charger said about it.")
    file_name = models.CharField(max_length=255, blank=True, help_text="The name the charger announced.")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    heard_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = StationPartQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["station", "request_id"], name="log_request_once")]
        indexes = [
            models.Index(fields=["station", "-created_at"], name="log_request_station"),
            models.Index(fields=["heard_at"], name="log_request_open", condition=models.Q(state__in=OPEN_LOGS)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.station}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_LOGS


class ProgressNote(models.Model):
    """What was heard of an update or a log request, in order. Append-only."""

    update = models.ForeignKey(FirmwareUpdate, null=True, blank=True, on_delete=models.CASCADE, related_name="progress")
    log_request = models.ForeignKey(
        LogRequest, null=True, blank=True, on_delete=models.CASCADE, related_name="progress"
    )
    word = models.CharField(max_length=40, help_text="The charger's word, or ours: Requested, FileReceived, Booted.")
    detail = models.CharField(max_length=255, blank=True)
    at = models.DateTimeField(default=timezone.now)

    objects = HistoryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(update=None) ^ models.Q(log_request=None), name="progress_note_of_one"
            )
        ]
        indexes = [
            models.Index(fields=["update", "id"], name="progress_note_update"),
            models.Index(fields=["log_request", "id"], name="progress_note_log"),
        ]

    def __str__(self) -> str:
        return f"{self.word} {self.detail}".strip()
