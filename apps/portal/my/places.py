"""Free places, and those that a station keeps for the person."""

from datetime import timedelta
from itertools import groupby

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action
from apps.chargers.choices import CommandOrigin
from apps.drivers.models import IdToken
from apps.portal.kit.views import Crumb, FormView
from apps.portal.my.own import own_cards, own_reservations
from apps.portal.my.views import MyPage
from apps.portal.reservations.actions import why_not_cancel
from apps.sessions.selectors.places import FreePlace, free_places
from apps.sessions.services.reservations import cancel_reservation, reserve_for_oneself

SHOWN_ENDED = timedelta(hours=2)
_LENGTHS = [("15", "15 minutes"), ("30", "30 minutes"), ("60", "1 hour")]
NO_CARD = "You have no card that is accepted."


def usable_cards(user) -> list[IdToken]:
    now = timezone.now()
    return [card for card in own_cards(user).usable_at(now) if card.driver.left_at is None]


def places_for(user) -> list[FreePlace]:
    """Where one of the person's cards is accepted; each place once."""
    now, found = timezone.now(), {}
    for card in usable_cards(user):
        for place in free_places(card, at=now):
            found.setdefault(place.evse.pk, place)
    return list(found.values())


def place_words(place: FreePlace) -> str:
    kinds = f", {place.kinds}" if place.kinds else ""
    return f"{place.evse.station}, EVSE {place.evse.number}{kinds}"


class MyPlaces(MyPage):
    """What is kept for the person, with a way to give it up; then every free place, by site."""

    template_name = "portal/my/places.html"
    title = "Free places"
    tab = "my-places"

    def load(self) -> dict:
        user, now = self.request.user, timezone.now()
        places = places_for(user)
        mine = [row for row in own_reservations(user).filter(asked_at__gte=now - timedelta(days=1))[:20]
                if row.is_live or (row.ended_at or row.expires_at) >= now - SHOWN_ENDED]  # fmt: skip
        sites = {place.evse.station.site_id for place in places} | {row.station.site_id for row in mine}
        return {
            "mine": [(row, why_not_cancel(row)) for row in mine],
            "has_live": any(row.is_live and row.expires_at > now for row in mine),
            "sites": [(site, list(rows)) for site, rows in groupby(places, key=lambda one: one.evse.station.site)],
            "has_card": bool(usable_cards(user)),
            "topics": [f"site:{pk}" for pk in sorted(sites)[:50]],
        }


class ReserveForm(forms.Form):
    place = forms.TypedChoiceField(label="Where", coerce=int)
    minutes = forms.TypedChoiceField(
        label="How long", choices=_LENGTHS, coerce=int, initial="30",
        help_text="From now on. Others are turned away until then; give it up if you cannot come.",
    )  # fmt: skip
    card = forms.ModelChoiceField(
        label="Card", queryset=IdToken.objects.none(), empty_label=None,
        help_text="Hold this one to the reader when you come.",
    )  # fmt: skip

    def __init__(self, *args, places: list[FreePlace], cards: list[IdToken], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [
            (str(site), [(str(one.evse.pk), place_words(one)) for one in rows])
            for site, rows in groupby(places, key=lambda one: one.evse.station.site)
        ]
        self.fields["card"].queryset = IdToken.objects.filter(pk__in=[card.pk for card in cards])
        self.fields["card"].initial = cards[0] if cards else None
        if len(cards) == 1:
            self.fields["card"].widget = forms.HiddenInput()


class MyReserve(FormView):
    action = Action.OWN_CHARGING_VIEW
    title = "Keep a place for me"
    intro = (
        "The station keeps the place for your card and turns others away. It may refuse; that is said on the next page."
    )
    form_class = ReserveForm
    submit_label = "Reserve"
    success_message = "The station was asked to keep the place for you."

    def get_form_kwargs(self):
        return {"places": places_for(self.request.user), "cards": usable_cards(self.request.user)}

    def get_initial(self):
        return {"place": self.request.GET.get("place", "")}

    def get_refusal(self):
        return "" if usable_cards(self.request.user) else NO_CARD

    def breadcrumbs(self):
        return (Crumb("Free places", reverse("portal:my-places")),)

    def get_cancel_url(self):
        return reverse("portal:my-places")

    def save(self, form):
        data, now = form.cleaned_data, timezone.now()
        return reserve_for_oneself(
            card=data["card"], evse_id=data["place"], expires_at=now + timedelta(minutes=data["minutes"]),
            actor=self.request.user, at=now, address=self.request.META.get("REMOTE_ADDR"),
        )  # fmt: skip

    def get_success_url(self, result):
        return reverse("portal:my-places")


class MyReservationCancel(FormView):
    action = Action.OWN_CHARGING_VIEW
    title = "Give this place up?"
    submit_label = "Give it up"
    success_message = "The station was asked to give the place free."

    @property
    def object(self):
        return get_object_or_404(own_reservations(self.request.user), pk=self.kwargs["pk"])

    def get_intro(self):
        return f"{self.object.station}, {self.object.place}: others may take it at once."

    def get_refusal(self):
        return why_not_cancel(self.object)

    def breadcrumbs(self):
        return (Crumb("Free places", reverse("portal:my-places")),)

    def get_cancel_url(self):
        return reverse("portal:my-places")

    def save(self, form):
        return cancel_reservation(
            reservation=self.object, actor=self.request.user, origin=CommandOrigin.PORTAL, at=timezone.now(),
            address=self.request.META.get("REMOTE_ADDR"),
        )  # fmt: skip

    def get_success_url(self, result):
        return reverse("portal:my-places")
