"""Stations and everything that hangs on them."""

from apps.chargers.models.commands import StationCommand
from apps.chargers.models.connections import ConnectionEvent, GatewayProcess, StationConnection, UnknownStation
from apps.chargers.models.device_model import DeviceModelReport, DeviceVariable
from apps.chargers.models.history import ConnectorStatusEvent, StationDeviation, StationNotice
from apps.chargers.models.stations import ChargingStation, Connector, Evse

__all__ = [
    "ChargingStation",
    "ConnectionEvent",
    "Connector",
    "ConnectorStatusEvent",
    "DeviceModelReport",
    "DeviceVariable",
    "Evse",
    "GatewayProcess",
    "StationCommand",
    "StationConnection",
    "StationDeviation",
    "StationNotice",
    "UnknownStation",
]
