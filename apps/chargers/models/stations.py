"""The equipment: station → EVSE → connector, for every protocol version."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone

from apps.chargers.choices import ConnectorState, ConnectorType, KeyEncoding, OcppVersion, StationStatus
from apps.chargers.querysets import ConnectorQuerySet, EvseQuerySet, StationQuerySet
from apps.sites.models import Area, Site


class ChargingStation(models.Model):
    """A charging station. ``identity`` is the last segment of the URL it connects to.

    ``status`` is derived (``chargers.engine.status``) and stored so that lists can filter by it; it is rewritten
    whenever one of the facts it rests on changes.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="stations")
    area = models.ForeignKey(Area, on_delete=models.SET_NULL, null=True, blank=True, related_name="stations")
    identity = models.CharField(
        max_length=48,
        unique=True,
        validators=[RegexValidator(r"^[^:\x00-\x1f\x7f]+$", "No colons and no control characters.")],
        help_text="Exactly as the charger sends it, at most 48 characters.",
    )
    name = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=12, choices=StationStatus, default=StationStatus.NEVER_SEEN)
    status_since = models.DateTimeField(default=timezone.now)
    own_state = models.CharField(
        max_length=14, choices=ConnectorState, default=ConnectorState.UNKNOWN, blank=True,
        help_text="What the station reported of itself as a whole (connector 0).",
    )  # fmt: skip
    own_state_at = models.DateTimeField(null=True, blank=True, help_text="When, by the charger's clock.")
    own_error_code = models.CharField(max_length=50, blank=True)

    vendor = models.CharField(max_length=80, blank=True)
    model = models.CharField(max_length=80, blank=True)
    serial_number = models.CharField(max_length=80, blank=True)
    firmware_version = models.CharField(max_length=80, blank=True)
    iccid = models.CharField(max_length=30, blank=True)
    imsi = models.CharField(max_length=30, blank=True)
    meter_serial_number = models.CharField(max_length=80, blank=True)
    max_power_w = models.PositiveIntegerField("rated power (W)", null=True, blank=True)

    protocol = models.CharField("version spoken last", max_length=10, choices=OcppVersion, blank=True)
    password_hash = models.CharField(max_length=128, blank=True, help_text="Empty: no password is asked for.")
    pending_password_hash = models.CharField(
        max_length=128, blank=True, help_text="Sent to the charger, which has not said that it took it; valid as well."
    )
    security_profile = models.PositiveSmallIntegerField(default=0, help_text="The least that is accepted.")
    wanted_security_profile = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Becomes the least once the charger connects with it."
    )
    key_encoding = models.CharField(
        "AuthorizationKey is sent", max_length=4, choices=KeyEncoding, default=KeyEncoding.TEXT, help_text="1.6 only."
    )
    registration = models.CharField(max_length=10, default="Accepted", help_text="Accepted, Pending or Rejected.")
    is_lenient = models.BooleanField(
        "forgive deviations", default=False, help_text="Accept messages that stretch the specification, and note them."
    )
    provisioning_enabled = models.BooleanField(
        "provision by itself", default=True, help_text="Read the configuration and push settings after a boot."
    )
    quirks = models.JSONField(
        default=dict, blank=True, help_text="Habits known of its kind: {name: {value, source}}, from quirk profiles."
    )
    heartbeat_interval_s = models.PositiveIntegerField(default=300)

    booted_at = models.DateTimeField(null=True, blank=True)
    boot_reason = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = StationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["site", "status"], name="station_site_status"),
            models.Index(fields=["status", "status_since"], name="station_status_since"),
        ]

    def __str__(self) -> str:
        return self.name or self.identity

    @property
    def status_choice(self) -> StationStatus:
        """The status with its label, colour and icon."""
        return StationStatus(self.status)


class Evse(models.Model):
    """One place of supply: at most one session at a time. ``number`` is OCPP's evseId, from 1.

    ``wanted_operative`` is what we last asked for by ChangeAvailability, re-applied to the picture after a reboot.
    """

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="evses")
    number = models.PositiveIntegerField()
    max_power_w = models.PositiveIntegerField(null=True, blank=True)
    is_dc = models.BooleanField(default=False)
    phases = models.PositiveSmallIntegerField(default=3)
    wanted_operative = models.BooleanField(default=True)
    charging_state = models.CharField(
        max_length=14, blank=True, help_text="Of the open transaction, where the charger tells it (2.x)."
    )

    objects = EvseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["station", "number"], name="evse_number_once"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="evse_number_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.station} / {self.number}"


class Connector(models.Model):
    """A socket or cable of an EVSE. ``number`` is OCPP's connectorId within the EVSE, from 1."""

    evse = models.ForeignKey(Evse, on_delete=models.CASCADE, related_name="connectors")
    number = models.PositiveIntegerField(default=1)
    type = models.CharField(max_length=12, choices=ConnectorType, default=ConnectorType.UNKNOWN, blank=True)
    status = models.CharField(max_length=14, choices=ConnectorState, default=ConnectorState.UNKNOWN, blank=True)
    status_at = models.DateTimeField(null=True, blank=True, help_text="When, by the charger's clock.")
    status_received_at = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=50, blank=True)
    vendor_error_code = models.CharField(max_length=50, blank=True)
    info = models.CharField(max_length=100, blank=True)

    objects = ConnectorQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["evse", "number"], name="connector_number_once")]

    def __str__(self) -> str:
        return f"{self.evse}.{self.number}"
