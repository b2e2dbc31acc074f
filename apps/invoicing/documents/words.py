"""The words of documents in English and German, with the numbers and dates that go with them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from apps.invoicing.choices import VatCategory
from apps.invoicing.documents.vocabulary import ENGLISH, GERMAN

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip


class Addressed(Protocol):
    @property
    def seller(self) -> dict[str, str]: ...

    @property
    def buyer(self) -> dict[str, str]: ...


@dataclass(frozen=True, slots=True)
class Words:
    """One language: ``text`` by key, with ``{places}`` to fill; how its numbers and dates look."""

    code: str
    texts: dict[str, str]
    separators: tuple[str, str]  # of thousands, of decimals
    write_date: Callable[[date], str]

    def text(self, key: str, **values: object) -> str:
        return self.texts[key].format(**values)

    def number(self, value: Decimal, places: int) -> str:
        """``value`` with ``places`` decimals."""
        thousands, decimals = self.separators
        return f"{value:,.{places}f}".translate({ord(","): thousands, ord("."): decimals})

    def money(self, amount: Decimal, currency: str) -> str:
        return f"{self.number(amount, 2)} {currency}"

    def percent(self, value: Decimal) -> str:
        return self.number(value, 0 if value == value.to_integral_value() else 1) + " %"

    def kwh(self, energy_wh: int) -> str:
        return self.number(Decimal(energy_wh) / 1000, 3)

    def date(self, value: date) -> str:
        return self.write_date(value)

    def short_date(self, value: date) -> str:
        """For columns: day, month and two digits of the year."""
        return f"{value:%d.%m.%y}" if self.code == "de" else f"{value:%d/%m/%y}"

    def period(self, first: date, last: date) -> str:
        return self.date(first) if first == last else f"{self.short_date(first)} – {self.short_date(last)}"

    def price(self, value: Decimal) -> str:
        """At least two decimals, and as many more as the price has."""
        places = -int(value.normalize().as_tuple().exponent)
        return self.number(value, max(2, places))

    def exemption_text(self, category: str, reason: str) -> str:
        """Why a group has no VAT (BT-120); empty where it has, or where none must be given."""
        match category:
            case VatCategory.EXEMPT:
                return reason or self.text("exempt")
            case VatCategory.REVERSE:
                return self.text("reverse_charge")
            case VatCategory.NOT_SUBJECT:
                return reason or self.text("not_subject")
            case _:
                return ""

    def credit_text(self, number: str) -> str:
        return self.text("credits", number=number)


_LANGUAGES = {
    "en": Words("en", ENGLISH, (",", "."), lambda day: f"{day.day} {MONTHS[day.month - 1]} {day.year}"),
    "de": Words("de", GERMAN, (".", ","), lambda day: f"{day:%d.%m.%Y}"),
}


def words_in(language: str) -> Words:
    """``language`` as in ``de-at``; English where we have no words for it."""
    return _LANGUAGES.get(language[:2].lower(), _LANGUAGES["en"])


def words_of(content: Addressed) -> Words:
    """In the buyer's language, else in the seller's."""
    return words_in(content.buyer.get("language") or content.seller.get("language") or "en")
