"""Whether a text can be a number of value-added tax: length, letters and check digits by country. Pure, no network."""

from stdnum import get_cc_module
from stdnum.exceptions import ValidationError
from stdnum.util import clean

GREECE = "EL"  # its prefix; the country is GR
NORTHERN_IRELAND = "XI"  # numbers of the United Kingdom, for goods


def vat_number_problem(text: str, *, country: str) -> tuple[str, str]:
    """``(code, sentence)`` of what is wrong with ``text``; both empty where nothing is.

    country: ISO 3166 code taken where the number does not begin with one.
    """
    number = clean(text, " -./:").strip().upper()
    prefix = number[:2] if number[:2].isascii() and number[:2].isalpha() else country.upper()
    if len(prefix) != 2:
        return "CountryMissing", "The number does not begin with the code of a country."
    if prefix == NORTHERN_IRELAND:
        prefix, number = "GB", "GB" + number[2:]
    module = get_cc_module("GR" if prefix == GREECE else prefix, "vat")
    if module is None:
        return "CountryUnknown", f"Numbers of the country {prefix} cannot be checked."
    try:
        module.validate(number)
    except ValidationError as error:
        return "InvalidFormat", f"This is no number of {prefix}: {str(error).rstrip('.')}."
    return "", ""
