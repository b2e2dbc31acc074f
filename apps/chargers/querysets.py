"""Questions asked of stations and what belongs to them."""

from datetime import datetime

from apps.accounts.policy import Action
from apps.core.models import AppendOnlyQuerySet
from apps.sites.querysets import SiteScopedQuerySet


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
