"""The QR code from which banking apps fill in a SEPA transfer (EPC069-12, version 002)."""

import re
from decimal import Decimal

from segno import helpers

MAX_AMOUNT = Decimal("999999999.99")


def epc_code(*, name: str, iban: str, bic: str, amount: Decimal, currency: str, reference: str) -> str:
    """The code as an SVG element; empty where the scheme does not reach: not EUR, no IBAN, nothing to pay.

    An RF reference is handed on as such, any other as free text.
    """
    if currency != "EUR" or not iban or not 0 < amount <= MAX_AMOUNT:
        return ""
    purpose = {"reference": reference} if re.fullmatch(r"RF\d\d[0-9A-Z]{1,21}", reference) else {"text": reference}
    code = helpers.make_epc_qr(name=name[:70], iban=iban, bic=bic or None, amount=amount, encoding="utf-8", **purpose)
    return code.svg_inline(border=0, omitsize=True)
