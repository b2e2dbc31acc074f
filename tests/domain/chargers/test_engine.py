"""The pure rules of stations."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.chargers.choices import ConnectorState, StationStatus
from apps.chargers.engine import passwords
from apps.chargers.engine.clock import believed_instant
from apps.chargers.engine.masking import find_password, mask_secrets
from apps.chargers.engine.status import ConnectorFacts, StationFacts, derive_status
from apps.chargers.engine.text import clip

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
ONLINE = {"was_seen": True, "is_online": True}


def station(*states, **facts):
    return StationFacts(**{**ONLINE, **facts}, connectors=[ConnectorFacts(state) for state in states])


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        (station(is_retired=True), "retired"),
        (station(was_seen=False, is_online=False), "never_seen"),
        (station("Available", registration="Pending"), "pending"),
        (station("Available", registration="Rejected", is_online=False), "pending"),
        (station("Charging", is_online=False), "offline"),
        (station("Charging", "Faulted"), "faulted"),
        (station("Charging", own_state="Faulted"), "faulted"),
        (station("Unavailable", "Unavailable"), "unavailable"),
        (station("Unavailable", "Available"), "available"),
        (station("Available", own_state="Unavailable"), "unavailable"),
        (station("Available", "Charging"), "charging"),
        (station("Preparing"), "occupied"),
        (station("SuspendedEV"), "occupied"),
        (station("Finishing", "Available"), "occupied"),
        (station("Reserved"), "occupied"),
        (station("Available"), "available"),
        (station(""), "available"),
        (station(), "available"),
    ],
)
def test_the_status_of_a_station(facts, status):
    assert derive_status(facts) == status


def test_an_occupied_connector_charges_where_its_transaction_does():
    connector = ConnectorFacts("Occupied", charging_state="Charging")
    assert derive_status(StationFacts(**ONLINE, connectors=[connector])) == "charging"


def test_a_stale_charging_state_does_not_make_a_free_connector_charge():
    connector = ConnectorFacts("Available", charging_state="Charging")
    assert derive_status(StationFacts(**ONLINE, connectors=[connector])) == "available"


def test_what_we_took_out_of_service_is_so_unless_a_car_still_charges():
    idle = ConnectorFacts("Available", is_wanted_operative=False)
    busy = ConnectorFacts("Charging", is_wanted_operative=False)
    assert derive_status(StationFacts(**ONLINE, connectors=[idle])) == "unavailable"
    assert derive_status(StationFacts(**ONLINE, connectors=[idle, busy])) == "charging"


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.builds(
        StationFacts,
        is_retired=st.booleans(),
        registration=st.sampled_from(["Accepted", "Pending", "Rejected"]),
        was_seen=st.booleans(),
        is_online=st.booleans(),
        own_state=st.sampled_from(ConnectorState.values),
        connectors=st.lists(st.builds(ConnectorFacts, state=st.sampled_from(ConnectorState.values)), max_size=4),
    )
)
def test_every_combination_has_a_status_that_exists(facts):
    assert derive_status(facts) in StationStatus.values


@pytest.mark.parametrize(
    ("claimed", "believed"),
    [
        (NOON - timedelta(days=400), NOON - timedelta(days=400)),
        (NOON - timedelta(days=400, seconds=1), NOON),
        (NOON + timedelta(days=1), NOON + timedelta(days=1)),
        (NOON + timedelta(days=1, seconds=1), NOON),
        (datetime(1, 1, 1, tzinfo=UTC), NOON),
        (None, NOON),
    ],
)
def test_which_claims_of_a_clock_are_believed(claimed, believed):
    assert believed_instant(claimed, NOON) == believed


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), min_size=16, max_size=64))
def test_a_password_opens_its_own_hash_only(password):
    stored = passwords.hash_password(password)
    assert passwords.is_acceptable(password)
    assert passwords.matches(password.encode(), stored)
    assert not passwords.matches(password.encode() + b"x", stored)
    assert not passwords.matches(password.encode(), "")


def test_generated_passwords_are_acceptable_and_differ():
    made = {passwords.generate_password() for _ in range(50)}
    assert len(made) == 50
    assert all(passwords.is_acceptable(password) for password in made)


@pytest.mark.parametrize(
    "value",
    [
        {"key": "AuthorizationKey", "value": "s3cret"},
        {"setVariableData": [{"variable": {"name": "BasicAuthPassword"}, "attributeValue": "s3cret"}]},
        {"variables": ({"component": "SecurityCtrlr", "variable": "basicauthpassword", "value": "s3cret"},)},
        {"action": "ChangeConfiguration", "payload": {"key": "AUTHORIZATIONKEY", "value": "s3cret"}},
        {"configurationKey": [{"key": "AuthorizationKey", "readonly": False, "value": "s3cret"}]},
    ],
)
def test_secrets_are_found_and_masked_in_every_shape(value):
    assert find_password(value) == "s3cret"
    assert "s3cret" not in str(mask_secrets(value))
    assert find_password(mask_secrets(value)) == "•••"


def test_what_is_no_secret_is_left_alone():
    value = {"key": "HeartbeatInterval", "value": "300", "more": [1, None, {"variable": {"name": "X"}}]}
    assert mask_secrets(value) == value
    assert find_password(value) is None


def test_text_is_cut_and_freed_of_nul():
    assert clip("a\x00b" * 3, 5) == "a\ufffdba\ufffd"
