"""The form of one operation, made from the schema of the station's version."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from apps.chargers.models import ChargingStation
from apps.core.ids import reserve_numbers
from apps.gateway.protocol.adapter import adapter_for
from apps.portal.calls.catalogue import OPERATIONS
from apps.portal.calls.fields import field_for
from apps.portal.calls.help import KEPT_EMPTY, OWN_NUMBERS
from apps.portal.calls.schema_nodes import Group, Leaf, Node, Repeated, leaves_of, nodes_of, payload_of
from apps.portal.stations.command_forms import OCPP16, CommandForm

COUNT = "entries:"
"""What begins the names of the hidden fields that say how many entries a list has."""
MOST_FIELDS = 600
_FEW = 2
_NOTHING = (None, "", [])


def counts_in(data: Mapping[str, str]) -> dict[str, int]:
    """How many entries each list of a sent form has, with the one that "Add" or "Take away" asks for."""
    counts = {
        name.removeprefix(COUNT): min(int(value), 100)
        for name, value in data.items()
        if name.startswith(COUNT) and value.isdecimal()
    }
    if path := data.get("more"):
        counts[path] = counts.get(path, 0) + 1
    if path := data.get("less"):
        counts[path] = max(counts.get(path, 1) - 1, 0)
    return counts


class OperationForm(CommandForm):
    """``cleaned_data["payload"]`` is the request. ``counts``: how many entries its lists have."""

    def __init__(self, *args, station: ChargingStation, operation: str, counts: Mapping[str, int], **kwargs) -> None:
        super().__init__(*args, station=station, **kwargs)
        self.operation = operation
        self.adapter = adapter_for(station.protocol or OCPP16)
        self.nodes = nodes_of(self.adapter.schemas.request_schema(operation), counts)
        waits = {name: self.fields.pop(name) for name in list(self.fields)}
        for leaf in leaves_of(self.nodes):
            self.fields[leaf.path] = field_for(leaf, operation, station.site.time_zone)
        if harm := OPERATIONS[operation].harm:
            self.fields["confirmed"] = forms.BooleanField(
                label="Yes, do it", help_text=harm, error_messages={"required": "Confirm that this may be sent."}
            )
        self.fields |= waits

    @property
    def is_full(self) -> bool:
        return len(self.fields) > MOST_FIELDS

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.errors:
            return data
        leaves = list(leaves_of(self.nodes))
        values = {leaf.path: data[leaf.path] for leaf in leaves if data.get(leaf.path) not in _NOTHING}
        for leaf in leaves:
            if leaf.path not in values and leaf.is_needed and leaf.path in OWN_NUMBERS:
                values[leaf.path] = reserve_numbers(OWN_NUMBERS[leaf.path], how_many=1)[0]
        payload = payload_of(self.nodes, values, KEPT_EMPTY)
        for path, words in self.adapter.validate_request(self.operation, payload):
            self._say(path, words)
        return data | {"payload": payload}

    def _say(self, path: str, words: str) -> None:
        """At the field that ``path`` names or lies in; above the form where there is none."""
        beside = [name for name in self.fields if path == name or path.startswith((f"{name}[", f"{name}."))]
        self.add_error(beside[0] if beside else None, words if beside else f"{path or 'The message'}: {words}")

    def parts(self) -> list[dict]:
        """What the template draws: fields, groups and lists, nested as in the message."""
        return [self._part(node) for node in self.nodes]

    def others(self) -> list:
        """The fields that are not part of the message."""
        return [self[name] for name in ("confirmed", "wait_s") if name in self.fields]

    def _part(self, node: Node) -> dict:
        if isinstance(node, Leaf):
            return {"field": self[node.path]}
        said = {"node": node, "is_needed": node.is_needed, "says": node.says}
        if isinstance(node, Group):
            needed = [self._part(member) for member in node.members if member.is_needed]
            others = [member for member in node.members if not member.is_needed]
            more = [self._part(member) for member in others]
            if len(more) <= _FEW or not needed:
                needed, more = needed + more, []
            return said | {
                "parts": needed,
                "more": more,
                "more_is_open": self._is_filled(others),
                "is_open": node.is_needed or self._is_filled(node.members),
            }
        return said | {
            "entries": [self._part(entry) for entry in node.entries],
            "count_name": f"{COUNT}{node.path}",
            "count": len(node.entries),
            "may_less": len(node.entries) > node.at_least,
            "may_more": len(node.entries) < node.at_most and not self.is_full,
        }

    def _is_filled(self, nodes: Sequence[Node]) -> bool:
        """Whether something within was typed or is wrong, or a list within has entries."""
        if any(isinstance(node, Repeated) and node.entries for node in nodes):
            return True
        inside = leaves_of(tuple(nodes))
        return any(self[leaf.path].value() not in _NOTHING or self[leaf.path].errors for leaf in inside)
