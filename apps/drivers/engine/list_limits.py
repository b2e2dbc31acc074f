"""Reading from a station's variables whether it has a local list, and how much fits. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from apps.drivers.engine.local_list import Limits

DEFAULT_ITEMS = 100
"""Entries per message where the station does not say how many it takes."""
ENABLED_NAMES = (("ConfigurationKey", "LocalAuthListEnabled"), ("LocalAuthListCtrlr", "Enabled"))


class Told(NamedTuple):
    """A variable as the station told it."""

    component: str
    variable: str
    instance: str
    value: str | None
    max_limit: float | None


def limits_from(variables: Iterable[Told]) -> Limits:
    """1.6: SendLocalListMaxLength, LocalAuthListMaxLength. 2.x LocalAuthListCtrlr: ItemsPerMessage, BytesPerMessage,
    the limits of Entries and Storage."""
    said = {(told.component, told.variable): told for told in variables}

    def number(component: str, variable: str) -> int | None:
        told = said.get((component, variable))
        return _positive(told.value) if told else None

    def limit(variable: str) -> int | None:
        told = said.get(("LocalAuthListCtrlr", variable))
        return int(told.max_limit) if told and told.max_limit and told.max_limit > 0 else None

    items = number("ConfigurationKey", "SendLocalListMaxLength") or number("LocalAuthListCtrlr", "ItemsPerMessage")
    capacity = number("ConfigurationKey", "LocalAuthListMaxLength") or limit("Entries")
    return Limits(
        items=items or min(DEFAULT_ITEMS, capacity or DEFAULT_ITEMS),
        message_bytes=number("LocalAuthListCtrlr", "BytesPerMessage"),
        capacity=capacity,
        storage_bytes=limit("Storage"),
    )


def _positive(text: str | None) -> int | None:
    try:
        number = int(text or "")
    except ValueError:
        return None
    return number if number > 0 else None
