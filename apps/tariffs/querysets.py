"""Questions asked of tariffs."""

from django.db import models

from apps.accounts.policy import Action
from apps.sites.querysets import SiteScopedQuerySet
from apps.sites.scope import organisations_visible_to


class TariffQuerySet(models.QuerySet):
    """Prices are the organisation's: whoever may see them at one of its sites sees them."""

    def visible_to(self, user, action: Action = Action.TARIFF_VIEW):
        return self.filter(organisation__in=organisations_visible_to(user, action))


class TariffPartQuerySet(models.QuerySet):
    """What belongs to a tariff."""

    def visible_to(self, user, action: Action = Action.TARIFF_VIEW):
        return self.filter(tariff__organisation__in=organisations_visible_to(user, action))


class TariffAssignmentQuerySet(SiteScopedQuerySet):
    """Assignments are seen by those who see the site."""

    view_action = Action.TARIFF_VIEW
