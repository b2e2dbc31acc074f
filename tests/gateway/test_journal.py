"""The journal's thread: groups, masks, bounds, and what it does while the database refuses."""

from datetime import UTC, datetime

import pytest

from apps.core.ids import time_ordered_id
from apps.gateway import journal as journal_module
from apps.gateway.journal import Journal, write_entries
from apps.gateway.models import JournalEntry
from apps.gateway.notes import Notes

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_the_example_of_a_deviation_is_masked():
    notes = Notes()
    notes.deviation(7, "schema", '[2,"m","X",{"connectionData":{"vpn":{"key":"secret"},"apnPassword":"secret"}}]')
    ((_, _, example, _),), _ = notes.take()
    assert "secret" not in example


def row(text="[2]", **changes):
    values = {
        "id": time_ordered_id(),
        "station_id": 7,
        "connection_id": 8,
        "at": NOON,
        "is_inbound": True,
        "kind": "call",
        "action": "Heartbeat",
        "message_id": "m",
        "error_code": "",
        "pair_ms": None,
        "payload": text,
    }
    return tuple({**values, **changes}.values())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("text", ["[2]", "tab\tnew\nline\rback\\slash", "\\N", "\\.", "模型 ✓ '\" {{ }}", ""])
def test_a_frame_is_kept_letter_for_letter(text):
    write_entries([row(text), row("other", station_id=None, pair_ms=12)])
    first, second = JournalEntry.objects.order_by("id")
    assert (first.payload, first.at, first.station_id, first.is_inbound) == (text, NOON, 7, True)
    assert (second.station_id, second.pair_ms) == (None, 12)


def add(journal, text, **changes):
    journal.add(station_id=7, connection_id=8, at=NOON, is_inbound=True, kind="call", text=text, action="A", **changes)


@pytest.mark.django_db(transaction=True)
def test_closing_writes_what_waits_masked_and_within_bounds():
    journal = Journal()
    add(journal, '{"key":"AuthorizationKey","value":"secret"}')
    add(journal, "x" * 70_000, message_id="m" * 300)
    add(journal, "nul \0 here", error_code="E" * 90)
    journal.close()
    masked, long, nul = JournalEntry.objects.order_by("id")
    assert masked.payload == '{"key":"AuthorizationKey","value":"•••"}'
    assert long.payload == "x" * 65_536 + "… [cut, 70000 characters in all]"
    assert long.message_id == "m" * 64
    assert (nul.payload, nul.error_code) == ("nul \ufffd here", "E" * 40)


@pytest.mark.django_db(transaction=True)
def test_a_row_that_cannot_be_written_takes_no_other_with_it(monkeypatch):
    def picky(rows):
        if any("never" in row[-1] for row in rows):
            raise ValueError("never")
        write_entries(rows)

    monkeypatch.setattr(journal_module, "write_entries", picky)
    journal = Journal()
    for text in ["one", "never", "two"]:
        add(journal, text)
    journal.close()
    assert list(JournalEntry.objects.order_by("id").values_list("payload", flat=True)) == ["one", "two"]


@pytest.mark.django_db(transaction=True)
def test_memory_is_bounded_while_nothing_can_be_written(monkeypatch):
    monkeypatch.setattr(journal_module, "MAX_WAITING", 10)
    monkeypatch.setattr(journal_module, "GROUP_S", 60)
    journal = Journal()
    for number in range(25):
        add(journal, str(number))
    journal.close()
    assert list(JournalEntry.objects.order_by("id").values_list("payload", flat=True)) == [
        str(number) for number in range(15, 25)
    ]
