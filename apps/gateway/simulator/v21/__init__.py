"""OCPP 2.1: what a station of 2.0.1 says and answers, and what is new."""

from apps.gateway.simulator.v21.dialect import DIALECT

__all__ = ["DIALECT"]
