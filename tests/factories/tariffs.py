"""Tariffs at places."""

from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from apps.tariffs.engine.kinds import ComponentKind
from apps.tariffs.engine.tariff import PriceComponent, Tariff, TariffElement
from apps.tariffs.models import MembershipPlan
from apps.tariffs.services.tariffs import assign_tariff, create_tariff
from tests.factories.chargers import NOON
from tests.factories.places import OrganisationFactory


class MembershipPlanFactory(DjangoModelFactory):
    """10.00 a month for 50 kWh free and 10 % off the rest."""

    class Meta:
        model = MembershipPlan

    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence(lambda n: f"Plan {n}")
    currency = "EUR"
    monthly_fee = Decimal("10.00")
    vat_percent = Decimal("19.00")
    discount_percent = Decimal("10.00")
    free_wh = 50_000


def simple_tariff(*, per_kwh="0.50", per_h=None, fee=None, vat=None, currency="EUR") -> Tariff:
    """Energy, time and session fee, whatever is given; net prices unless ``vat`` is None anyway."""
    prices = [(ComponentKind.ENERGY, per_kwh), (ComponentKind.TIME, per_h), (ComponentKind.FLAT, fee)]
    components = tuple(
        PriceComponent(kind, Decimal(price), vat_percent=None if vat is None else Decimal(vat))
        for kind, price in prices
        if price is not None
    )
    return Tariff(id="new", version=0, currency=currency, elements=(TariffElement(components),))


def tariff_at(site, *, name="Standard", valid_from=None, area=None, driver_group_id=None, evse_id=None, **prices):
    """A tariff in force at ``site``; its first version."""
    start = valid_from or NOON.replace(year=2025)
    version = create_tariff(
        organisation=site.organisation, name=name, content=simple_tariff(**prices), valid_from=start, actor=None
    )
    assign_tariff(
        tariff=version.tariff, site=site, valid_from=start, actor=None, area=area, driver_group_id=driver_group_id,
        evse_id=evse_id,
    )  # fmt: skip
    return version
