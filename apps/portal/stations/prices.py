"""The sheet “Prices”: what applies at each EVSE, what the station was told of it, what it holds."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action
from apps.chargers.choices import OcppVersion
from apps.chargers.models import ChargingStation
from apps.portal.kit.parts import ActionButton
from apps.portal.kit.views import DetailView, Panel
from apps.portal.stations.head import STATIONS, head_context
from apps.portal.stations.rights import NO_EDIT, rights_on, why_not_command
from apps.portal.tariffs.words import price_sentences
from apps.sessions.choices import HeldTariffState, PriceTelling
from apps.sessions.models import StationPricing
from apps.tariffs.engine.tariff_ocpp21 import to_ocpp21
from apps.tariffs.selectors import engine_tariffs, tariff_for

SHOWN = 50
ONLY_21 = "Only chargers with OCPP 2.1 hold tariffs."
NOT_201 = "Chargers with OCPP 2.0.1 take no tariff; they are told the cost of each session."


def load_force(request, station: ChargingStation) -> dict:
    """The tariff for drivers without a price of their own, and what the station cannot be told of it."""
    now = timezone.now()
    version = tariff_for(site_id=station.site_id, at=now, area_id=station.area_id)
    tariff = engine_tariffs([version.pk])[version.pk] if version else None
    is_21 = station.protocol == OcppVersion.OCPP21
    payments = {
        row.evse_number: row
        for row in station.web_payments.filter(received_at__gt=now - timedelta(days=1)).order_by("received_at")[:SHOWN]
    }
    return {
        "version": version,
        "sentences": price_sentences(tariff) if tariff else [],
        "losses": [loss.message for loss in to_ocpp21(tariff).losses] if tariff and is_21 else [],
        "evses": [(evse, payments.get(evse.number)) for evse in station.evses.order_by("number")],
    }


def load_held(request, station: ChargingStation) -> dict:
    rows = station.held_tariffs.select_related("tariff_version__tariff").order_by("evse_number", "pk")[:SHOWN]
    return {
        "rows": [(row, HeldTariffState(row.state)) for row in rows],
        "is_21": station.protocol == OcppVersion.OCPP21,
        "buttons": _buttons(request, station),
    }


def load_telling(request, station: ChargingStation) -> dict:
    """Whether it is told, what it was told last, what it does not know."""
    row = (
        StationPricing.objects.select_related("command", "tariff_version__tariff").filter(station=station).first()
        or StationPricing(station=station)
    )  # fmt: skip
    return {
        "row": row,
        "telling": PriceTelling(row.telling),
        "change": ActionButton(
            "Change", reverse("portal:station-prices-telling", args=[station.pk]), icon="settings",
            reason="" if rights_on(request.user, station).edit else NO_EDIT, in_dialog=True,
        ),
    }  # fmt: skip


class StationPrices(DetailView):
    action = Action.STATION_VIEW
    queryset = STATIONS
    template_name = "portal/stations/page.html"

    panels = (
        Panel(
            "force", "Price in force", template="portal/stations/prices_force.html", load=load_force,
            live=lambda station: f"station:{station.pk}", icon="receipt",
        ),
        Panel(
            "held", "In the charger", template="portal/stations/prices_held.html", load=load_held,
            live=lambda station: f"station:{station.pk}", flush=True, icon="cpu",
        ),
        Panel(
            "telling", "What the charger is told", template="portal/stations/prices_telling.html", load=load_telling,
            live=lambda station: f"station:{station.pk}", icon="send",
        ),
    )  # fmt: skip

    def extra_context(self, station):
        return head_context(self.request.user, station, sheet="prices")


def _buttons(request, station: ChargingStation) -> list[ActionButton]:
    reason = why_not_command(station, rights_on(request.user, station))
    wanted = (
        ("push", "Send the price", "send", NOT_201 if station.protocol == OcppVersion.OCPP201 else ""),
        ("read", "Read back", "refresh", "" if station.protocol == OcppVersion.OCPP21 else ONLY_21),
        ("clear", "Clear", "trash", "" if station.protocol == OcppVersion.OCPP21 else ONLY_21),
    )
    return [
        ActionButton(
            label, reverse(f"portal:station-prices-{name}", args=[station.pk]), icon=icon, reason=reason or why,
            in_dialog=True,
        )
        for name, label, icon, why in wanted
    ]  # fmt: skip
