from django.apps import AppConfig
from django.conf import settings


class GatewayConfig(AppConfig):
    name = "apps.gateway"
    label = "gateway"

    def ready(self) -> None:
        from apps.core.db.housekeeping import keep_partitions_of
        from apps.gateway.models import JournalEntry

        keep_partitions_of(JournalEntry, keep_days=settings.OCPP_JOURNAL_DAYS)
