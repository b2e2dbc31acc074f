"""Reserving a place at a station, and giving it up."""

from datetime import timedelta

from django import forms
from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action
from apps.chargers.choices import CommandOrigin, ConnectorType, OcppVersion
from apps.chargers.models import ChargingStation
from apps.portal.kit.views import ActionView
from apps.portal.stations.commands import StationCommandView
from apps.portal.stations.rights import why_unreachable
from apps.portal.stations.start_form import StartForm
from apps.sessions.models import Reservation
from apps.sessions.services.reservations import cancel_reservation, reserve, why_not_anywhere

_LENGTHS = [
    ("15", "15 minutes"), ("30", "30 minutes"), ("60", "1 hour"), ("120", "2 hours"), ("240", "4 hours"),
    ("480", "8 hours"), ("1440", "1 day"),
]  # fmt: skip


class ReserveForm(StartForm):
    """For whose card, where, how long. A card must be one of ours: its driver is whom the place is kept for."""

    minutes = forms.TypedChoiceField(
        label="How long", choices=_LENGTHS, coerce=int, initial="30",
        help_text="Begins when the station agrees. Others are turned away until then, so keep it short.",
    )  # fmt: skip
    connector_type = forms.ChoiceField(
        label="Type of connector", required=False, choices=[("", "Any"), *ConnectorType.choices[1:]],
        help_text="Only together with “Any place”.",
    )  # fmt: skip

    def __init__(self, *args, station: ChargingStation, **kwargs) -> None:
        super().__init__(*args, station=station, **kwargs)
        evses = [(number, words) for number, words in self.fields["evse"].choices if number != "0"]
        reason = why_not_anywhere(station)
        self.fields["evse"].choices = evses if reason else [*evses, ("0", "Any place")]
        self.fields["evse"].help_text = reason
        if reason or station.protocol == OcppVersion.OCPP16:
            del self.fields["connector_type"]

    def clean(self) -> dict:
        data = super().clean()
        if data.get("card") is None and not self.errors:
            self.add_error("search", "No card fits this.")
        return data


class Reserve(StationCommandView):
    action = Action.RESERVATION_EDIT
    title = "Reserve"
    intro = "The station keeps the place for this card, and for other cards of its group, and turns others away."
    form_class = ReserveForm
    submit_label = "Reserve"
    success_message = "The station was asked to keep the place."
    now = True

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {
            "user": self.request.user,
            "sees_drivers": True,
            "search_url": reverse("portal:station-cards", args=[self.station.pk]),
        }

    def save(self, form):
        data, now = form.cleaned_data, timezone.now()
        return reserve(
            station=self.station,
            card=data["card"],
            expires_at=now + timedelta(minutes=data["minutes"]),
            evse_number=data["evse"],
            connector_type=data.get("connector_type", ""),
            actor=self.request.user,
            origin=CommandOrigin.PORTAL,
            at=now,
            address=self.request.META.get("REMOTE_ADDR"),
        )


def why_not_cancel(reservation: Reservation) -> str:
    """Why the station cannot be asked to give the place up now; ``""`` where it can."""
    if not reservation.is_live or reservation.expires_at <= timezone.now():
        return "The reservation has ended already."
    return why_unreachable(reservation.station, now=True)


class ReservationCancel(ActionView):
    action = Action.RESERVATION_EDIT
    queryset = Reservation.objects.select_related("station__site__organisation", "station__connection")
    title = "Cancel this reservation?"
    intro = "The station is asked to give the place free for everybody."
    submit_label = "Cancel the reservation"
    dangerous = True
    success_message = "The station was asked to give the place free."

    def get_refusal(self):
        return why_not_cancel(self.object)

    def save(self, form):
        return cancel_reservation(
            reservation=self.object,
            actor=self.request.user,
            origin=CommandOrigin.PORTAL,
            at=timezone.now(),
            address=self.request.META.get("REMOTE_ADDR"),
        )
