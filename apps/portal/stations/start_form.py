"""Starting a session for somebody: at which EVSE, and with whose card."""

from django import forms
from django.db.models import Q
from django.utils import timezone

from apps.accounts.policy import Action
from apps.chargers.models import ChargingStation
from apps.drivers.models import IdToken
from apps.portal.stations.command_forms import CommandForm, evse_choices

MAX_OFFERED = 50
LONGEST_CARD = 36


def cards_for(user, station: ChargingStation, text: str = ""):
    """Usable cards of the station's organisation that ``user`` may see, those that hold every word of ``text``."""
    cards = (
        IdToken.objects.visible_to(user, Action.DRIVER_VIEW)
        .usable_at(timezone.now())
        .filter(organisation=station.site.organisation_id)
        .select_related("driver", "driver__group")
    )
    for word in text.replace("\x00", "").split()[:6]:
        cards = cards.filter(
            Q(value__icontains=word) | Q(label__icontains=word) | Q(driver__name__icontains=word)
            | Q(driver__unit__icontains=word)
        )  # fmt: skip
    return cards.order_by("driver__name", "value", "pk")


class CardChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, card: IdToken) -> str:
        unit = f", {card.driver.unit}" if card.driver.unit else ""
        label = f" ({card.label})" if card.label else ""
        return f"{card.driver}{unit}: {card.value}{label}"


class StartForm(CommandForm):
    """A card is chosen from the list or found by what was typed; an unknown number goes out as typed."""

    evse = forms.TypedChoiceField(label="Where", coerce=int)
    search = forms.CharField(label="Driver or card", required=False, max_length=80)
    card = CardChoiceField(label="Card", queryset=IdToken.objects.none(), required=False, empty_label=None)

    def __init__(self, *args, station: ChargingStation, user, sees_drivers: bool, search_url: str, **kwargs) -> None:
        super().__init__(*args, station=station, **kwargs)
        self.user = user
        self.fields["evse"].choices = evse_choices(station, "Any free EVSE")
        if not sees_drivers:
            del self.fields["card"]
            self.fields["search"].label = "Card number"
            return
        typed = self["search"].value() or ""
        field = self.fields["card"]
        field.queryset = cards_for(user, station)
        field.required = not typed
        # Checked against every card, offered only those that fit.
        field.widget = forms.Select(attrs={"size": 5})
        field.widget.choices = card_options(field, cards_for(user, station, typed))
        self.fields["search"].help_text = "Type a part of the name, flat or card number, then choose below."
        self.fields["search"].widget.attrs |= {
            "autocomplete": "off", "hx-get": search_url, "hx-trigger": "input changed delay:200ms",
            "hx-target": "#id_card", "hx-swap": "innerHTML", "hx-sync": "this:replace",
        }  # fmt: skip

    def clean(self) -> dict:
        data = super().clean()
        card, typed = data.get("card"), data.get("search", "").strip()
        if card is None and "card" not in self.errors:
            card = data["card"] = self._find(typed)
        data["id_token"], data["id_token_type"] = (card.value, card.type) if card else (typed, "ISO14443")
        data["group"] = card.parent_group if card else ""
        return data

    def _find(self, typed: str) -> IdToken | None:
        if not typed:
            self.add_error("search", "Choose whose card starts the session.")
            return None
        if "card" not in self.fields:
            return self._checked_number(typed)
        found = list(cards_for(self.user, self.station, typed)[:2])
        exact = [card for card in found if card.key == typed.casefold()]
        if len(exact or found) == 1:
            return (exact or found)[0]
        if found:
            self.add_error("search", "Several cards fit: choose one below.")
            return None
        return self._checked_number(typed)

    def _checked_number(self, typed: str) -> None:
        if " " in typed or len(typed) > LONGEST_CARD or not typed.isascii():
            self.add_error("search", "No card fits this.")


def card_options(field: CardChoiceField, cards) -> list[tuple[int, str]]:
    """What the list offers, at most ``MAX_OFFERED``."""
    return [(card.pk, field.label_from_instance(card)) for card in cards[:MAX_OFFERED]]
