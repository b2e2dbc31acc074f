from django.apps import AppConfig


class DriversConfig(AppConfig):
    name = "apps.drivers"
    label = "drivers"

    def ready(self) -> None:
        from apps.drivers import subscribers  # noqa: F401  (registers them)
