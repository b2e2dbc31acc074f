"""One operation over many stations: begun, carried out in steps, cancelled, retried."""

from apps.chargers.services.bulk.beginning import UnableToBegin, begin_bulk
from apps.chargers.services.bulk.ending import UnableToChangeBulk, cancel_bulk, retry_bulk
from apps.chargers.services.bulk.steps import run_bulk_operations

__all__ = [
    "UnableToBegin",
    "UnableToChangeBulk",
    "begin_bulk",
    "cancel_bulk",
    "retry_bulk",
    "run_bulk_operations",
]
