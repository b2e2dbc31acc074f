"""Reading untrusted JSON: each reader knows the path of what it reads, so that an error can name it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from apps.core.errors import DomainError

from .errors import InvalidTariff

T = TypeVar("T")

_MOST_DECIMALS = 9


@dataclass(frozen=True, slots=True)
class Fields:
    """One JSON object and its path, ``""`` for the outermost; ``error`` is what its readers raise."""

    data: Mapping[str, Any]
    path: str = ""
    error: type[DomainError] = InvalidTariff

    @classmethod
    def of(cls, value: object, path: str = "", error: type[DomainError] = InvalidTariff) -> "Fields":
        """Raises ``error`` unless ``value`` is a JSON object."""
        if not isinstance(value, Mapping):
            raise error(f"{path or 'The whole'} must be an object.", field=path)
        return cls(value, path, error)

    def at(self, name: str) -> str:
        """Path of one field."""
        return f"{self.path}.{name}" if self.path else name

    def fail(self, name: str, expected: str) -> DomainError:
        """The error to raise for one field."""
        return self.error(f"{self.at(name)} must be {expected}.", field=self.at(name))

    def refuse_unknown(self, known: frozenset[str]) -> None:
        """A misspelt field must not silently make a price free."""
        for name in self.data:
            if name not in known:
                raise self.error(f"{self.at(name)} is not a known field.", field=self.at(name))

    def optional(self, name: str, read: Callable[["Fields", str], T]) -> T | None:
        """None when the field is absent or null, else what ``read`` makes of it."""
        return None if self.data.get(name) is None else read(self, name)

    def text(self, name: str) -> str:
        """A string that is not empty."""
        value = self.data.get(name)
        if not isinstance(value, str) or not value.strip():
            raise self.fail(name, "a text")
        return value

    def flag(self, name: str) -> bool:
        """true or false; false when absent."""
        value = self.data.get(name, False)
        if not isinstance(value, bool):
            raise self.fail(name, "true or false")
        return value

    def decimal(self, name: str) -> Decimal:
        """A number of any sign as a string or an exact JSON number, with at most 9 decimals."""
        value = self.data.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
            raise self.fail(name, "a number")
        try:
            # A float is taken as it is printed: 0.1 means 0.1.
            number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        except InvalidOperation:
            raise self.fail(name, "a number") from None
        exponent = number.as_tuple().exponent
        if not isinstance(exponent, int) or abs(number) >= 10**12 or exponent < -_MOST_DECIMALS:
            raise self.fail(name, f"a finite number with at most {_MOST_DECIMALS} decimals")
        return number

    def amount(self, name: str) -> Decimal:
        """A number that is not negative."""
        number = self.decimal(name)
        if number < 0:
            raise self.fail(name, "zero or more")
        return number

    def whole(self, name: str) -> int:
        """A whole number that is not negative."""
        number = self.amount(name)
        if number != number.to_integral_value():
            raise self.fail(name, "a whole number")
        return int(number)

    def clock_time(self, name: str) -> time:
        """``HH:MM``, optionally with seconds; wall clock."""
        try:
            value = time.fromisoformat(self.text(name))
        except ValueError:
            raise self.fail(name, "a time such as 08:30") from None
        if value.tzinfo is not None:
            raise self.fail(name, "a time of the site's clock, without an offset")
        return value

    def day(self, name: str) -> date:
        """``YYYY-MM-DD``."""
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            raise self.fail(name, "a date such as 2026-01-31") from None

    def instant(self, name: str) -> datetime:
        """An ISO 8601 instant; without an offset it is UTC, as in OCPI."""
        try:
            value = datetime.fromisoformat(self.text(name))
        except ValueError:
            raise self.fail(name, "an instant such as 2026-01-31T08:00:00Z") from None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)

    def choice(self, name: str, choices: Mapping[str, T]) -> T:
        """One of the words in ``choices``."""
        value = self.data.get(name)
        if not isinstance(value, str) or value not in choices:
            raise self.fail(name, "one of " + ", ".join(choices))
        return choices[value]

    def items(self, name: str) -> list["Fields"]:
        """A list of objects, each with its own path."""
        value = self.data.get(name)
        if not isinstance(value, list | tuple):
            raise self.fail(name, "a list")
        return [Fields.of(item, f"{self.at(name)}[{index}]", self.error) for index, item in enumerate(value)]

    def child(self, name: str) -> "Fields":
        """The object in a field."""
        return Fields.of(self.data.get(name), self.at(name), self.error)
