"""Questions asked of what limits charging."""

from apps.chargers.querysets import StationPartQuerySet
from apps.energy.choices import IN_FORCE, OPEN_STATES


class ProfileQuerySet(StationPartQuerySet):
    def in_force(self):
        """Profiles that the charger holds, as far as we know."""
        return self.filter(state__in=IN_FORCE)

    def open(self):
        """Those, and the ones asked for or left without an answer."""
        return self.filter(state__in=OPEN_STATES)


class LimitQuerySet(StationPartQuerySet):
    def in_force(self):
        return self.filter(cleared_at=None)
