"""Where a variable lives: the neutral address, the words of 2.x, and a name for people."""

from collections.abc import Mapping
from typing import Any

from apps.gateway.protocol.fields import read_int


def encode_address(variable: Mapping[str, Any]) -> dict[str, Any]:
    address = encode_place(variable)
    if variable.get("attribute"):
        address["attributeType"] = variable["attribute"]
    return address


def encode_place(variable: Mapping[str, Any]) -> dict[str, Any]:
    """Component and variable; the variable may be absent."""
    component: dict[str, Any] = {"name": variable["component"]}
    if variable.get("component_instance"):
        component["instance"] = variable["component_instance"]
    if variable.get("evse_id") is not None:
        component["evse"] = {"id": variable["evse_id"]}
        if variable.get("connector_id") is not None:
            component["evse"]["connectorId"] = variable["connector_id"]
    place: dict[str, Any] = {"component": component}
    if variable.get("variable"):
        place["variable"] = {"name": variable["variable"]}
        if variable.get("variable_instance"):
            place["variable"]["instance"] = variable["variable_instance"]
    return place


def name_of(item: dict[str, Any]) -> str:
    """``Component[instance]@evse.connector.Variable[instance]#Attribute``, shortened where parts are absent."""
    component, variable = item["component"], item["variable"]
    evse = component.get("evse")
    where = "" if evse is None else "@" + ".".join(str(evse[key]) for key in ("id", "connectorId") if key in evse)
    attribute = item.get("attributeType", "Actual")
    return (
        f"{component['name']}{_bracket(component)}{where}.{variable['name']}{_bracket(variable)}"
        f"{'' if attribute == 'Actual' else '#' + attribute}"
    )


def _bracket(named: dict[str, Any]) -> str:
    return f"[{named['instance']}]" if named.get("instance") else ""


def read_place(item: Mapping[str, Any]) -> dict[str, Any]:
    """The neutral address of the component and variable in ``item``; what is absent is left out."""
    component, variable = item["component"], item.get("variable") or {}
    evse = component.get("evse") or {}
    address = {
        "component": component["name"],
        "component_instance": component.get("instance"),
        "evse_id": read_int(evse.get("id")),
        "connector_id": read_int(evse.get("connectorId")),
        "variable": variable.get("name"),
        "variable_instance": variable.get("instance"),
        "attribute": item.get("attributeType"),
    }
    return {key: value for key, value in address.items() if value is not None}
