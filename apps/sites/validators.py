"""Checks of what a site is given."""

from zoneinfo import available_timezones

from django.core.exceptions import ValidationError

_CURRENCIES = frozenset(
    [
        *("AED", "ALL", "AMD", "AUD", "BAM", "BGN", "BHD", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK"),
        *("EGP", "EUR", "GBP", "GEL", "HKD", "HUF", "IDR", "ILS", "INR", "ISK", "JOD", "JPY", "KES", "KRW", "KWD"),
        *("MAD", "MDL", "MKD", "MXN", "MYR", "NOK", "NZD", "OMR", "PEN", "PHP", "PLN", "QAR", "RON", "RSD", "SAR"),
        *("SEK", "SGD", "THB", "TND", "TRY", "TWD", "UAH", "USD", "VND", "ZAR"),
    ]
)


def validate_time_zone(name: str) -> None:
    """Accept IANA names only, such as ``Europe/Berlin``."""
    if name not in available_timezones():
        raise ValidationError(f"“{name}” is not a time zone; use an IANA name such as Europe/Berlin.")


def validate_currency(code: str) -> None:
    """Accept ISO 4217 codes of the currencies that charging is sold in."""
    if code not in _CURRENCIES:
        raise ValidationError(f"“{code}” is not a known currency; use a code such as EUR.")
