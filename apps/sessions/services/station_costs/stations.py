"""Which stations may be told what of prices: by their own word, or by their switch. Set-based."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.chargers.choices import OcppVersion
from apps.chargers.messages.commands import SetVariables
from apps.chargers.messages.commands.tariffs import CostUpdated, FinalCost, SetDefaultTariff, SetUserPrice
from apps.chargers.models import ChargingStation, DeviceVariable
from apps.sessions.choices import PriceTelling

NEWER = (OcppVersion.OCPP201, OcppVersion.OCPP21)
EVERYTHING = "*"
"""Refused as a whole: the station knows nothing of the kind."""
KEY_COMPONENT, SHOWS_PRICES, DEFAULT_PRICE = "ConfigurationKey", "CustomDisplayCostAndPrice", "DefaultPrice"


@dataclass(frozen=True, slots=True)
class Telling:
    """One kind of telling: the command that does it, the versions that know it, where a station says that it can."""

    command: str
    protocols: tuple[str, ...]
    component: str
    variable: str
    instances: tuple[str, ...] = ("",)


# OCPP 2.x referenced components: TariffCostCtrlr with Enabled[Tariff] and Enabled[Cost].
COST = Telling(CostUpdated.name, NEWER, "TariffCostCtrlr", "Enabled", ("Cost", ""))
TARIFF = Telling(SetDefaultTariff.name, (OcppVersion.OCPP21,), "TariffCostCtrlr", "Enabled", ("Tariff", ""))
COST_16 = Telling(CostUpdated.name, (OcppVersion.OCPP16,), KEY_COMPONENT, SHOWS_PRICES)
FINAL_16 = Telling(FinalCost.name, (OcppVersion.OCPP16,), KEY_COMPONENT, SHOWS_PRICES)
USER_PRICE_16 = Telling(SetUserPrice.name, (OcppVersion.OCPP16,), KEY_COMPONENT, SHOWS_PRICES)
# 2.0.1 holds no tariff, but may show a sentence about the price.
TEXT_201 = Telling(SetVariables.name, (OcppVersion.OCPP201,), "TariffCostCtrlr", "Enabled", ("Tariff", "Cost", ""))
DEFAULT_PRICE_16 = Telling(SetVariables.name, (OcppVersion.OCPP16,), KEY_COMPONENT, SHOWS_PRICES)


def stations_for(telling: Telling) -> QuerySet[ChargingStation]:
    """Stations that are connected, are provisioned by us, say (or are said) to show it, and have not refused it."""
    says_so = DeviceVariable.objects.filter(
        station=OuterRef("pk"),
        component__iexact=telling.component,
        variable__iexact=telling.variable,
        variable_instance__in=telling.instances,
        attribute="Actual",
        value__iexact="true",
    )
    by_itself = (Q(pricing=None) | Q(pricing__telling=PriceTelling.AUTO)) & Exists(says_so)
    unrefused = Q(pricing=None) | (
        ~Q(pricing__refused__has_key=telling.command) & ~Q(pricing__refused__has_key=EVERYTHING)
    )
    return ChargingStation.objects.in_use().filter(
        by_itself | Q(pricing__telling=PriceTelling.ALWAYS),
        unrefused,
        provisioning_enabled=True,
        registration="Accepted",
        connection__is_online=True,
        protocol__in=telling.protocols,
    )
