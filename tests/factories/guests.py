"""Codes on chargers and visits of guests as rows."""

import uuid
from datetime import timedelta
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from apps.drivers.choices import AccountKind
from apps.invoicing.models import GuestVisit, QrCode
from apps.invoicing.services.guests.people import new_token_value
from tests.factories.billing import BillingAccountFactory, IssuerFactory
from tests.factories.chargers import NOON, EvseFactory


class QrCodeFactory(DjangoModelFactory):
    class Meta:
        model = QrCode

    evse = factory.SubFactory(EvseFactory)
    code = factory.Sequence(lambda n: f"code{n:07}")
    created_at = NOON


class GuestVisitFactory(DjangoModelFactory):
    """Waits for its payment since ``NOON``; 25.00 are to be authorised. Give ``evse`` and ``tariff_version``."""

    class Meta:
        model = GuestVisit

    evse = factory.SubFactory(EvseFactory)
    code = factory.SubFactory(QrCodeFactory, evse=factory.SelfAttribute("..evse"))
    site = factory.SelfAttribute("evse.station.site")
    issuer = factory.SubFactory(IssuerFactory, organisation=factory.SelfAttribute("..site.organisation"))
    account = factory.SubFactory(
        BillingAccountFactory, organisation=factory.SelfAttribute("..site.organisation"), kind=AccountKind.GUEST
    )
    form_key = factory.LazyFunction(uuid.uuid4)
    email = "guest@example.com"
    base_url = "https://charge.example"
    currency = "EUR"
    hold_amount = Decimal("25.00")
    offer = factory.LazyFunction(lambda: [{"name": "Energy", "price": "0.595", "unit": "kWh", "when": ""}])
    token_value = factory.LazyFunction(new_token_value)
    created_at = NOON
    pay_due_at = NOON + timedelta(minutes=15)
