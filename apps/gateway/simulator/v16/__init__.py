"""OCPP 1.6J: what the station says (`messages`), answers (`answers`) and is set to (`configuration`)."""

from apps.gateway.simulator.v16.dialect import DIALECT

__all__ = ["DIALECT"]
