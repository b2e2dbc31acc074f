"""Charging sessions and what was measured in them."""

from apps.sessions.models.cdrs import ChargeDetailRecord
from apps.sessions.models.meter_values import MeterRollup, MeterValue
from apps.sessions.models.parked import ParkedFact
from apps.sessions.models.reservations import Reservation
from apps.sessions.models.sessions import ChargingSession
from apps.sessions.models.station_costs import SessionCost, StationPricing, StationTariff

__all__ = [
    "ChargeDetailRecord",
    "ChargingSession",
    "MeterRollup",
    "MeterValue",
    "ParkedFact",
    "Reservation",
    "SessionCost",
    "StationPricing",
    "StationTariff",
]
