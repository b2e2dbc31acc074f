"""What a station was asked to tell, or to forget, about a customer."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.chargers.models import ChargingStation, StationCommand
from apps.drivers.choices import InformationState
from apps.drivers.querysets import CustomerInformationQuerySet


class CustomerInformation(models.Model):
    """One CustomerInformation request and the parts of its answer, joined. Personal data: it is removed after a while.

    ``parts`` is ``{seqNo: text}``; ``text`` is them in order once the part without ``tbc`` and all before it came.
    Raw calls, and parts nobody asked for, get a row as well: then nobody is named in ``requested_by``.
    """

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="customer_information")
    request_id = models.BigIntegerField()
    command = models.ForeignKey(StationCommand, on_delete=models.SET_NULL, null=True, related_name="+")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    requested_at = models.DateTimeField(default=timezone.now)
    report = models.BooleanField(default=False)
    clear = models.BooleanField(default=False)
    id_token = models.CharField(max_length=255, blank=True)
    id_token_type = models.CharField(max_length=20, blank=True)
    customer_identifier = models.CharField(max_length=64, blank=True)
    certificate_hash = models.JSONField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=InformationState, default=InformationState.ASKED)
    status_word = models.CharField("the charger’s word", max_length=60, blank=True)
    parts = models.JSONField(default=dict)
    last_seq_no = models.PositiveIntegerField(null=True)
    text = models.TextField(blank=True)
    completed_at = models.DateTimeField(null=True)

    objects = CustomerInformationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["station", "request_id"], name="customer_information_once"),
        ]
        indexes = [models.Index(fields=["requested_at"], name="customer_information_age")]

    def __str__(self) -> str:
        return f"Question {self.request_id} to {self.station}"
