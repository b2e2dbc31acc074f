"""OCPP 2.0.1: what the station says (`messages`), answers (`answers`) and consists of (`device_model`)."""

from apps.gateway.simulator.v201.dialect import DIALECT

__all__ = ["DIALECT"]
