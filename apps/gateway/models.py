"""The journal: every frame that crossed a socket."""

from datetime import datetime

from django.db import models

from apps.accounts.policy import Action
from apps.core.ids import first_id_at
from apps.core.models import AppendOnlyQuerySet
from apps.sites.scope import sites_in_scope


class JournalQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user, action: Action = Action.JOURNAL_VIEW):
        from apps.chargers.models import ChargingStation

        stations = ChargingStation.objects.filter(sites_in_scope(user, action, path="site"))
        return self.filter(station_id__in=stations.values("pk"))


class JournalEntry(models.Model):
    """One frame, in or out, as it was on the wire. Append-only, partitioned by month on PostgreSQL.

    ``id`` is time-ordered (``core.ids.time_ordered_id``), so it is key, order and partition at once. Passwords and
    keys in ``payload`` are masked before the row is written; values of id tokens are not, since the journal is the
    operator's evidence and reading it is a right of its own. ``pair_ms`` is, on an answer, the time since its request.
    """

    id = models.BigIntegerField(primary_key=True)
    station_id = models.BigIntegerField(null=True)
    connection_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    is_inbound = models.BooleanField()
    kind = models.CharField(max_length=6, help_text="call, result, error, send, bad")
    action = models.CharField(max_length=60, blank=True)
    message_id = models.CharField(max_length=64, blank=True)
    error_code = models.CharField(max_length=40, blank=True)
    pair_ms = models.IntegerField(null=True)
    payload = models.TextField()

    objects = JournalQuerySet.as_manager()

    PARTITION_COLUMN = "id"

    class Meta:
        indexes = [models.Index(fields=["station_id", "-id"], name="journal_station")]

    def __str__(self) -> str:
        return f"{'→' if self.is_inbound else '←'} {self.action} {self.message_id}"

    @staticmethod
    def partition_key(at: datetime) -> int:
        return first_id_at(at)
