"""The local authorisation list of each station: what it holds, what it should hold, which version."""

from django.db import models

from apps.chargers.models import ChargingStation, StationCommand
from apps.drivers.choices import ListState
from apps.drivers.models.people import IdToken
from apps.drivers.querysets import LocalListEntryQuerySet, LocalListQuerySet
from apps.sites.models import Site


class SiteLocalLists(models.Model):
    """Whether the lists of a site's stations are kept; without a row, where a station says that its list is on."""

    site = models.OneToOneField(Site, on_delete=models.CASCADE, related_name="local_lists")
    keep = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"Local lists of {self.site}: {'kept' if self.keep else 'not kept'}"


class LocalList(models.Model):
    """The list of one station. ``version`` is what we believe it holds: ``None`` not known, 0 no list.

    ``due_at`` is when it is looked at next; ``is_asked`` that a person wants it sent, whatever is switched off.
    ``must_be_full`` and ``must_be_read``: the next update is a whole list; the version is asked for first.
    """

    station = models.OneToOneField(ChargingStation, on_delete=models.CASCADE, related_name="local_list")
    keep = models.BooleanField(null=True, help_text="Empty: as the site says.")
    state = models.CharField(max_length=14, choices=ListState, default=ListState.BY_HAND)
    version = models.IntegerField(null=True)
    sending_version = models.IntegerField(null=True)
    command = models.ForeignKey(StationCommand, on_delete=models.SET_NULL, null=True, related_name="+")
    must_be_full = models.BooleanField(default=False)
    must_be_read = models.BooleanField(default=False)
    is_asked = models.BooleanField(default=False)
    failures = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=200, blank=True, help_text="One sentence for people.")
    due_at = models.DateTimeField(null=True)
    held_count = models.PositiveIntegerField(default=0)
    wanted_count = models.PositiveIntegerField(default=0)
    left_out_count = models.PositiveIntegerField(default=0, help_text="Cards for which the station has no room.")
    digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of what it holds.")
    changed_at = models.DateTimeField(null=True, help_text="When what it holds changed last.")
    read_at = models.DateTimeField(null=True, help_text="When the station told its version last.")

    objects = LocalListQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="local_list_due", condition=models.Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"Local list of {self.station}"


class LocalListEntry(models.Model):
    """One identifier in the list of one station; ``key`` is the casefolded ``value``, ``type`` empty in 1.6.

    ``wanted`` and ``held`` are what it should say and what it says (``engine.local_list.fingerprint``), empty for
    nothing: where they differ, an update is due. ``is_forgotten``: cleared as a customer's data, not to be sent again.
    """

    local_list = models.ForeignKey(LocalList, on_delete=models.CASCADE, related_name="entries", db_index=False)
    value = models.CharField(max_length=255)
    key = models.CharField(max_length=255)
    type = models.CharField(max_length=20, blank=True)
    id_token = models.ForeignKey(IdToken, on_delete=models.SET_NULL, null=True, related_name="+")
    status = models.CharField(max_length=20, blank=True, help_text="What the station is to say of it.")
    rank = models.PositiveIntegerField(default=0, help_text="The most useful ones first.")
    wanted = models.CharField(max_length=500, blank=True)
    held = models.CharField(max_length=500, blank=True)
    is_forgotten = models.BooleanField(default=False)

    objects = LocalListEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["local_list", "key", "type"], name="local_list_entry_once"),
        ]

    def __str__(self) -> str:
        return self.value
