"""Charging sessions and what was measured in them."""

from apps.sessions.models.meter_values import MeterRollup, MeterValue
from apps.sessions.models.parked import ParkedFact
from apps.sessions.models.sessions import ChargingSession

__all__ = ["ChargingSession", "MeterRollup", "MeterValue", "ParkedFact"]
