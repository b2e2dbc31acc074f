"""From rows of the device model to the addresses of commands, and back."""

from collections.abc import Mapping
from typing import Any

from apps.chargers.models import DeviceVariable


def address_of(row: DeviceVariable) -> dict[str, Any]:
    """As in ``GetVariables``; what is absent is left out."""
    address = {
        "component": row.component,
        "component_instance": row.component_instance,
        "evse_id": row.evse_number,
        "connector_id": row.connector_number,
        "variable": row.variable,
        "variable_instance": row.variable_instance,
        "attribute": "" if row.attribute == "Actual" else row.attribute,
    }
    return {name: value for name, value in address.items() if value}


def wish_of(row: DeviceVariable, value: str) -> dict[str, Any]:
    """As in ``SetVariables``."""
    return {**address_of(row), "value": value}


def identity_of(address: Mapping[str, Any]) -> tuple:
    """What two addresses of the same variable have in common, whatever their letter case."""
    return (
        str(address.get("component", "")).casefold(),
        str(address.get("component_instance") or "").casefold(),
        int(address.get("evse_id") or 0),
        int(address.get("connector_id") or 0),
        str(address.get("variable", "")).casefold(),
        str(address.get("variable_instance") or "").casefold(),
        str(address.get("attribute") or "Actual").casefold(),
    )
