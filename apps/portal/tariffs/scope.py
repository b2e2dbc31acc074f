"""Which tariffs a person may change, and by which clock."""

from apps.accounts.models import Organisation
from apps.accounts.policy import Action
from apps.sites.models import Site
from apps.sites.scope import organisations_in_scope
from apps.tariffs.models import Tariff


def editor_organisations(user):
    """Organisations of which the user holds the role as a whole: tariffs are theirs."""
    return Organisation.objects.filter(organisations_in_scope(user, Action.TARIFF_EDIT, path="pk")).order_by("name")


def editable_tariffs(user):
    return Tariff.objects.filter(organisations_in_scope(user, Action.TARIFF_EDIT))


def time_zone_of(tariff: Tariff) -> str:
    """The clock of the first site at which it applies, else of the organisation's first site."""
    sites = Site.objects.filter(organisation_id=tariff.organisation_id).order_by("pk")
    assigned = sites.filter(tariff_assignments__tariff=tariff)
    return assigned.values_list("time_zone", flat=True).first() or zone_of_organisation(tariff.organisation_id)


def zone_of_organisation(organisation_id: int | None) -> str:
    """The clock of the organisation's first site; UTC without sites."""
    sites = Site.objects.filter(organisation_id=organisation_id).order_by("pk")
    return sites.values_list("time_zone", flat=True).first() or "UTC"
