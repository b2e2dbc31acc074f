"""Organisations, people and sites."""

import factory
from factory.django import DjangoModelFactory

from apps.accounts.models import Organisation, User
from apps.accounts.policy import Role
from apps.sites.models import Area, Bay, Membership, Site

PASSWORD = "correct horse battery"


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"Organisation {n}")
    slug = factory.Sequence(lambda n: f"organisation-{n}")


class UserFactory(DjangoModelFactory):
    """Signs in with ``PASSWORD`` where ``password=PASSWORD`` is asked for; hashing is slow, so the default is none."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    name = factory.Sequence(lambda n: f"Person {n}")

    @classmethod
    def _create(cls, model_class, *args, password=None, **kwargs):
        return model_class.objects.create_user(*args, password=password, **kwargs)


class SiteFactory(DjangoModelFactory):
    class Meta:
        model = Site

    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence(lambda n: f"Site {n}")


class AreaFactory(DjangoModelFactory):
    class Meta:
        model = Area

    site = factory.SubFactory(SiteFactory)
    name = factory.Sequence(lambda n: f"Level {n}")


class BayFactory(DjangoModelFactory):
    class Meta:
        model = Bay

    area = factory.SubFactory(AreaFactory)
    label = factory.Sequence(lambda n: f"P{n}")


class MembershipFactory(DjangoModelFactory):
    """Of the whole organisation; give ``site`` for one of its sites."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = Role.OPERATOR
