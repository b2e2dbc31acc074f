"""Which service takes which event: the whole routing of what chargers say.

Services are set-based, ``service([Fact, …]) → [Reply, …]`` (``chargers.facts``). The order of ``WRITE_SERVICES`` is the
order in which they run inside a batch, hence in which they take locks: station, then session.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from apps.chargers.messages.events import (
    AuthorizeRequested,
    BootNotified,
    ChargerEvent,
    DataTransferred,
    EventsNotified,
    HeartbeatReceived,
    MeterValuesReported,
    ReportNotified,
    StationNoticeReported,
    StatusNotified,
    TransactionEvent,
)
from apps.chargers.messages.replies import HeartbeatReply, Reply
from apps.chargers.services.device_model import (
    record_data_transfers,
    record_events,
    record_notices,
    record_reports,
)
from apps.chargers.services.provisioning import record_boots
from apps.chargers.services.status import record_statuses
from apps.drivers.services.authorisation import authorise_facts
from apps.sessions.services.metering import record_meter_values
from apps.sessions.services.transactions import record_transaction_events

Service = Callable[[Sequence[Any]], Sequence[Any]]

WRITE_SERVICES: dict[type[ChargerEvent], Service] = {
    BootNotified: record_boots,
    StatusNotified: record_statuses,
    ReportNotified: record_reports,
    EventsNotified: record_events,
    StationNoticeReported: record_notices,
    DataTransferred: record_data_transfers,
    TransactionEvent: record_transaction_events,
    MeterValuesReported: record_meter_values,
}
"""Facts: stored, then answered."""

READ_SERVICES: dict[type[ChargerEvent], Service] = {AuthorizeRequested: authorise_facts}
"""Questions: answered from what is stored."""

ANSWERED_AT_ONCE: dict[type[ChargerEvent], Callable[[ChargerEvent, datetime], Reply]] = {
    HeartbeatReceived: lambda event, received_at: HeartbeatReply(datetime.now(UTC)),
}
"""Signs of life: when a station was last heard is written in groups (``notes``)."""
