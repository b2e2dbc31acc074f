"""Business days of TARGET2, reasons of returns, what a remittance text means, and answers to a collection."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.invoicing.engine.bank_xml import UnreadableBankFile
from apps.invoicing.engine.pain002 import Refusal, read_status_report
from apps.invoicing.engine.references import rf_reference
from apps.invoicing.engine.remittance import likeness, references_meant
from apps.invoicing.engine.return_reasons import ends_mandate, reason_in_words
from apps.invoicing.engine.target_days import add_business_days, business_day_from, easter_sunday, is_business_day
from tests.support.bank_files import document, pain002


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 4, 2), True),  # Maundy Thursday
        (date(2026, 4, 3), False),  # Good Friday
        (date(2026, 4, 6), False),  # Easter Monday
        (date(2026, 4, 7), True),
        (date(2026, 5, 1), False),
        (date(2026, 5, 14), True),  # Ascension is a holiday of countries, not of TARGET2
        (date(2026, 12, 25), False),
        (date(2027, 1, 1), False),
        (date(2026, 4, 11), False),  # a Saturday
    ],
)
def test_days_of_target2(day, works):
    assert is_business_day(day) is works


@pytest.mark.parametrize(
    ("year", "sunday"), [(2024, date(2024, 3, 31)), (2025, date(2025, 4, 20)), (2026, date(2026, 4, 5)),
                         (2038, date(2038, 4, 25)), (2285, date(2285, 3, 22))]
)  # fmt: skip
def test_easter(year, sunday):
    assert easter_sunday(year) == sunday


def test_counting_business_days_over_easter():
    assert business_day_from(date(2026, 4, 3)) == date(2026, 4, 7)
    assert add_business_days(date(2026, 4, 2), 1) == date(2026, 4, 7)
    assert add_business_days(date(2026, 4, 2), 3) == date(2026, 4, 9)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_the_next_business_day_is_near_and_works(day):
    found = business_day_from(day)
    assert is_business_day(found)
    assert timedelta(0) <= found - day <= timedelta(5)


@pytest.mark.parametrize(
    "text",
    ["R-2026-17", "Rechnung r2026 17 danke", "inv. R 2026-17.", "RG-NR:R-2026-17/K00004", "Invoice:R2026/17;",
     rf_reference("R-2026-17"), rf_reference("R-2026-17").lower()],
)  # fmt: skip
def test_a_number_is_found_however_it_is_written(text):
    assert rf_reference("R-2026-17") in references_meant(text)


def test_several_numbers_keep_their_order():
    found = references_meant("R-2026-18 und R-2026-17")
    assert found.index(rf_reference("R202618")) < found.index(rf_reference("R202617"))


@given(st.text(max_size=300))
def test_any_text_may_be_a_remittance(text):
    assert all(reference.startswith("RF") for reference in references_meant(text))


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Mustermann, Erika", "Erika Mustermann", True),
        ("HAUSVERWALTUNG LINDE GMBH", "Hausverwaltung Linde", True),
        ("Erika Mustermann", "Otto Normal", False),
        ("", "Erika", False),
    ],
)
def test_likeness_of_names(one, other, alike):
    assert (likeness(one, other) >= 0.75) is alike


def test_reasons_in_words():
    assert reason_in_words("AM04") == "There was not enough money in the account."
    assert reason_in_words("XX99") == "The bank sent it back."
    assert [code for code in ("AM04", "MD01", "AC04", "MD06", "MS03") if ends_mandate(code)] == ["MD01", "AC04"]


def test_answers_of_the_bank():
    report = read_status_report(pain002("M1", ("sepa-1-2-1", "AC04"), ("sepa-1-3-1", "AM04")))
    assert report.message_id == "M1"
    assert report.refusals == (Refusal("P", "sepa-1-2-1", "AC04"), Refusal("P", "sepa-1-3-1", "AM04"))
    assert read_status_report(pain002("M1", group="BE05")).refusals == (Refusal("", "", "BE05"),)
    assert read_status_report(pain002("M1", batch=("B7", "FF05"))).refusals == (Refusal("B7", "", "FF05"),)


@pytest.mark.parametrize("content", [b"", b"<a/>", document("<CstmrPmtStsRpt/>", "pain.002.001.03")])
def test_what_is_no_answer_is_refused(content):
    with pytest.raises(UnreadableBankFile):
        read_status_report(content)
