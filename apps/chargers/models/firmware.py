"""The firmware catalogue, and what became of each update and publication."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.chargers.models.commands import StationCommand
from apps.chargers.models.stations import ChargingStation
from apps.chargers.querysets import OrganisationPartQuerySet, StationPartQuerySet
from apps.chargers.transfer_choices import OPEN_UPDATES, PublishState, UpdateState


class Firmware(models.Model):
    """One version for one model. Its file is kept under ``storage_name`` and served to stations by ticket only.

    ``signature`` is base64 as OCPP sends it, made over the file; ``signing_certificate`` PEM.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="firmwares")
    vendor = models.CharField(max_length=80)
    model = models.CharField(max_length=80, blank=True, help_text="Empty: every model of the vendor.")
    version = models.CharField(max_length=80, help_text="As the charger tells it after the installation.")
    applies_from = models.CharField(
        "least version before", max_length=80, blank=True, help_text="Older stations need another version first."
    )
    release_notes = models.TextField(blank=True)
    file_name = models.CharField(max_length=120, blank=True, help_text="Last part of the address stations get.")
    storage_name = models.CharField(max_length=64, blank=True)
    size_bytes = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    md5 = models.CharField(max_length=32, blank=True)
    signature = models.CharField(max_length=800, blank=True)
    signing_certificate = models.TextField(blank=True)
    signature_verified_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = OrganisationPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "vendor", "model", "version"],
                condition=models.Q(withdrawn_at=None),
                name="firmware_version_once",
            )
        ]
        indexes = [models.Index(fields=["organisation", "-created_at"], name="firmware_organisation")]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.vendor, self.model, self.version)))

    @property
    def has_file(self) -> bool:
        return bool(self.storage_name)

    @property
    def is_signed(self) -> bool:
        return bool(self.signature and self.signing_certificate)


class FirmwareUpdate(models.Model):
    """One update of one station. At most one is open per station, but for one that is about to be replaced.

    ``firmware`` is ``None`` where the file lies elsewhere (``location``, without its password).
    """

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="firmware_updates")
    firmware = models.ForeignKey(Firmware, null=True, blank=True, on_delete=models.PROTECT, related_name="updates")
    command = models.OneToOneField(
        StationCommand, null=True, blank=True, on_delete=models.SET_NULL, related_name="firmware_update"
    )
    request_id = models.BigIntegerField()
    version = models.CharField(max_length=80, blank=True, help_text="What it should have afterwards, where known.")
    version_before = models.CharField(max_length=80, blank=True)
    location = models.CharField(max_length=512, blank=True, help_text="Where the file lies, if not with us.")
    is_signed = models.BooleanField(default=False)
    state = models.CharField(max_length=26, choices=UpdateState, default=UpdateState.REQUESTED)
    detail = models.CharField(max_length=255, blank=True, help_text="What the charger said about it.")
    replaced_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replaces")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    retrieve_at = models.DateTimeField()
    install_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    heard_at = models.DateTimeField(default=timezone.now, help_text="When something was last heard of it.")
    ended_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text="A boot told the new version.")

    objects = StationPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["station"],
                condition=models.Q(state__in=OPEN_UPDATES, replaced_by=None),
                name="firmware_update_one_open",
            ),
            models.UniqueConstraint(fields=["station", "request_id"], name="firmware_update_request_once"),
        ]
        indexes = [
            models.Index(fields=["station", "-created_at"], name="firmware_update_station"),
            models.Index(fields=["heard_at"], name="firmware_update_open", condition=models.Q(state__in=OPEN_UPDATES)),
        ]

    def __str__(self) -> str:
        return f"{self.version or 'firmware'} → {self.station}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_UPDATES


class FirmwarePublication(models.Model):
    """A firmware that a local controller offers in its own network (2.x PublishFirmware). ``checksum`` is MD5.

    ``firmware`` is ``None`` where the file lies elsewhere (``location``, without its password).
    """

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="publications")
    firmware = models.ForeignKey(Firmware, null=True, blank=True, on_delete=models.PROTECT, related_name="publications")
    command = models.OneToOneField(
        StationCommand, null=True, blank=True, on_delete=models.SET_NULL, related_name="publication"
    )
    request_id = models.BigIntegerField()
    checksum = models.CharField(max_length=32)
    location = models.CharField(max_length=512, blank=True, help_text="Where the file lies, if not with us.")
    state = models.CharField(max_length=26, choices=PublishState, default=PublishState.REQUESTED)
    detail = models.CharField(max_length=255, blank=True)
    locations = models.JSONField(default=list, help_text="Where stations behind it find the file.")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    heard_at = models.DateTimeField(default=timezone.now)

    objects = StationPartQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["station", "request_id"], name="publication_request_once")]
        indexes = [models.Index(fields=["station", "-created_at"], name="publication_station")]

    def __str__(self) -> str:
        return f"{self.firmware or 'firmware'} at {self.station}"
