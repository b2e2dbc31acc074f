"""Helpers for changing payloads on their way out."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING

from apps.gateway.simulator.misbehaviour.base import Misbehaviour, Outgoing

if TYPE_CHECKING:
    from apps.gateway.simulator.station import Station

ENERGY = "Energy.Active.Import.Register"


class PayloadMisbehaviour(Misbehaviour):
    """Changes a copy of each request's payload in place."""

    def rewrite(self, station: "Station", outgoing: Outgoing) -> list[Outgoing]:
        payload = deepcopy(outgoing.payload)
        self.change(outgoing.action, payload)
        return [replace(outgoing, payload=payload)]

    def change(self, action: str, payload: dict) -> None:
        raise NotImplementedError


def sampled_values(payload: dict) -> Iterator[dict]:
    """Every sampled value of a MeterValues, StopTransaction or TransactionEvent payload."""
    for name in ("meterValue", "transactionData"):
        for meter_value in payload.get(name, []):
            yield from meter_value["sampledValue"]


def change_energy(payload: dict, change: Callable[[float], float]) -> None:
    """Change register values and the meter readings of start and stop; 1.6 keeps its sampled values as text."""
    for value in sampled_values(payload):
        if value["measurand"] == ENERGY:
            changed = change(float(value["value"]))
            value["value"] = f"{changed:.10g}" if isinstance(value["value"], str) else changed
    for name in ("meterStart", "meterStop"):
        if name in payload:
            payload[name] = change(payload[name])


def is_start(outgoing: Outgoing) -> bool:
    """Whether it begins a transaction, in either version."""
    return outgoing.action == "StartTransaction" or outgoing.payload.get("eventType") == "Started"


def is_stop(outgoing: Outgoing) -> bool:
    """Whether it ends a transaction, in either version."""
    return outgoing.action == "StopTransaction" or outgoing.payload.get("eventType") == "Ended"
