"""What every charger tells: boots, states, transactions, meter values, reports and notices."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from apps.chargers.messages.events.base import ChargerEvent
from apps.chargers.messages.metering import MeterReading
from apps.chargers.messages.tokens import IdToken


class ConnectorStatus(StrEnum):
    """What a connector reports: 1.6's nine states; 2.x reports the five without a transaction's progress."""

    AVAILABLE = "Available"
    PREPARING = "Preparing"
    CHARGING = "Charging"
    SUSPENDED_EV = "SuspendedEV"
    SUSPENDED_EVSE = "SuspendedEVSE"
    FINISHING = "Finishing"
    OCCUPIED = "Occupied"
    RESERVED = "Reserved"
    UNAVAILABLE = "Unavailable"
    FAULTED = "Faulted"


class ChargingState(StrEnum):
    """OCPP 2.0.1 ChargingStateEnumType."""

    CHARGING = "Charging"
    EV_CONNECTED = "EVConnected"
    SUSPENDED_EV = "SuspendedEV"
    SUSPENDED_EVSE = "SuspendedEVSE"
    IDLE = "Idle"


class TransactionEventType(StrEnum):
    STARTED = "Started"
    UPDATED = "Updated"
    ENDED = "Ended"


@dataclass(frozen=True, slots=True)
class BootNotified(ChargerEvent):
    """BootNotification."""

    vendor: str
    model: str
    serial_number: str = ""
    firmware_version: str = ""
    reason: str = ""
    iccid: str = ""
    imsi: str = ""
    meter_type: str = ""
    meter_serial_number: str = ""


@dataclass(frozen=True, slots=True)
class HeartbeatReceived(ChargerEvent):
    """Heartbeat."""


@dataclass(frozen=True, slots=True)
class StatusNotified(ChargerEvent):
    """StatusNotification. ``evse_id`` 0 is the whole station; in 1.6 connector n is EVSE n, connector 1."""

    evse_id: int
    connector_id: int
    status: ConnectorStatus
    occurred_at: datetime | None = None
    error_code: str = ""
    vendor_error_code: str = ""
    vendor_id: str = ""
    info: str = ""
    deviations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AuthorizeRequested(ChargerEvent):
    """Authorize."""

    id_token: IdToken


@dataclass(frozen=True, slots=True)
class TransactionDetails:
    """What an event of 2.1 may say beside: objects in OCPP's own shape, ``None`` and ``""`` where nothing is said.

    ``limit`` is a TransactionLimitType (``maxCost``, ``maxEnergy`` in Wh, ``maxTime`` in s, ``maxSoC`` in percent),
    ``cost_details`` a CostDetailsType as the station reckons it.
    """

    operation_mode: str = ""
    tariff_id: str = ""
    limit: dict[str, Any] | None = None
    cost_details: dict[str, Any] | None = None
    preconditioning_status: str = ""
    evse_sleep: bool | None = None


@dataclass(frozen=True, slots=True)
class TransactionEvent(ChargerEvent):
    """TransactionEvent, and 1.6's StartTransaction (started) and StopTransaction (ended).

    ``transaction_id`` is the charger's string; ``None`` in a 1.6 start (we give the id) and in a 1.6 stop whose id is
    no transaction of ours (``-1``, ``0``, ``null``). ``seq_no`` is ``None`` in 1.6. ``meter_start_wh`` and
    ``meter_stop_wh`` are 1.6's registers; 2.x carries them as readings with context Transaction.Begin / .End.
    """

    type: TransactionEventType
    transaction_id: str | None
    occurred_at: datetime
    trigger_reason: str = ""
    seq_no: int | None = None
    offline: bool = False
    evse_id: int | None = None
    connector_id: int | None = None
    id_token: IdToken | None = None
    group_id_token: IdToken | None = None
    charging_state: ChargingState | None = None
    stopped_reason: str = ""
    remote_start_id: int | None = None
    reservation_id: int | None = None
    meter_start_wh: int | None = None
    meter_stop_wh: int | None = None
    readings: tuple[MeterReading, ...] = ()
    number_of_phases_used: int | None = None
    cable_max_current_a: int | None = None
    details: TransactionDetails | None = None
    deviations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MeterValuesReported(ChargerEvent):
    """MeterValues. ``transaction_id`` only in 1.6, and only where the charger gave one that is positive."""

    evse_id: int
    readings: tuple[MeterReading, ...]
    transaction_id: str | None = None
    deviations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DataTransferred(ChargerEvent):
    """DataTransfer. ``answer``: what is said to it, since we speak no vendor's language."""

    vendor_id: str
    message_id: str = ""
    data: Any = None
    answer: str = "UnknownVendorId"


@dataclass(frozen=True, slots=True)
class VariableReport:
    """One variable of a component, as a report or an answer gives it (2.x ReportDataType flattened).

    In 1.6 a configuration key ``K`` is the variable ``K`` of the component ``ConfigurationKey``.
    ``mutability`` is ReadOnly, WriteOnly or ReadWrite.
    """

    component: str
    variable: str
    value: str | None
    attribute: str = "Actual"
    component_instance: str = ""
    variable_instance: str = ""
    evse_id: int | None = None
    connector_id: int | None = None
    mutability: str = ""
    data_type: str = ""
    unit: str = ""
    min_limit: float | None = None
    max_limit: float | None = None
    values_list: str = ""
    supports_monitoring: bool = False


@dataclass(frozen=True, slots=True)
class ReportNotified(ChargerEvent):
    """NotifyReport: one part of an answer to GetBaseReport or GetReport."""

    request_id: int
    seq_no: int
    generated_at: datetime
    to_be_continued: bool
    variables: tuple[VariableReport, ...] = ()
    deviations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MonitoredEvent:
    """One event of a NotifyEvent."""

    event_id: int
    occurred_at: datetime
    trigger: str
    component: str
    variable: str
    actual_value: str
    component_instance: str = ""
    variable_instance: str = ""
    evse_id: int | None = None
    connector_id: int | None = None
    cleared: bool | None = None
    transaction_id: str | None = None
    tech_code: str = ""
    tech_info: str = ""
    notification_type: str = ""
    cause_event_id: int | None = None
    monitor_id: int | None = None
    severity: int | None = None


@dataclass(frozen=True, slots=True)
class EventsNotified(ChargerEvent):
    """NotifyEvent."""

    generated_at: datetime
    seq_no: int
    to_be_continued: bool
    events: tuple[MonitoredEvent, ...]
    deviations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StationNoticeReported(ChargerEvent):
    """Something a station mentions that needs no more than to be kept and shown.

    ``kind`` is ``security``; ``status`` the charger's word (a security event type).
    """

    kind: str
    status: str
    occurred_at: datetime | None = None
    request_id: int | None = None
    info: str = ""
    raw: dict[str, Any] = field(default_factory=dict)
    deviations: tuple[str, ...] = ()
