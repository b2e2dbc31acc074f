"""What a charger tells of its customers."""

from dataclasses import dataclass
from datetime import datetime

from apps.chargers.messages.events.base import ChargerEvent


@dataclass(frozen=True, slots=True)
class CustomerInformationNotified(ChargerEvent):
    """NotifyCustomerInformation: one part of an answer to CustomerInformation."""

    request_id: int
    seq_no: int
    generated_at: datetime
    to_be_continued: bool
    data: str
    deviations: tuple[str, ...] = ()
