"""Files that came in, and the tickets by which files come in and go out."""

from django.db import models
from django.utils import timezone

from apps.chargers.models.firmware import Firmware, FirmwarePublication, FirmwareUpdate
from apps.chargers.models.logs import LogRequest
from apps.chargers.models.stations import ChargingStation
from apps.chargers.querysets import StationPartQuerySet
from apps.chargers.transfer_choices import TicketPurpose


class StationFile(models.Model):
    """A file that a station uploaded. ``storage_name`` is ours and random; ``name`` is for people only."""

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="files")
    log_request = models.ForeignKey(LogRequest, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=120)
    storage_name = models.CharField(max_length=64, unique=True)
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True, help_text="Its content was removed by age.")

    objects = StationPartQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["station", "-received_at"], name="station_file_station"),
            models.Index(fields=["received_at"], name="station_file_kept", condition=models.Q(removed_at=None)),
        ]

    def __str__(self) -> str:
        return self.name


class FileTicket(models.Model):
    """A right to one transfer, for whoever holds its token; the token itself is not stored.

    Exactly one of ``log_request``, ``update``, ``publication`` and ``firmware`` (catalogue) says what it is for.
    ``closed_at``: used up, replaced or withdrawn.
    """

    purpose = models.CharField(max_length=10, choices=TicketPurpose)
    token_hash = models.CharField(max_length=64, unique=True)
    log_request = models.OneToOneField(
        LogRequest, null=True, blank=True, on_delete=models.CASCADE, related_name="ticket"
    )
    update = models.OneToOneField(
        FirmwareUpdate, null=True, blank=True, on_delete=models.CASCADE, related_name="ticket"
    )
    publication = models.OneToOneField(
        FirmwarePublication, null=True, blank=True, on_delete=models.CASCADE, related_name="ticket"
    )
    firmware = models.ForeignKey(Firmware, null=True, blank=True, on_delete=models.CASCADE, related_name="tickets")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True, help_text="An upload runs since then.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(
                    models.Q(purpose="log", log_request__isnull=False, update=None, publication=None, firmware=None)
                    | models.Q(purpose="catalogue", log_request=None, update=None, publication=None)
                    | (
                        models.Q(purpose="firmware", log_request=None, firmware=None)
                        & (models.Q(update=None) ^ models.Q(publication=None))
                    )
                ),
                name="file_ticket_of_one",
            )
        ]

    def __str__(self) -> str:
        return f"ticket {self.pk} ({self.purpose})"
