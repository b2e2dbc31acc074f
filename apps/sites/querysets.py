"""Questions asked of places, in the words of the field."""

from django.db import models

from apps.accounts.policy import Action
from apps.sites.scope import organisations_in_scope, sites_in_scope


class SiteScopedQuerySet(models.QuerySet):
    """Rows that belong to a site, reached by ``site_path``."""

    site_path = "site"
    view_action = Action.SITE_VIEW

    def visible_to(self, user, action: Action | None = None):
        """The rows on which ``user`` may do ``action`` (default: look at them)."""
        return self.filter(sites_in_scope(user, action or self.view_action, path=self.site_path))


class SiteQuerySet(SiteScopedQuerySet):
    site_path = ""

    def open(self):
        return self.filter(closed_at=None)


class AreaQuerySet(SiteScopedQuerySet):
    pass


class MembershipQuerySet(models.QuerySet):
    def visible_to(self, user, action: Action = Action.USER_VIEW):
        return self.filter(organisations_in_scope(user, action))
