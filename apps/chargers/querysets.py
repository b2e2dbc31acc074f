"""Questions asked of stations and what belongs to them."""

from datetime import datetime

from django.db import models

from apps.accounts.policy import Action
from apps.core.models import AppendOnlyQuerySet
from apps.sites.querysets import SiteScopedQuerySet
from apps.sites.scope import organisations_in_scope, organisations_visible_to


class StationQuerySet(SiteScopedQuerySet):
    view_action = Action.STATION_VIEW

    def in_use(self):
        """Stations that have not been retired."""
        return self.filter(retired_at=None)


class EvseQuerySet(SiteScopedQuerySet):
    site_path = "station__site"
    view_action = Action.STATION_VIEW


class ConnectorQuerySet(SiteScopedQuerySet):
    site_path = "evse__station__site"
    view_action = Action.STATION_VIEW


class StationPartQuerySet(SiteScopedQuerySet):
    """Rows that hang on a station: variables, commands, notices."""

    site_path = "station__site"
    view_action = Action.STATION_VIEW


class CommandQuerySet(StationPartQuerySet):
    def due_before(self, at: datetime):
        """Unsettled commands whose deadline has passed."""
        return self.filter(state__in=["pending", "sent"], deadline_at__lte=at)


class HistoryQuerySet(AppendOnlyQuerySet, StationPartQuerySet):
    """Append-only rows of a station's past."""


class SettlementQuerySet(HistoryQuerySet):
    """Payments are for those who may see sessions."""

    view_action = Action.SESSION_VIEW


class TelemetryQuerySet(AppendOnlyQuerySet):
    """Append-only rows that name their station without a foreign key, being partitioned."""

    def visible_to(self, user, action: Action = Action.STATION_VIEW):
        from apps.chargers.models import ChargingStation

        return self.filter(station_id__in=ChargingStation.objects.visible_to(user, action).values("pk"))


class AlarmQuerySet(StationPartQuerySet):
    def open(self):
        """Alarms that the station has not called over."""
        return self.filter(cleared_at=None)


class OrganisationQuerySet(models.QuerySet):
    """Rows that belong to an organisation as a whole: whoever may look at its stations may look at them."""

    def visible_to(self, user, action: Action = Action.STATION_VIEW):
        return self.filter(organisation__in=organisations_visible_to(user, action))


class QuirkProfileQuerySet(OrganisationQuerySet):
    """Shipped profiles are everybody's to look at, and nobody's to change."""

    def visible_to(self, user, action: Action = Action.STATION_VIEW):
        mine = models.Q(organisation__in=organisations_visible_to(user, action))
        if action is not Action.STATION_VIEW:
            return self.filter(mine)
        return self.filter(mine | models.Q(organisation=None))


class OrganisationCertificateQuerySet(models.QuerySet):
    """Certificates that belong to an organisation: seen from each of its sites, changed by those who run all of it."""

    def visible_to(self, user, action: Action = Action.CERTIFICATE_VIEW):
        if action is Action.CERTIFICATE_VIEW:
            return self.filter(organisation__in=organisations_visible_to(user, action))
        return self.filter(organisations_in_scope(user, action))


class OrganisationPartQuerySet(models.QuerySet):
    """Firmware and campaigns: seen from each site of the organisation, changed by those who run all of it."""

    def visible_to(self, user, action: Action = Action.STATION_VIEW):
        if action is Action.STATION_VIEW:
            return self.filter(organisation__in=organisations_visible_to(user, action))
        return self.filter(organisations_in_scope(user, action))


class BulkOperationQuerySet(models.QuerySet):
    def visible_to(self, user, action: Action = Action.STATION_VIEW):
        """Operations that concern a station on which ``user`` may do ``action``."""
        items = self.model._meta.get_field("items").related_model.objects
        return self.filter(models.Exists(items.visible_to(user, action).filter(operation=models.OuterRef("pk"))))
