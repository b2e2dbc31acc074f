"""Creditor references: written, checked, and found again in what banks make of a remittance text."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.invoicing.engine.references import find_references, is_creditor_identifier, is_rf_reference, rf_reference

BODIES = st.text(alphabet=string.ascii_uppercase + string.digits, min_size=1, max_size=21)
GAPS = st.sampled_from(["", " ", "\n", "\r\n", "  ", "-", "/"])


@pytest.mark.parametrize(
    ("text", "reference"), [("539007547034", "RF18539007547034"), ("2348231", "RF712348231"), ("G72UUR", "RF45G72UUR")]
)
def test_published_examples(text, reference):
    assert rf_reference(text) == reference
    assert is_rf_reference(reference)


def test_reading_over_spaces_lines_and_lower_case():
    assert is_rf_reference(" rf18 5390 0754\n7034 ")


def test_signs_of_an_invoice_number_are_left_out():
    assert rf_reference("R-2026-00017") == rf_reference("R202600017")


@pytest.mark.parametrize("text", ["", "-/-", "ÄÖÜ", "A" * 22])
def test_what_cannot_be_a_reference_is_refused(text):
    with pytest.raises(ValueError):
        rf_reference(text)


@pytest.mark.parametrize(
    "text",
    ["", "RF", "RF18", "RF19539007547034", "RF00539007547034", "RF1853900754703é", "XF18539007547034", "RF²8539"],
)
def test_wrong_ones_are_told(text):
    assert is_rf_reference(text) is False


@given(BODIES)
def test_whatever_is_written_holds_and_a_changed_digit_does_not(body):
    reference = rf_reference(body)
    assert is_rf_reference(reference)
    for position, letter in enumerate(reference[4:], start=4):
        if letter.isdigit():
            other = str((int(letter) + 1) % 10)
            assert not is_rf_reference(reference[:position] + other + reference[position + 1 :])


@given(BODIES, st.lists(GAPS, min_size=24, max_size=24), st.booleans())
def test_a_broken_and_lower_case_reference_is_found(body, gaps, is_lower):
    reference = rf_reference(body)
    written = "".join(letter + gap for letter, gap in zip(reference, [*gaps, ""], strict=False))
    written = re.sub(r"(?i)^R[-/]", "R", written)
    written = re.sub(r"(?i)^(R\s*F)[-/]", r"\1", written)
    written = re.sub(r"(?i)^(R\s*F\s*\d)[-/]", r"\1", written)
    text = f"Invoice of March: {written.lower() if is_lower else written}, thank you"
    assert reference in find_references(text)


@given(st.text(max_size=200))
def test_any_text_is_read_without_error_and_only_true_references_come_out(text):
    found = find_references(text)
    assert len(found) == len(set(found))
    assert all(is_rf_reference(reference) for reference in found)


@pytest.mark.parametrize(
    ("text", "references"),
    [
        ("RF18539007547034", ["RF18539007547034"]),
        ("Rechnung RF18 5390 0754 7034 vielen Dank", ["RF18539007547034"]),
        ("RECHNUNGRF18539007547034", ["RF18539007547034"]),
        ("RF18 5390 0754 7034, RF71 2348 231; danke", ["RF18539007547034", "RF712348231"]),
        ("RF18539007547034 RF18539007547034", ["RF18539007547034"]),
        ("RF19 5390 0754 7034", []),
        ("thanks for all the surf", []),
    ],
)
def test_references_in_a_text(text, references):
    assert find_references(text)[: len(references)] == references
    assert bool(find_references(text)) is bool(references)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("DE98ZZZ09999999999", True),
        ("DE98ABC09999999999", True),
        ("DE97ZZZ09999999999", False),
        ("DE98ZZZ", False),
        ("de98zzz09999999999", False),
        ("DE98ZZZ0999999999Ä", False),
        ("", False),
    ],
)
def test_identifiers_of_creditors(text, holds):
    assert is_creditor_identifier(text) is holds
