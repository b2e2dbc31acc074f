"""Sending, reading and clearing prices in a station; whether it is told by itself."""

from django import forms
from django.urls import reverse

from apps.accounts.policy import Action
from apps.chargers.choices import OcppVersion
from apps.portal.kit.views import FormView
from apps.portal.stations.commands import StationCommandView
from apps.portal.stations.head import STATIONS
from apps.portal.stations.prices import NOT_201, ONLY_21
from apps.sessions.choices import PriceTelling
from apps.sessions.models import StationPricing
from apps.sessions.services import station_costs


class PriceView(StationCommandView):
    """Base: it returns to the sheet of prices."""

    def get_success_url(self, result) -> str:
        return reverse("portal:station-prices", args=[self.station.pk])

    def get_cancel_url(self) -> str:
        return self.get_success_url(None)


class PushPrice(PriceView):
    title = "Send the price"
    intro = "The charger shows the price in force to everybody who has no price of his own."

    def get_refusal(self):
        return NOT_201 if self.station.protocol == OcppVersion.OCPP201 else super().get_refusal()

    def save(self, form):
        return station_costs.push_price(**self.asked())


class ReadTariffs(PriceView):
    title = "Read back the tariffs"
    intro = "The charger lists every tariff that it holds."
    submit_label = "Read"

    def get_refusal(self):
        return super().get_refusal() if self.station.protocol == OcppVersion.OCPP21 else ONLY_21

    def save(self, form):
        return station_costs.read_tariffs(**self.asked())


class ClearTariffs(ReadTariffs):
    title = "Clear the tariffs"
    intro = "The charger forgets every tariff, until the price changes or it restarts."
    submit_label = "Clear"

    def save(self, form):
        return station_costs.clear_tariffs(**self.asked())


class PriceTellingForm(forms.Form):
    telling = forms.ChoiceField(
        label="Tell prices and costs", choices=PriceTelling.choices, widget=forms.RadioSelect,
        help_text="What the charger said it does not know is tried again.",
    )  # fmt: skip


class PriceTellingEdit(FormView):
    title = "What the charger is told"
    intro = "Chargers that are not provisioned by us are never told anything by themselves."
    action = Action.STATION_EDIT
    queryset = STATIONS
    form_class = PriceTellingForm
    submit_label = "Save"

    def get_initial(self) -> dict:
        row = StationPricing.objects.filter(station=self.object).first()
        return {"telling": row.telling if row else PriceTelling.AUTO}

    def save(self, form):
        station_costs.set_telling(
            station=self.object,
            telling=form.cleaned_data["telling"],
            actor=self.request.user,
            address=self.request.META.get("REMOTE_ADDR"),
        )
        return self.object

    def get_success_url(self, result) -> str:
        return reverse("portal:station-prices", args=[self.object.pk])

    def get_cancel_url(self) -> str:
        return self.get_success_url(None)

    def breadcrumbs(self):
        return StationCommandView.breadcrumbs(self)

    @property
    def station(self):
        return self.object
