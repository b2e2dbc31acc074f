"""Questions asked of sessions and meter values."""

from datetime import datetime

from django.db import models

from apps.accounts.policy import Action
from apps.sessions.choices import LIVE_RESERVATIONS, OPEN_STATES, ReservationState
from apps.sites.querysets import SiteScopedQuerySet
from apps.sites.scope import sites_in_scope


class SessionQuerySet(SiteScopedQuerySet):
    view_action = Action.SESSION_VIEW

    def open(self):
        """Sessions that have not ended."""
        return self.filter(state__in=OPEN_STATES)

    def of_user(self, user):
        """The sessions that a signed-in person charged in."""
        return self.filter(driver__user=user)


class StationTelemetryQuerySet(models.QuerySet):
    """Telemetry names its station by number, without a foreign key."""

    def visible_to(self, user, action: Action = Action.SESSION_VIEW):
        from apps.chargers.models import ChargingStation

        stations = ChargingStation.objects.filter(sites_in_scope(user, action, path="site"))
        return self.filter(station_id__in=stations.values("pk"))


class ReservationQuerySet(SiteScopedQuerySet):
    site_path = "station__site"
    view_action = Action.RESERVATION_VIEW

    def live(self):
        """Asked for or held, whatever the clock says."""
        return self.filter(state__in=LIVE_RESERVATIONS)

    def held_at(self, at: datetime):
        """Those that keep a place at this moment."""
        return self.filter(state=ReservationState.HELD, expires_at__gt=at)


class StationPricingQuerySet(SiteScopedQuerySet):
    """What stations were told of prices."""

    site_path = "station__site"
    view_action = Action.STATION_VIEW


class CdrQuerySet(SiteScopedQuerySet):
    view_action = Action.SESSION_VIEW

    def current(self):
        """The latest rating of each session."""
        return self.filter(is_current=True)
