from django.apps import AppConfig


class EnergyConfig(AppConfig):
    name = "apps.energy"
    label = "energy"

    def ready(self) -> None:
        from apps.energy import subscribers  # noqa: F401  (registers them)
