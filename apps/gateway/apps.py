from django.apps import AppConfig


class GatewayConfig(AppConfig):
    name = "apps.gateway"
    label = "gateway"

    def ready(self) -> None:
        from apps.core.db.housekeeping import keep_partitions_of
        from apps.gateway.models import JournalEntry

        keep_partitions_of(JournalEntry)
