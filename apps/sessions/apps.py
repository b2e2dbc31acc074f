from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "apps.sessions"
    label = "charging_sessions"

    def ready(self) -> None:
        from apps.drivers import occupancy
        from apps.sessions import subscribers  # noqa: F401  (registers them)
        from apps.sessions.selectors.occupancy import open_sessions_of

        occupancy.provide(open_sessions_of)
