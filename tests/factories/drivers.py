"""Drivers, their groups, cards and the rules that admit them."""

import factory
from factory.django import DjangoModelFactory

from apps.drivers.models import AccessRule, Driver, DriverGroup, IdToken
from tests.factories.places import OrganisationFactory, SiteFactory


class DriverGroupFactory(DjangoModelFactory):
    class Meta:
        model = DriverGroup

    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence(lambda n: f"Group {n}")


class DriverFactory(DjangoModelFactory):
    class Meta:
        model = Driver

    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence(lambda n: f"Driver {n}")


class IdTokenFactory(DjangoModelFactory):
    """An active card of a driver of its own."""

    class Meta:
        model = IdToken

    organisation = factory.SubFactory(OrganisationFactory)
    driver = factory.SubFactory(DriverFactory, organisation=factory.SelfAttribute("..organisation"))
    value = factory.Sequence(lambda n: f"CARD{n:06}")
    key = factory.LazyAttribute(lambda token: token.value.casefold())
    short_key = factory.LazyAttribute(lambda token: token.key[:20])


class AccessRuleFactory(DjangoModelFactory):
    """Admits everybody at all hours."""

    class Meta:
        model = AccessRule

    site = factory.SubFactory(SiteFactory)
