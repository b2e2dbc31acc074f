"""What a charger tells us. One class per fact; adapters make them, ``gateway.handlers`` routes them.

One module per functional block; what every charger tells is in ``core`` and named here.
"""

from apps.chargers.messages.events.base import ChargerEvent
from apps.chargers.messages.events.certificates import (
    CertificateSigningRequested,
    CertificateStatusRequested,
    ContractAuthorizeRequested,
    ContractCertificateRequested,
)
from apps.chargers.messages.events.core import (
    AuthorizeRequested,
    BootNotified,
    ChargingState,
    ConnectorStatus,
    DataTransferred,
    EventsNotified,
    HeartbeatReceived,
    MeterValuesReported,
    MonitoredEvent,
    ReportNotified,
    StationNoticeReported,
    StatusNotified,
    TransactionDetails,
    TransactionEvent,
    TransactionEventType,
    VariableReport,
)
from apps.chargers.messages.events.diagnostics import LogStatusNotified
from apps.chargers.messages.events.firmware import FirmwarePublishStatusNotified, FirmwareStatusNotified
from apps.chargers.messages.events.smart_charging import (
    ChargingLimitCleared,
    ChargingLimitNotified,
    ChargingNeeds,
    ChargingNeedsNotified,
    ChargingProfilesReported,
    ChargingScheduleNotified,
)

__all__ = [
    "AuthorizeRequested",
    "BootNotified",
    "CertificateSigningRequested",
    "CertificateStatusRequested",
    "ChargerEvent",
    "ChargingLimitCleared",
    "ChargingLimitNotified",
    "ChargingNeeds",
    "ChargingNeedsNotified",
    "ChargingProfilesReported",
    "ChargingScheduleNotified",
    "ChargingState",
    "ConnectorStatus",
    "ContractAuthorizeRequested",
    "ContractCertificateRequested",
    "DataTransferred",
    "EventsNotified",
    "FirmwarePublishStatusNotified",
    "FirmwareStatusNotified",
    "HeartbeatReceived",
    "LogStatusNotified",
    "MeterValuesReported",
    "MonitoredEvent",
    "ReportNotified",
    "StationNoticeReported",
    "StatusNotified",
    "TransactionDetails",
    "TransactionEvent",
    "TransactionEventType",
    "VariableReport",
]
