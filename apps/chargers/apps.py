from django.apps import AppConfig


class ChargersConfig(AppConfig):
    name = "apps.chargers"
    label = "chargers"

    def ready(self) -> None:
        from django.conf import settings

        from apps.chargers import subscribers  # noqa: F401  (registers them)
        from apps.chargers.models import PeriodicEventValue
        from apps.core.db.housekeeping import keep_partitions_of

        keep_partitions_of(PeriodicEventValue, keep_days=settings.OCPP_STREAM_DAYS)
