"""What a person may choose from in the forms of this area."""

from functools import partial

from apps.accounts.policy import Action
from apps.drivers.models import BillingAccount
from apps.portal.drivers import scope as drivers
from apps.tariffs.models import MembershipPlan

organisations = partial(drivers.organisations, action=Action.ACCOUNT_EDIT)
sites = partial(drivers.sites, action=Action.ACCOUNT_EDIT)
needs_home_site = partial(drivers.needs_home_site, action=Action.ACCOUNT_EDIT)


def accounts(user, organisation_id: int):
    """Customers who may be chosen to pay."""
    rows = BillingAccount.objects.visible_to(user, Action.ACCOUNT_EDIT)
    return rows.filter(organisation_id=organisation_id, closed_at=None).order_by("name")


def plans(organisation_id: int):
    return MembershipPlan.objects.filter(organisation_id=organisation_id, retired_at=None).order_by("name")
