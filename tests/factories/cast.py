"""The named cast, as fixtures: everybody who can be at the door of a page.

Voltwerk runs two sites, Harbour and Linden Court. Ada operates all of it; Sam manages Harbour; Tess mends chargers
everywhere at Voltwerk; Finn keeps its books and Sue answers its telephone; Rita lives at Linden Court; Otto operates
Rival, another organisation with a site of its own.
"""

import pytest

from apps.accounts.policy import Role
from apps.sites.choices import SiteKind
from tests.factories.places import PASSWORD, MembershipFactory, OrganisationFactory, SiteFactory, UserFactory


def _person(name, organisation, role, site=None):
    user = UserFactory(name=name, email=f"{name.lower()}@example.com", password=PASSWORD)
    MembershipFactory(user=user, organisation=organisation, role=role, site=site)
    return user


@pytest.fixture
def voltwerk(db):
    return OrganisationFactory(name="Voltwerk", slug="voltwerk")


@pytest.fixture
def harbour(voltwerk):
    return SiteFactory(organisation=voltwerk, name="Harbour", kind=SiteKind.PUBLIC, time_zone="Europe/Berlin")


@pytest.fixture
def linden_court(voltwerk):
    return SiteFactory(organisation=voltwerk, name="Linden Court", kind=SiteKind.RESIDENTIAL, time_zone="Europe/Lisbon")


@pytest.fixture
def rival(db):
    return OrganisationFactory(name="Rival", slug="rival")


@pytest.fixture
def rival_site(rival):
    return SiteFactory(organisation=rival, name="Rival Park", time_zone="America/New_York")


@pytest.fixture
def ada(voltwerk):
    """Operator of all of Voltwerk."""
    return _person("Ada", voltwerk, Role.OPERATOR)


@pytest.fixture
def sam(voltwerk, harbour):
    """Site manager of Harbour only."""
    return _person("Sam", voltwerk, Role.SITE_MANAGER, site=harbour)


@pytest.fixture
def tess(voltwerk):
    """Technician of all of Voltwerk."""
    return _person("Tess", voltwerk, Role.TECHNICIAN)


@pytest.fixture
def finn(voltwerk):
    """Finance of all of Voltwerk."""
    return _person("Finn", voltwerk, Role.FINANCE)


@pytest.fixture
def sue(voltwerk):
    """Support of all of Voltwerk."""
    return _person("Sue", voltwerk, Role.SUPPORT)


@pytest.fixture
def rita(voltwerk, linden_court):
    """Resident of Linden Court: a driver."""
    return _person("Rita", voltwerk, Role.DRIVER, site=linden_court)


@pytest.fixture
def otto(rival, rival_site):
    """Operator of Rival: an outsider to Voltwerk."""
    return _person("Otto", rival, Role.OPERATOR)
