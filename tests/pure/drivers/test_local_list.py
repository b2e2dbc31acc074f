"""What a local list should say, and how much fits into one message."""

from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.chargers.messages.commands.local_lists import ListEntry
from apps.drivers.engine.access import Rule, TokenFacts
from apps.drivers.engine.list_limits import Told, limits_from
from apps.drivers.engine.local_list import (
    Card,
    Limits,
    Place,
    entry_of,
    fingerprint,
    first_message,
    size_of,
    that_fit,
    wanted_entries,
)
from tests.factories.chargers import NOON


def card(value="04A2B3C4", *, pk=1, type="ISO14443", is_at_home=False, **facts):
    return Card(pk, value, type, TokenFacts(**{"status": "active", **facts}), is_at_home)


def place(protocol="ocpp2.0.1", **fields):
    values = {"only_by_rule": False, "rules": (), "area_id": None, "evses": {}}
    return Place(protocol, **{**values, **fields})


def statuses(cards, where):
    return {w.entry.id_token: w.entry.status for w in wanted_entries(cards, where, at=NOON)}


def test_blocked_and_expired_cards_are_listed_as_such():
    cards = [
        card("GOOD", pk=1),
        card("BLOCKED", pk=2, status="blocked"),
        card("LOST", pk=3, status="lost"),
        card("OVER", pk=4, expires_at=NOON),
        card("LEFT", pk=5, driver_left_at=NOON),
        card("LATER", pk=6, expires_at=NOON + timedelta(days=1)),
    ]
    assert statuses(cards, place()) == {
        "GOOD": "Accepted", "LATER": "Accepted", "BLOCKED": "Blocked", "LOST": "Blocked", "OVER": "Expired",
        "LEFT": "Blocked",
    }  # fmt: skip


def test_an_accepted_card_says_until_when_its_group_and_its_priority():
    good = card(expires_at=NOON + timedelta(days=1), parent_group="FLAT-3", charging_priority=4)
    (wanted,) = wanted_entries([good], place(), at=NOON)
    assert wanted.entry == ListEntry("04A2B3C4", "ISO14443", "Accepted", "2026-03-15T12:00:00Z", "FLAT-3", 4)


def test_where_a_rule_is_needed_only_cards_that_one_admits_at_all_hours_are_listed():
    rules = (Rule(group_id=1), Rule(group_id=2, from_time=time(8), until_time=time(9)), Rule(group_id=3, area_id=9))
    cards = [card(f"GROUP-{number}", pk=number, group_id=number) for number in (1, 2, 3, 4)]
    assert statuses(cards, place(only_by_rule=True, rules=rules)) == {"GROUP-1": "Accepted"}


def test_a_master_pass_needs_no_rule_and_bears_the_stations_own_group():
    where = place(only_by_rule=True, master_group="MASTERS")
    (wanted,) = wanted_entries([card(is_master_pass=True)], where, at=NOON)
    assert (wanted.entry.status, wanted.entry.group_id) == ("Accepted", "MASTERS")


def test_a_rule_for_direct_current_names_the_evses():
    where = place(only_by_rule=True, rules=(Rule(current="dc"),), evses={1: False, 2: True})
    (wanted,) = wanted_entries([card()], where, at=NOON)
    assert wanted.entry.evse_ids == (2,)
    assert (
        wanted_entries([card()], place(only_by_rule=True, rules=(Rule(current="dc"),), evses={1: False}), at=NOON) == []
    )


def test_the_cards_of_the_house_come_first_and_refused_ones_last():
    cards = [
        card("A", pk=1, status="blocked", is_at_home=True),
        card("B", pk=2),
        card("C", pk=3, is_at_home=True),
    ]
    assert [w.entry.id_token for w in wanted_entries(cards, place(), at=NOON)] == ["C", "B", "A"]


def test_1_6_hears_twenty_characters_and_no_two_cards_that_it_could_not_tell_apart():
    cards = [card("X" * 20 + "1", pk=1), card("x" * 20 + "2", pk=2), card("DE*ABC*C12345678*9*EXTRA", pk=3)]
    (wanted,) = wanted_entries(cards, place("ocpp1.6"), at=NOON)
    assert (wanted.entry.id_token, wanted.entry.type) == ("DE*ABC*C12345678*9*E", "")


@pytest.mark.parametrize(("type_", "value"), [("VIN", "WVWZZZ"), ("ISO14443", "X" * 37)])
def test_what_2_0_1_cannot_say_is_left_out_and_2_1_says_it(type_, value):
    odd = card(value, type=type_)
    assert wanted_entries([odd], place("ocpp2.0.1"), at=NOON) == []
    assert [w.entry.id_token for w in wanted_entries([odd], place("ocpp2.1"), at=NOON)] == [value]


def test_a_full_station_gets_the_most_useful_ones():
    wanted = wanted_entries([card(f"C{pk}", pk=pk, is_at_home=pk == 3) for pk in (1, 2, 3)], place(), at=NOON)
    assert [w.entry.id_token for w in that_fit(wanted, Limits(capacity=2))] == ["C3", "C1"]
    assert len(that_fit(wanted, Limits(storage_bytes=size_of(wanted[0].entry) * 2))) == 2


@given(
    st.lists(st.text(min_size=1, max_size=36), min_size=1, max_size=40),
    st.integers(1, 50),
    st.integers(1, 5000) | st.none(),
)
def test_messages_carry_everything_in_order_each_within_the_limits(values, items, message_bytes):
    entries = [ListEntry(value, "Central", "Accepted") for value in values]
    limits, rest, sent = Limits(items=items, message_bytes=message_bytes), entries, []
    while rest:
        chosen = first_message(rest, limits)
        assert 1 <= len(chosen) <= items
        if message_bytes is not None and len(chosen) > 1:
            assert sum(map(size_of, chosen)) <= message_bytes
        sent += chosen
        rest = rest[len(chosen) :]
    assert sent == entries


@given(st.sampled_from(["Accepted", "Blocked"]), st.text(max_size=36), st.integers(-9, 9), st.lists(st.integers(0, 9)))
def test_a_fingerprint_gives_the_entry_back(status, group, priority, evses):
    entry = ListEntry("TAG", "Central", status, "2026-05-01T00:00:00Z", group, priority, tuple(evses))
    assert entry_of("TAG", "Central", fingerprint(entry)) == entry


def key(name, value):
    return told("ConfigurationKey", name, value)


def told(component, variable, value=None, max_limit=None):
    return Told(component, variable, "", value, max_limit)


@pytest.mark.parametrize(
    ("variables", "limits"),
    [
        ([], Limits(items=100)),
        ([key("SendLocalListMaxLength", "20"), key("LocalAuthListMaxLength", "90")],
         Limits(items=20, capacity=90)),
        ([key("LocalAuthListMaxLength", "9")], Limits(items=9, capacity=9)),
        ([key("SendLocalListMaxLength", "many"), key("LocalAuthListMaxLength", "0")],
         Limits(items=100)),
        ([told("LocalAuthListCtrlr", "ItemsPerMessage", "4"), told("LocalAuthListCtrlr", "BytesPerMessage", "2000"),
          told("LocalAuthListCtrlr", "Entries", "0", 50.0), told("LocalAuthListCtrlr", "Storage", "0", 9000.0)],
         Limits(items=4, message_bytes=2000, capacity=50, storage_bytes=9000)),
    ],
)  # fmt: skip
def test_limits_are_read_from_what_the_station_told(variables, limits):
    assert limits_from(variables) == limits
