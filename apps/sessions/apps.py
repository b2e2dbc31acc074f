from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "apps.sessions"
    label = "charging_sessions"

    def ready(self) -> None:
        from apps.core.db.housekeeping import keep_partitions_of
        from apps.drivers import occupancy
        from apps.sessions import subscribers  # noqa: F401  (registers them)
        from apps.sessions.models import MeterValue
        from apps.sessions.selectors.occupancy import energy_of, open_sessions_of

        keep_partitions_of(MeterValue)
        occupancy.provide(open_sessions_of, energy_of)
