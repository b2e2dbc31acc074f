"""Bank statements as facts: versions, batches, keys that survive another delivery, and files that are no such thing."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.invoicing.engine import bank_xml
from apps.invoicing.engine.bank_xml import UnreadableBankFile
from apps.invoicing.engine.camt import read_statements
from tests.support.bank_files import IBAN, Detail, Entry, camt, document

RENT = Detail(text="Rechnung R-2026-17", end_to_end_id="NOTPROVIDED", creditor_reference="RF18539007547034")


def movements(content: bytes):
    return [one for statement in read_statements(content).statements for one in statement.movements]


@pytest.mark.parametrize("version", ["02", "04", "08"])
def test_a_transfer_reads_the_same_in_every_version(version):
    content = camt(Entry("119.00", (RENT,), reference="BANK1"), version=version, opening="1.00", closing="120.00")
    file = read_statements(content)
    (statement,) = file.statements
    (one,) = statement.movements
    assert (file.version, file.message_id) == (f"camt.053.001.{version}", "M1")
    assert (statement.iban, statement.currency, statement.statement_id) == (IBAN, "EUR", "S1")
    assert (statement.opening_balance, statement.closing_balance, statement.adds_up) == (
        Decimal("1.00"), Decimal("120.00"), True,
    )  # fmt: skip
    assert (one.amount, one.currency, one.is_credit, one.booked_on) == (
        Decimal("119.00"), "EUR", True, date(2026, 4, 10),
    )  # fmt: skip
    assert (one.name, one.iban, one.text) == ("Erika Mustermann", "DE02120300000000202051", "Rechnung R-2026-17")
    assert (one.bank_code, one.bank_reference, one.end_to_end_id) == ("PMNT-RCDT-ESCT", "BANK1", "")
    assert one.creditor_reference == "RF18539007547034"


def test_balances_that_do_not_agree_are_told():
    (statement,) = read_statements(camt(Entry("5.00"), opening="1.00", closing="7.00")).statements
    assert statement.adds_up is False
    (statement,) = read_statements(camt(Entry("5.00"))).statements
    assert statement.adds_up is None


def test_a_gathered_entry_is_read_in_its_parts():
    parts = (Detail("10.00", text="one"), Detail("20.50", text="two"))
    found = movements(camt(Entry("30.50", parts, reference="B")))
    assert [(one.amount, one.text) for one in found] == [(Decimal("10.00"), "one"), (Decimal("20.50"), "two")]
    assert len({one.key for one in found}) == 2


@pytest.mark.parametrize(
    "parts",
    [
        (Detail("10.00", text="one"), Detail("20.00", text="two")),
        (Detail("10.00", text="one"), Detail("20.50", currency="CHF", text="two")),
        (Detail(text="one"), Detail(text="two")),
    ],
)
def test_parts_that_do_not_make_up_the_entry_leave_it_whole(parts):
    (one,) = movements(camt(Entry("30.50", parts, reference="B")))
    assert (one.amount, one.text) == (Decimal("30.50"), "one | two")


def test_what_is_only_announced_is_counted_not_taken():
    (statement,) = read_statements(camt(Entry("5.00", status="PDNG"), Entry("6.00", status="INFO"))).statements
    assert (statement.movements, statement.not_booked) == ((), 2)


def test_a_returned_debit_names_reason_and_charges():
    back = Detail("119.00", end_to_end_id="sepa-1-2-3", reason="AM04", charges="3.00", name="Rita")
    (one,) = movements(camt(Entry("122.00", (back,), is_credit=False, code="PMNT-IDDT-UPDD")))
    assert (one.is_credit, one.amount, one.charges) == (False, Decimal("122.00"), Decimal("3.00"))
    assert (one.end_to_end_id, one.return_reason, one.name) == ("sepa-1-2-3", "AM04", "Rita")


def test_the_same_entry_has_the_same_key_in_another_statement():
    first = movements(camt(Entry("5.00", (RENT,), reference="B1"), statement_id="S1"))
    again = movements(
        camt(Entry("6.00", (RENT,), reference="B2"), Entry("5.00", (RENT,), reference="B1"), statement_id="S2")
    )
    assert first[0].key == again[1].key
    assert again[0].key != again[1].key


def test_twins_without_a_reference_are_two_and_with_one_the_same():
    plain = movements(camt(Entry("5.00", (RENT,)), Entry("5.00", (RENT,))))
    assert len({one.key for one in plain}) == 2
    assert [one.key for one in plain] == [
        one.key for one in movements(camt(Entry("5.00", (RENT,)), Entry("5.00", (RENT,))))
    ]
    named = movements(camt(Entry("5.00", (RENT,), reference="B1"), Entry("5.00", (RENT,), reference="B1")))
    assert len({one.key for one in named}) == 1


@given(st.lists(st.integers(1, 10**7), min_size=2, max_size=8))
def test_parts_are_the_entry_to_the_cent(cents):
    parts = tuple(Detail(f"{one / 100:.2f}", text=str(one)) for one in cents)
    found = movements(camt(Entry(f"{sum(cents) / 100:.2f}", parts)))
    assert [one.amount for one in found] == [Decimal(one) / 100 for one in cents]


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]><a>&c;</a>'
FILE_READER = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no XML"),
        (b"MT940 :20:STARTUMS", "no XML"),
        (b"\x00\xff" * 50, "no XML"),
        (LAUGHS, "document type"),
        (FILE_READER, "document type"),
        (b"<Document/>", "without a namespace"),
        (document("<BkToCstmrAcctRpt/>", "camt.052.001.08"), "camt.052.001.08"),
        (b'<Document xmlns="urn:evil:camt.053.001.08"/>', "urn:evil"),
        (document("<BkToCstmrStmt/>", "camt.053.001.08"), "no statement"),
        (camt(Entry("-5.00")), "negative"),
        (camt(Entry("5.001")), "parts of a cent"),
        (camt(Entry("1e30")), "too large"),
        (camt(Entry("NaN")), "negative, too large"),
        (camt(Entry("much")), "no amount"),
        (camt(Entry("5.00", currency="euro")), "no currency"),
        (camt(Entry("5.00", booked_on="yesterday")), "no date"),
        (camt(Entry("5.00"), iban=""), "names no IBAN"),
        (camt(Entry("5.00")).replace(b"CRDT", b"MAYBE"), "neither credit nor debit"),
        (camt(Entry("5.00"))[:-20], "no XML"),
    ],
)
def test_what_is_no_statement_is_refused_in_words(content, words):
    with pytest.raises(UnreadableBankFile, match=words):
        read_statements(content)


def test_laughs_without_end_cost_nothing():
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha">{entities}]><a>&l11;</a>'.encode()
    with pytest.raises(UnreadableBankFile):
        read_statements(bomb)


def test_a_huge_file_is_not_even_read(monkeypatch):
    monkeypatch.setattr(bank_xml, "MOST_BYTES", 1024)
    with pytest.raises(UnreadableBankFile, match="larger"):
        read_statements(b" " * 1025)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_statement_or_refused(content):
    with pytest.raises(UnreadableBankFile):
        read_statements(content)


@given(st.integers(0, 10**6), st.integers(0, 255))
def test_a_damaged_file_is_read_or_refused_never_more(position, byte):
    content = bytearray(camt(Entry("119.00", (RENT,), reference="B"), opening="1.00", closing="120.00"))
    content[position % len(content)] = byte
    try:
        found = movements(bytes(content))
    except UnreadableBankFile:
        return
    assert all(one.amount > 0 and one.key for one in found)
