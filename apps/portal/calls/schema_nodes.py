"""A message's JSON schema as the fields of a form (pure): leaves, groups of them, and lists of groups.

``nodes_of(schema, counts)`` reads a request's schema into nodes. Each bears the path by which the schema names its
faults (``chargingSchedule[0].id``). What is nested deeper than a form can show becomes one leaf of JSON.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from re import sub
from typing import Any

DEEPEST_GROUP = 5
DEEPEST_LIST = 2
_LEFT_OUT = "customData"  # of vendors, in every object of 2.x; the JSON console takes it


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value. ``kind``: text, integer, decimal, boolean, moment, choice, choices, lines or json.

    ``is_needed``: its object cannot do without it. ``in_needed``: that object is always sent.
    """

    path: str
    name: str
    kind: str
    is_needed: bool
    in_needed: bool
    says: str = ""
    choices: tuple[str, ...] = ()
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """An object: its members, those that it needs first."""

    path: str
    name: str
    is_needed: bool
    says: str
    members: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """A list of objects, as many as were asked for."""

    path: str
    name: str
    is_needed: bool
    says: str
    entries: tuple[Group, ...]
    at_least: int
    at_most: int


Node = Leaf | Group | Repeated


@dataclass(frozen=True, slots=True)
class _Reader:
    definitions: Mapping[str, Any]
    counts: Mapping[str, int]
    lists: int = 0
    groups: int = 0
    in_needed: bool = True

    def members(self, schema: Mapping[str, Any], path: str) -> tuple[Node, ...]:
        needed = set(schema.get("required", ()))
        nodes = [
            self.node(name, part, f"{path}.{name}" if path else name, is_needed=name in needed)
            for name, part in schema.get("properties", {}).items()
            if name != _LEFT_OUT
        ]
        return tuple(sorted(nodes, key=lambda node: not node.is_needed))

    def node(self, name: str, part: Mapping[str, Any], path: str, *, is_needed: bool) -> Node:
        part, says = self._resolved(part)
        if part.get("type") == "object" and part.get("properties"):
            if self.groups >= DEEPEST_GROUP:
                return self._leaf(name, "json", path, is_needed, says)
            inner = self._within(is_needed, groups=1)
            return Group(path, name, is_needed, says, inner.members(part, path))
        if part.get("type") == "array":
            return self._list(name, part, path, is_needed, says)
        return self._value(name, part, path, is_needed, says)

    def _list(self, name: str, part: Mapping[str, Any], path: str, is_needed: bool, says: str) -> Node:
        item, _ = self._resolved(part.get("items", {}))
        if item.get("enum"):
            return self._leaf(name, "choices", path, is_needed, says, choices=tuple(item["enum"]))
        if item.get("type") == "string":
            return self._leaf(name, "lines", path, is_needed, says, max_length=item.get("maxLength"))
        if item.get("type") != "object" or self.lists >= DEEPEST_LIST or self.groups >= DEEPEST_GROUP:
            return self._leaf(name, "json", path, is_needed, says)
        at_least = max(part.get("minItems", 1), 1) if is_needed else 0
        how_many = self.counts.get(path, at_least if self.in_needed else 0)
        entries = []
        for index in range(how_many):
            inner = self._within(True, groups=1, lists=1)
            at = f"{path}[{index}]"
            entries.append(Group(at, f"{name} {index + 1}", True, "", inner.members(item, at)))
        return Repeated(path, name, is_needed, says, tuple(entries), at_least, part.get("maxItems", 100))

    def _value(self, name: str, part: Mapping[str, Any], path: str, is_needed: bool, says: str) -> Leaf:
        if part.get("enum"):
            return self._leaf(name, "choice", path, is_needed, says, choices=tuple(part["enum"]))
        if part.get("format") == "date-time":
            return self._leaf(name, "moment", path, is_needed, says)
        kinds = {"integer": "integer", "number": "decimal", "boolean": "boolean", "string": "text"}
        return self._leaf(
            name, kinds.get(str(part.get("type")), "json"), path, is_needed, says, max_length=part.get("maxLength"),
            minimum=part.get("minimum"), maximum=part.get("maximum"),
        )  # fmt: skip

    def _leaf(self, name: str, kind: str, path: str, is_needed: bool, says: str, **more: Any) -> Leaf:
        return Leaf(path, name, kind, is_needed, self.in_needed, says, **more)

    def _resolved(self, part: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
        """The part itself behind a reference, and what the schema says of it."""
        says = str(part.get("description", ""))
        if "$ref" in part:
            part = self.definitions[part["$ref"].rpartition("/")[2]]
            says = says or str(part.get("description", ""))
        return part, _sentence(says)

    def _within(self, is_needed: bool, *, groups: int = 0, lists: int = 0) -> "_Reader":
        return _Reader(
            self.definitions, self.counts, self.lists + lists, self.groups + groups, self.in_needed and is_needed
        )


def nodes_of(schema: Mapping[str, Any], counts: Mapping[str, int]) -> tuple[Node, ...]:
    """The fields of a request. ``counts``: how many entries a list shall have, by its path."""
    return _Reader(schema.get("definitions", {}), counts).members(schema, "")


def leaves_of(nodes: tuple[Node, ...]) -> Iterator[Leaf]:
    """Every leaf, in the order of the form."""
    for node in nodes:
        if isinstance(node, Leaf):
            yield node
        else:
            yield from leaves_of(node.members if isinstance(node, Group) else node.entries)


def _sentence(text: str) -> str:
    """The first sentence that is meant for people: the 2.0.1 schemas begin with names of their model."""
    lines = [line.strip().replace("*", "") for line in text.splitlines()]
    spoken = [line for line in lines if line and "urn:x-" not in line and "_ " not in line]
    return (
        sub(r"^\(2\.1\) ?|(?<!\w)_|_(?!\w)|`", "", spoken[0].partition(". ")[0])[:200].rstrip(".") + "."
        if spoken
        else ""
    )


def payload_of(nodes: tuple[Node, ...], values: Mapping[str, Any], kept_empty: frozenset[str]) -> dict[str, Any]:
    """The request that ``values`` (by path; absent or ``None`` for nothing) make.

    Objects and lists of which nothing was filled in are left out, unless they are needed. ``kept_empty``: names of
    needed texts that may be sent empty.
    """
    made: dict[str, Any] = {}
    for node in nodes:
        if isinstance(node, Leaf):
            if (value := values.get(node.path)) is not None:
                made[node.name] = value
        elif isinstance(node, Group):
            inner = payload_of(node.members, values, kept_empty)
            if inner or node.is_needed:
                made[node.name] = inner
        elif node.entries:
            made[node.name] = [payload_of(entry.members, values, kept_empty) for entry in node.entries]
    if made:
        for node in nodes:
            if isinstance(node, Leaf) and node.is_needed and node.name in kept_empty:
                made.setdefault(node.name, "")
    return made
