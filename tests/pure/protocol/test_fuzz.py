"""Whatever comes, nothing raises: arbitrary texts, arbitrary payloads, and all payloads that the schemas allow."""

import json
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.chargers.messages.events import ChargerEvent
from apps.gateway.protocol.adapter import adapter_for
from apps.gateway.protocol.connection import Limits
from apps.gateway.protocol.outcomes import Inbound
from tests.pure.protocol.talk import NOW, VERSIONS, call, connect, send

PATIENT = Limits(garbage_in_a_row=10**9)
SERVED = [(version, action) for version in VERSIONS for action in sorted(adapter_for(version).decode)]
SENT = [(version, action) for version in VERSIONS for action in sorted(adapter_for(version).decode_send)]
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=10
)
instants = st.sampled_from(["2026-03-01T12:00:00Z", "2026-03-01T12:00:00+02", "0001-01-01T00:00:00Z", "now", ""])
numerals = st.sampled_from(["", "1,5", "NaN", "-1", "1e999", "7", "abc", "１２", None]) | st.floats(-1e20, 1e20)


def payloads(node: dict[str, Any], root: dict[str, Any], name: str = "") -> st.SearchStrategy[Any]:
    """Values that a JSON schema of ours allows, with a taste for the odd ones."""
    if "$ref" in node:
        return payloads(root["definitions"][node["$ref"].rpartition("/")[2]], root, name)
    if "enum" in node:
        return st.sampled_from(node["enum"])
    kinds = node.get("type", "any")
    if isinstance(kinds, list):
        return numerals if name == "value" else st.one_of(*(payloads({**node, "type": kind}, root) for kind in kinds))
    if kinds == "object":
        fields = {key: payloads(field, root, key) for key, field in node.get("properties", {}).items()}
        required = {key: fields.pop(key) for key in node.get("required", [])}
        return st.fixed_dictionaries(required, optional=fields)
    if kinds == "array":
        least = node.get("minItems", 0)
        most = max(least, min(2, node.get("maxItems", 2)))
        return st.lists(payloads(node["items"], root), min_size=least, max_size=most)
    if kinds == "string":
        longest = min(node.get("maxLength", 30), 30)
        return instants if node.get("format") == "date-time" else texts.map(lambda text: text[:longest])
    if kinds == "integer":
        return st.integers(int(node.get("minimum", -(2**62))), int(node.get("maximum", 2**62)))
    if kinds == "number":
        low, high = node.get("minimum"), node.get("maximum")
        whole = st.integers(-5 if low is None else max(-5, int(low)), 5 if high is None else min(5, int(high)))
        return st.floats(low, high, allow_nan=False, allow_infinity=False) | whole
    return {"boolean": st.booleans(), "null": st.none()}.get(kinds, anything)


@cache
def requests(version: str, action: str) -> st.SearchStrategy[Any]:
    schema = adapter_for(version).schemas.inbound_schema(action)
    return payloads(schema, schema)


@pytest.mark.parametrize(("version", "action"), SERVED)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_payload_that_the_schema_allows_becomes_an_event(version, action, data):
    payload = data.draw(requests(version, action))

    got = call(connect(version), action, payload)

    assert isinstance(got, Inbound), got
    assert isinstance(got.event, ChargerEvent)


@pytest.mark.parametrize(("version", "action"), SENT)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_unanswered_payload_that_the_schema_allows_becomes_an_event(version, action, data):
    payload = data.draw(requests(version, action))

    got = send(connect(version), action, payload)

    assert isinstance(got, Inbound), got
    assert isinstance(got.event, ChargerEvent)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("lenient", [False, True])
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_no_frame_raises_and_every_refusal_can_be_sent(version, lenient, data):
    connection = connect(version, lenient=lenient, limits=PATIENT)
    actions = sorted(adapter_for(version).known_actions)
    frames = st.tuples(
        st.sampled_from([2, 2, 2, 3, 4, 5, 6]), texts | st.integers(), st.sampled_from(actions) | anything, anything
    )
    text = json.dumps(data.draw(frames | anything))

    for outcome in connection.receive_text(text, NOW):
        assert outcome.message_type in (0, 2, 3, 4, 5, 6)


@pytest.mark.parametrize(("version", "action"), SERVED)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_damaged_payload_never_raises_on_a_lenient_connection(version, action, data):
    payload = data.draw(requests(version, action))
    for field in data.draw(st.lists(st.sampled_from([*payload, "surplus"]), max_size=3)):
        payload[field] = data.draw(anything)

    call(connect(version, lenient=True), action, payload)
