"""Bringing a firmware to many stations, in waves."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.chargers.models.firmware import Firmware, FirmwareUpdate
from apps.chargers.models.stations import ChargingStation
from apps.chargers.querysets import OrganisationPartQuerySet, StationPartQuerySet
from apps.chargers.transfer_choices import CampaignState, MemberState


class FirmwareCampaign(models.Model):
    """A roll-out. Waves follow each other; a station is updated once its wave is open and the window allows.

    ``window_from`` and ``window_to`` are times of day at the station's site; equal or empty means any time. A window
    may lie over midnight. ``base_url`` is where stations reach us.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="campaigns")
    firmware = models.ForeignKey(Firmware, on_delete=models.PROTECT, related_name="campaigns")
    name = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=CampaignState, default=CampaignState.RUNNING)
    explanation = models.CharField(max_length=255, blank=True, help_text="Why it is in this state.")
    base_url = models.CharField(max_length=200)
    wave_count = models.PositiveSmallIntegerField(default=1)
    open_wave = models.PositiveSmallIntegerField(default=1)
    wave_ended_at = models.DateTimeField(null=True, blank=True, help_text="When the open wave had run.")
    pause_s = models.PositiveIntegerField("pause between waves (s)", default=3600)
    halt_after_failures = models.PositiveIntegerField(default=1)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    window_from = models.TimeField(null=True, blank=True)
    window_to = models.TimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = OrganisationPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(open_wave__gte=1, open_wave__lte=models.F("wave_count")), name="campaign_open_wave"
            ),
            models.CheckConstraint(condition=models.Q(halt_after_failures__gte=1), name="campaign_halts"),
        ]
        indexes = [
            models.Index(fields=["organisation", "-created_at"], name="campaign_organisation"),
            models.Index(fields=["id"], name="campaign_running", condition=models.Q(state="running")),
        ]

    def __str__(self) -> str:
        return self.name


class CampaignStation(models.Model):
    """One station of a campaign with its wave, counted from 1."""

    campaign = models.ForeignKey(FirmwareCampaign, on_delete=models.CASCADE, related_name="members")
    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="campaign_memberships")
    wave = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=MemberState, default=MemberState.WAITING)
    explanation = models.CharField(max_length=255, blank=True)
    counts_as_failure = models.BooleanField(default=True, help_text="Not after a person resumed the campaign.")
    update = models.OneToOneField(
        FirmwareUpdate, null=True, blank=True, on_delete=models.SET_NULL, related_name="campaign_member"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = StationPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "station"], name="campaign_station_once"),
            models.CheckConstraint(condition=models.Q(wave__gte=1), name="campaign_wave_from_one"),
        ]
        indexes = [models.Index(fields=["campaign", "state", "wave"], name="campaign_member_state")]

    def __str__(self) -> str:
        return f"{self.station} in {self.campaign}"
