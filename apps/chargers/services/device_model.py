"""The doors for everything a station mentions, named in one place for the gateway."""

from apps.chargers.services.monitored_events import record_events
from apps.chargers.services.notices import record_data_transfers, record_notices
from apps.chargers.services.reports import REPORT_COMPLETED, record_monitoring_reports, record_reports
from apps.chargers.services.variables import store_variables, store_variables_of_many

__all__ = [
    "REPORT_COMPLETED",
    "record_data_transfers",
    "record_events",
    "record_monitoring_reports",
    "record_notices",
    "record_reports",
    "store_variables",
    "store_variables_of_many",
]
