"""What stations should be set to, where they differ from it, and how far bringing them there has come."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.chargers.choices import ProtocolFamily, ProvisioningStage
from apps.chargers.models.device_model import DeviceVariable
from apps.chargers.models.operations import StationOperation
from apps.chargers.models.stations import ChargingStation
from apps.chargers.querysets import OrganisationQuerySet, StationPartQuerySet


class ConfigurationTemplate(models.Model):
    """Settings for stations of a kind: vendor, model and firmware as patterns (``*`` and ``?``; empty fits all).

    What it asks for is its newest ``TemplateVersion``. Where several templates name the same variable, the one that
    comes first by name gives way to the later: general ones are called ``10 …``, special ones ``20 …``.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="configuration_templates")
    name = models.CharField(max_length=80)
    family = models.CharField(max_length=4, choices=ProtocolFamily, default=ProtocolFamily.OCPP2)
    vendor_pattern = models.CharField(max_length=80, blank=True)
    model_pattern = models.CharField(max_length=80, blank=True)
    firmware_pattern = models.CharField(max_length=80, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="configuration_template_name")]

    def __str__(self) -> str:
        return self.name


class TemplateVersion(models.Model):
    """The entries of a template, never changed: ``[{component, variable, value, evse?, …, note?}, …]``
    (``chargers.engine.templates``)."""

    template = models.ForeignKey(ConfigurationTemplate, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    entries = models.JSONField(default=list)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["template", "number"], name="template_version_number")]

    def __str__(self) -> str:
        return f"{self.template} v{self.number}"


class ConfigurationDrift(models.Model):
    """A variable of a station that is not what a template asks for.

    ``since``: from when it is known. ``last_word`` is the station's answer to the last attempt to set it,
    ``attempts`` how often we tried by ourselves since the wanted value changed.
    """

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="drift")
    variable = models.ForeignKey(DeviceVariable, on_delete=models.CASCADE, related_name="drift")
    template = models.ForeignKey(ConfigurationTemplate, on_delete=models.CASCADE, related_name="drift")
    wanted = models.TextField(blank=True)
    since = models.DateTimeField(default=timezone.now)
    last_word = models.CharField(max_length=40, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = StationPartQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["variable"], name="drift_once")]
        indexes = [models.Index(fields=["station"], name="drift_station")]

    def __str__(self) -> str:
        return f"{self.variable} should be {self.wanted}"


class StationProvisioning(models.Model):
    """How far bringing a station to its templates has come since its last boot: at most once per boot."""

    station = models.OneToOneField(
        ChargingStation, on_delete=models.CASCADE, primary_key=True, related_name="provisioning"
    )
    stage = models.CharField(max_length=10, choices=ProvisioningStage)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    reading = models.ForeignKey(StationOperation, on_delete=models.SET_NULL, null=True, related_name="+")
    applying = models.ForeignKey(StationOperation, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = StationPartQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["began_at"], name="provisioning_running", condition=models.Q(ended_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.station}: {self.stage}"
