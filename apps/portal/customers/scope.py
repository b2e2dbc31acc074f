"""What a person may choose from in the forms of this area."""

from apps.accounts.models import Organisation
from apps.accounts.policy import Action
from apps.drivers.models import BillingAccount
from apps.sites.models import Site
from apps.sites.scope import organisations_in_scope, organisations_visible_to
from apps.tariffs.models import MembershipPlan


def organisations(user):
    """Organisations in which the user may make customers, at one site at least."""
    return organisations_visible_to(user, Action.ACCOUNT_EDIT).order_by("name")


def sites(user, organisation_id: int | None = None):
    rows = Site.objects.visible_to(user, Action.ACCOUNT_EDIT).open().order_by("name")
    return rows.filter(organisation_id=organisation_id) if organisation_id else rows


def accounts(user, organisation_id: int):
    """Customers who may be chosen to pay."""
    rows = BillingAccount.objects.visible_to(user, Action.ACCOUNT_EDIT)
    return rows.filter(organisation_id=organisation_id, closed_at=None).order_by("name")


def plans(organisation_id: int):
    return MembershipPlan.objects.filter(organisation_id=organisation_id, retired_at=None).order_by("name")


def needs_home_site(user, organisation_id: int | None = None) -> bool:
    """Whether the user's role covers single sites only."""
    whole = Organisation.objects.filter(organisations_in_scope(user, Action.ACCOUNT_EDIT, path="pk"))
    return not (whole.filter(pk=organisation_id) if organisation_id else whole).exists()
