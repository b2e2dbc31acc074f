"""Questions asked of drivers and tokens, in the words of the field."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from apps.accounts.policy import Action
from apps.chargers.querysets import StationPartQuerySet
from apps.sites.querysets import SiteScopedQuerySet
from apps.sites.scope import organisations_in_scope, organisations_visible_to, sites_in_scope


class DriverScopedQuerySet(models.QuerySet):
    """Rows of drivers: the whole organisation's for its members, those of a home site for that site's people."""

    driver_path = ""

    def visible_to(self, user, action: Action = Action.DRIVER_VIEW):
        prefix = f"{self.driver_path}__" if self.driver_path else ""
        whole = organisations_in_scope(user, action, path=f"{prefix}organisation")
        return self.filter(whole | sites_in_scope(user, action, path=f"{prefix}home_site"))


class DriverQuerySet(DriverScopedQuerySet):
    def of_user(self, user):
        """The driver records that a signed-in person is."""
        return self.filter(user=user)


class IdTokenQuerySet(DriverScopedQuerySet):
    driver_path = "driver"

    def usable_at(self, at: datetime):
        """Tokens that are neither blocked, lost nor expired at ``at``."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=at), status="active")


class DriverGroupQuerySet(models.QuerySet):
    """Groups are the organisation's: whoever sees drivers at one of its sites sees their names."""

    def visible_to(self, user, action: Action = Action.DRIVER_VIEW):
        return self.filter(organisation__in=organisations_visible_to(user, action))


class AccessRuleQuerySet(SiteScopedQuerySet):
    view_action = Action.DRIVER_VIEW


class LocalListQuerySet(StationPartQuerySet):
    def due(self, at: datetime):
        """Lists that are to be looked at by ``at``, oldest first."""
        return self.filter(due_at__lte=at).order_by("due_at", "pk")


class LocalListEntryQuerySet(SiteScopedQuerySet):
    """Cards in a station's list: personal data, for those who may look at drivers."""

    site_path = "local_list__station__site"
    view_action = Action.DRIVER_VIEW

    def out_of_step(self):
        """Entries of which the station holds something else than it should."""
        return self.exclude(held=models.F("wanted"))


class CustomerInformationQuerySet(SiteScopedQuerySet):
    site_path = "station__site"
    view_action = Action.DRIVER_EDIT


class BillingAccountQuerySet(DriverScopedQuerySet):
    """Accounts, of a site's people those at home there."""

    def of_user(self, user):
        """The accounts whose bills a signed-in person sees as his own."""
        return self.filter(user=user)


class VehicleQuerySet(DriverScopedQuerySet):
    driver_path = "account"
