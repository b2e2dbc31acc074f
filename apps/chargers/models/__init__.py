"""Stations and everything that hangs on them."""

from apps.chargers.models.battery_swaps import BatterySwap
from apps.chargers.models.bulk import BulkItem, BulkOperation
from apps.chargers.models.campaigns import CampaignStation, FirmwareCampaign
from apps.chargers.models.certificates import (
    AuthorityKey,
    CaCertificate,
    ContractCertificate,
    InstalledCertificate,
    StationCertificate,
)
from apps.chargers.models.commands import StationCommand
from apps.chargers.models.connections import ConnectionEvent, GatewayProcess, StationConnection, UnknownStation
from apps.chargers.models.der import DerControl, DerEvent, DerReport
from apps.chargers.models.device_model import DeviceModelReport, DeviceVariable, VariableChange
from apps.chargers.models.display import DisplayMessage, DisplayRead
from apps.chargers.models.files import FileTicket, StationFile
from apps.chargers.models.firmware import Firmware, FirmwarePublication, FirmwareUpdate
from apps.chargers.models.history import ConnectorStatusEvent, StationDeviation, StationNotice
from apps.chargers.models.logs import LogRequest, ProgressNote
from apps.chargers.models.monitoring import StationAlarm, VariableMonitor
from apps.chargers.models.operations import StationOperation
from apps.chargers.models.payments import Settlement, WebPayment
from apps.chargers.models.quirks import QuirkProfile
from apps.chargers.models.security import FailedHandshake, NetworkProfile, SecurityAlarm, SecurityProfileChange
from apps.chargers.models.stations import ChargingStation, Connector, Evse
from apps.chargers.models.streams import PeriodicEventStream, PeriodicEventValue
from apps.chargers.models.templates import (
    ConfigurationDrift,
    ConfigurationTemplate,
    StationProvisioning,
    TemplateVersion,
)

__all__ = [
    "AuthorityKey",
    "BatterySwap",
    "BulkItem",
    "BulkOperation",
    "CaCertificate",
    "CampaignStation",
    "ChargingStation",
    "ConfigurationDrift",
    "ConfigurationTemplate",
    "ConnectionEvent",
    "Connector",
    "ConnectorStatusEvent",
    "ContractCertificate",
    "DerControl",
    "DerEvent",
    "DerReport",
    "DeviceModelReport",
    "DeviceVariable",
    "DisplayMessage",
    "DisplayRead",
    "Evse",
    "FailedHandshake",
    "FileTicket",
    "Firmware",
    "FirmwareCampaign",
    "FirmwarePublication",
    "FirmwareUpdate",
    "GatewayProcess",
    "InstalledCertificate",
    "LogRequest",
    "NetworkProfile",
    "PeriodicEventStream",
    "PeriodicEventValue",
    "ProgressNote",
    "QuirkProfile",
    "SecurityAlarm",
    "SecurityProfileChange",
    "Settlement",
    "StationAlarm",
    "StationCertificate",
    "StationCommand",
    "StationConnection",
    "StationDeviation",
    "StationFile",
    "StationNotice",
    "StationOperation",
    "StationProvisioning",
    "TemplateVersion",
    "UnknownStation",
    "VariableChange",
    "VariableMonitor",
    "WebPayment",
]
