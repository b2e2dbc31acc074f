"""Words shared by the protocol's tests: a connection and what comes out of it."""

import json
from datetime import UTC, datetime
from typing import Any

from apps.gateway.protocol.connection import Connection
from apps.gateway.protocol.outcomes import Outcome

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
VERSIONS = ("ocpp1.6", "ocpp2.0.1", "ocpp2.1")


def connect(version: str = "ocpp1.6", **options: Any) -> Connection:
    return Connection(version, **options)


def receive(connection: Connection, text: str) -> Outcome:
    """The only outcome of one text."""
    (outcome,) = connection.receive_text(text, NOW)
    return outcome


def call(connection: Connection, action: str, payload: Any, message_id: Any = "m1") -> Outcome:
    """The charger calls."""
    return receive(connection, json.dumps([2, message_id, action, payload]))


def send(connection: Connection, action: str, payload: Any, message_id: Any = "s1") -> Outcome:
    """The charger says something that nobody answers (2.1)."""
    return receive(connection, json.dumps([6, message_id, action, payload]))


def answer(connection: Connection, message_id: str, payload: Any) -> Outcome:
    """The charger answers well."""
    return receive(connection, json.dumps([3, message_id, payload]))


def read(text: str) -> Any:
    return json.loads(text)


BOOT = {
    "ocpp1.6": {"chargePointVendor": "Wallbox", "chargePointModel": "Copper"},
    "ocpp2.0.1": {"reason": "PowerUp", "chargingStation": {"vendorName": "Wallbox", "model": "Copper"}},
}
STATUS = {
    "ocpp1.6": {"connectorId": 1, "errorCode": "NoError", "status": "Available"},
    "ocpp2.0.1": {"evseId": 1, "connectorId": 1, "connectorStatus": "Available", "timestamp": "2026-03-01T11:59:00Z"},
}
SHAPE = {"ocpp2.1": "ocpp2.0.1"}
"""Versions whose messages have the shape of another, but for what is new."""
BOOT["ocpp2.1"], STATUS["ocpp2.1"] = BOOT["ocpp2.0.1"], STATUS["ocpp2.0.1"]
