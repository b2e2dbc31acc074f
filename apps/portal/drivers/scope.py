"""What a person may choose from in the forms of this area."""

from apps.accounts.models import Organisation
from apps.accounts.policy import Action
from apps.drivers.models import Driver, DriverGroup
from apps.sites.models import Site
from apps.sites.scope import organisations_in_scope, organisations_visible_to


def organisations(user, action: Action = Action.DRIVER_EDIT):
    """Organisations in which the user may do ``action``, at one site at least."""
    return organisations_visible_to(user, action).order_by("name")


def whole_organisations(user, action: Action = Action.DRIVER_EDIT):
    """Organisations of which the user holds the role as a whole: groups are theirs."""
    return Organisation.objects.filter(organisations_in_scope(user, action, path="pk")).order_by("name")


def sites(user, organisation_id: int | None = None, *, action: Action = Action.DRIVER_EDIT):
    """Sites at which the user may do ``action``."""
    rows = Site.objects.visible_to(user, action).open().order_by("name")
    return rows.filter(organisation_id=organisation_id) if organisation_id else rows


def groups(user, organisation_id: int | None = None):
    rows = DriverGroup.objects.visible_to(user, Action.DRIVER_EDIT).order_by("name")
    return rows.filter(organisation_id=organisation_id) if organisation_id else rows


def editable_groups(user):
    return DriverGroup.objects.filter(organisation__in=whole_organisations(user))


def drivers(user, organisation_id: int):
    """Drivers who have not left."""
    rows = Driver.objects.visible_to(user, Action.DRIVER_EDIT)
    return rows.filter(organisation_id=organisation_id, left_at=None).order_by("name")


def needs_home_site(user, organisation_id: int | None = None, *, action: Action = Action.DRIVER_EDIT) -> bool:
    """Whether the user may only have drivers, or customers, who are at home at his sites."""
    whole = whole_organisations(user, action)
    return not (whole.filter(pk=organisation_id) if organisation_id else whole).exists()
