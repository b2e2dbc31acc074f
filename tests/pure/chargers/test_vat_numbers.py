"""Numbers of value-added tax: by length, letters and check digits of the country, never by a network."""

import pytest

from apps.chargers.engine.vat_numbers import vat_number_problem


@pytest.mark.parametrize(
    "number",
    [
        "DE136695976", "DE 136 695 976", "de136695976", "ATU13585627", "FR40303265045", "IT00743110157", 
        "NL004495445B01",
        "ESB58378431", "PL8567346215", "BE0403019261", "EL094259216", "GB980780684", "XI980780684",
        "CHE107787577IVA",
    ],
)  # fmt: skip
def test_a_number_of_its_country_is_good(number):
    assert vat_number_problem(number, country="") == ("", "")


@pytest.mark.parametrize(
    ("number", "country", "code", "sentence"),
    [
        ("DE136695977", "", "InvalidFormat", "This is no number of DE: "),
        ("DE13669597", "", "InvalidFormat", "This is no number of DE: "),
        ("GB980780685", "DE", "InvalidFormat", "This is no number of GB: "),
        ("136695977", "DE", "InvalidFormat", "This is no number of DE: "),
        ("136695976", "", "CountryMissing", "The number does not begin with the code of a country."),
        ("", "", "CountryMissing", "The number does not begin with the code of a country."),
        ("ZZ123456", "", "CountryUnknown", "Numbers of the country ZZ cannot be checked."),
        ("ÄÖ123", "", "CountryMissing", "The number does not begin with the code of a country."),
    ],
)
def test_what_is_wrong_is_named(number, country, code, sentence):
    found, words = vat_number_problem(number, country=country)

    assert (found, words.startswith(sentence), words.endswith(".")) == (code, True, True)
    assert len(code) <= 20


def test_a_number_without_a_country_is_one_of_the_site_s():
    assert vat_number_problem("136695976", country="DE") == ("", "")
    assert vat_number_problem("136695976", country="GB")[0] == "InvalidFormat"
