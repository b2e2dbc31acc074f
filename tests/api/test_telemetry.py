"""Meter values and the journal: by station, EVSE and time."""

from datetime import timedelta

import pytest

from apps.core.ids import first_id_at
from apps.gateway.models import JournalEntry
from apps.sessions.models import MeterValue
from tests.api.conftest import fields_of, rows_of
from tests.factories.chargers import NOON

VALUES = "/api/v1/meter-values/"
JOURNAL = "/api/v1/journal/"


@pytest.fixture
def values(network):
    """Three instants a minute apart at EVSE 1, the first also at EVSE 2."""
    for minute, evse in ((0, 1), (0, 2), (1, 1), (2, 1)):
        at = NOON + timedelta(minutes=minute)
        MeterValue.objects.create(
            station_id=network.harbour.pk, evse_number=evse, at=at, received_at=at, energy_wh=1000 + minute * 100,
            power_w=6000, other={"Frequency": 50},
        )  # fmt: skip


def found(client, **query):
    rows = rows_of(client.get(VALUES, {"station": "CP-harbour", **query}))
    return [(row["at"][11:16], row["evse_number"]) for row in rows]


def test_values_come_oldest_first_with_their_units(ada_api, values):
    assert found(ada_api) == [("12:00", 1), ("12:00", 2), ("12:01", 1), ("12:02", 1)]
    row = rows_of(ada_api.get(VALUES, {"station": "CP-harbour"}))[0]
    assert (row["station"], row["energy_wh"], row["power_w"], row["other"]) == (
        "CP-harbour", 1000, 6000, {"Frequency": 50},
    )  # fmt: skip
    assert row["at"] == "2026-03-14T12:00:00Z"


def test_values_after_before_and_of_one_evse(ada_api, values):
    assert found(ada_api, after="2026-03-14T12:00:00Z") == [("12:01", 1), ("12:02", 1)]
    assert found(ada_api, before="2026-03-14T12:01:00Z") == [("12:00", 1), ("12:00", 2)]
    assert found(ada_api, after="2026-03-14T12:00:00Z", before="2026-03-14T13:02:00+01:00") == [("12:01", 1)]
    assert found(ada_api, evse="2") == [("12:00", 2)]
    assert found(ada_api, evse="3") == []


def test_a_plus_sign_that_nobody_escaped_is_understood(ada_api, values):
    response = ada_api.get(f"{VALUES}?station=CP-harbour&after=2026-03-14T13:01:00+01:00")
    assert [row["at"] for row in rows_of(response)] == ["2026-03-14T12:02:00Z"]


def test_a_reader_goes_on_where_it_stopped(ada_api, values):
    page = ada_api.get(VALUES, {"station": "CP-harbour", "page_size": 3}).json()
    assert len(page["results"]) == 3
    assert [row["at"] for row in rows_of(ada_api.get(page["next"]))] == ["2026-03-14T12:02:00Z"]
    last_seen = page["results"][-1]["at"]
    assert found(ada_api, after=last_seen) == [("12:02", 1)]


@pytest.mark.parametrize("url", [VALUES, JOURNAL])
def test_the_station_must_be_named_and_exist(ada_api, network, url):
    assert fields_of(ada_api.get(url)) == {"station"}
    for identity in ("CP-rival", "nobody", "a\x00b", "x" * 500):
        assert ada_api.get(url, {"station": identity}).status_code == 404


@pytest.mark.parametrize(
    "value",
    ["yesterday", "2026-03-14", "2026-03-14T12:00:00", "2026-02-30T12:00:00Z", "\x00", "0001-01-01T00:00:00+14:00"],
)
@pytest.mark.parametrize("field", ["after", "before"])
@pytest.mark.parametrize("url", [VALUES, JOURNAL])
def test_an_instant_that_is_none_is_refused(ada_api, network, url, field, value):
    assert fields_of(ada_api.get(url, {"station": "CP-harbour", field: value})) == {field}


@pytest.mark.parametrize("url", [VALUES, JOURNAL])
def test_instants_at_the_ends_of_time_are_understood(ada_api, network, values, url):
    for value in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"):
        for field in ("after", "before"):
            assert ada_api.get(url, {"station": "CP-harbour", field: value}).status_code == 200


@pytest.mark.parametrize("value", ["one", "-1", "1.5", "²", "99999999999999999999", "\x00"])
def test_an_evse_that_is_no_number_is_refused(ada_api, network, value):
    assert fields_of(ada_api.get(VALUES, {"station": "CP-harbour", "evse": value})) == {"evse"}


@pytest.fixture
def journal(network):
    def add(minute, inbound, kind, action):
        at = NOON + timedelta(minutes=minute)
        JournalEntry.objects.create(
            id=first_id_at(at), station_id=network.harbour.pk, at=at, is_inbound=inbound, kind=kind, action=action,
            message_id=str(minute), payload=f'[2,"{minute}"]',
        )  # fmt: skip

    add(0, True, "call", "BootNotification")
    add(1, False, "result", "BootNotification")
    add(2, True, "call", "Heartbeat")


def test_the_journal_comes_newest_first_with_directions(ada_api, journal):
    rows = rows_of(ada_api.get(JOURNAL, {"station": "CP-harbour"}))
    assert [(row["action"], row["direction"], row["kind"]) for row in rows] == [
        ("Heartbeat", "in", "call"),
        ("BootNotification", "out", "result"),
        ("BootNotification", "in", "call"),
    ]
    assert rows[0]["payload"] == '[2,"2"]'


def test_the_journal_by_time_and_action(ada_api, journal):
    def numbers(**query):
        return [row["message_id"] for row in rows_of(ada_api.get(JOURNAL, {"station": "CP-harbour", **query}))]

    assert numbers(action="BootNotification") == ["1", "0"]
    assert numbers(after="2026-03-14T12:00:30Z") == ["2", "1"]
    assert numbers(before="2026-03-14T12:01:00Z") == ["0"]
    assert fields_of(ada_api.get(JOURNAL, {"station": "CP-harbour", "action": "\x00"})) == {"action"}
