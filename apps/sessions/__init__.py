"""Charging sessions, meter values and their roll-ups."""
