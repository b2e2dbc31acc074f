"""A place that a station keeps for somebody."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.chargers.models import ChargingStation, StationCommand
from apps.drivers.models import Driver, IdToken
from apps.sessions.choices import LIVE_RESERVATIONS, ReservationState
from apps.sessions.models.sessions import ChargingSession
from apps.sessions.querysets import ReservationQuerySet


class Reservation(models.Model):
    """One reservation at one station. ``number`` is what the station calls it (reservationId, 31 bits).

    ``evse_number`` 0 is any place of the station (in 2.x perhaps only those with ``connector_type``). It begins when
    the station accepts it and ends at ``expires_at`` at the latest. ``group_value``: other tokens of that group may
    use it. ``token_value`` is what the station was told, also where the card is not one of ours (a raw call).
    """

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="reservations")
    number = models.BigIntegerField()
    evse_number = models.PositiveIntegerField(default=0)
    connector_type = models.CharField(max_length=20, blank=True)
    token_value = models.CharField(max_length=255)
    token_type = models.CharField(max_length=20, blank=True)
    group_value = models.CharField(max_length=255, blank=True)
    id_token = models.ForeignKey(IdToken, on_delete=models.SET_NULL, null=True, blank=True, related_name="reservations")
    driver = models.ForeignKey(Driver, on_delete=models.SET_NULL, null=True, blank=True, related_name="reservations")
    state = models.CharField(max_length=10, choices=ReservationState, default=ReservationState.ASKED)
    status_word = models.CharField("the station's word", max_length=60, blank=True)
    explanation = models.CharField(max_length=300, blank=True, help_text="One sentence for people.")
    asked_at = models.DateTimeField(default=timezone.now)
    held_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    command = models.ForeignKey(StationCommand, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    session = models.ForeignKey(
        ChargingSession, on_delete=models.SET_NULL, null=True, blank=True, related_name="reservations"
    )

    objects = ReservationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["station", "number"],
                condition=models.Q(state__in=LIVE_RESERVATIONS),
                name="reservation_number_once",
            ),
            models.UniqueConstraint(
                fields=["station", "evse_number"],
                condition=models.Q(state__in=LIVE_RESERVATIONS, evse_number__gt=0),
                name="reservation_one_per_place",
            ),
            models.CheckConstraint(
                condition=models.Q(state=ReservationState.USED) | models.Q(session=None),
                name="reservation_session_used",
            ),
        ]
        indexes = [
            models.Index(fields=["-asked_at", "-id"], name="reservation_recent"),
            models.Index(fields=["station", "number"], name="reservation_station_number"),
            models.Index(
                fields=["expires_at"], name="reservation_due", condition=models.Q(state__in=LIVE_RESERVATIONS)
            ),
        ]

    def __str__(self) -> str:
        return f"Reservation {self.number} at {self.station}"

    @property
    def state_choice(self) -> ReservationState:
        """The state with its label, colour and icon."""
        return ReservationState(self.state)

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_RESERVATIONS

    @property
    def place(self) -> str:
        """Where, in words."""
        return f"EVSE {self.evse_number}" if self.evse_number else "any place"
