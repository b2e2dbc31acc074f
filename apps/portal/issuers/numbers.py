"""Numbers that have check digits: bank accounts, banks, VAT."""

from django.core.exceptions import ValidationError
from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException
from stdnum import get_cc_module
from stdnum.eu import vat
from stdnum.exceptions import ValidationError as WrongNumber


def clean_iban(text: str) -> str:
    """Without blanks; ``ValidationError`` where its check digits or its length are wrong."""
    try:
        return str(IBAN(text)) if text.strip() else ""
    except SchwiftyException as error:
        raise ValidationError("This is not an IBAN: check its digits.") from error


def clean_bic(text: str) -> str:
    try:
        return str(BIC(text)) if text.strip() else ""
    except SchwiftyException as error:
        raise ValidationError("This is not a BIC: eight or eleven letters and digits.") from error


def bic_of(iban: str) -> str:
    """The bank's BIC, where the directory of its country knows it."""
    bic = IBAN(iban, allow_invalid=True).bic if iban else None
    return str(bic) if bic else ""


def clean_vat_id(text: str, country: str) -> str:
    """With its country in front; of Switzerland without MWST behind. Others than EU and CH are taken as they are."""
    number = "".join(text.split())
    if not number:
        return ""
    try:
        if country == "CH":
            return get_cc_module("ch", "uid").compact(number.upper().removesuffix("MWST"))
        if number[:2].upper() in {"GB", "NO", "LI"}:
            return number.upper()
        return vat.validate(number)
    except WrongNumber as error:
        raise ValidationError("This is not a VAT number: check its digits.") from error
