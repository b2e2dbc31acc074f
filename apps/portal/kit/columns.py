"""Columns that know their unit, colour and zone. ``value`` is what an export holds, ``render`` what people see."""

from collections.abc import Callable
from decimal import Decimal

from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django_tables2 import Column

from apps.portal.kit import format as fmt
from apps.portal.kit.html import badge, dash, moment, quantity, running, since
from apps.portal.kit.paths import read_path
from apps.portal.links import page_of

_NUMBER_CELL = {"th": {"class": "cn-num"}, "td": {"class": "cn-num"}}


class KitColumn(Column):
    """A column with an empty cell that reads as empty, and words for the export's head."""

    export_header: str | None = None

    def __init__(self, *args, hide_on_phone: bool = False, **kwargs) -> None:
        attrs = {kind: dict(values) for kind, values in (kwargs.pop("attrs", None) or {}).items()}
        if hide_on_phone:
            for kind in ("th", "td"):
                classes = attrs.setdefault(kind, {}).get("class", "")
                attrs[kind]["class"] = f"{classes} cn-wide-only".strip()
        if isinstance(kwargs.get("accessor"), str):
            kwargs["accessor"] = kwargs["accessor"].replace(".", "__")  # both ways of writing a path are welcome
        kwargs.setdefault("default", dash)
        super().__init__(*args, attrs=attrs, **kwargs)


class LinkColumn(KitColumn):
    """Text that leads to the row's page (``portal.links``), or to ``url_name`` with ``args`` read from the row."""

    def __init__(self, *args, url_name: str = "", args_from: tuple[str, ...] = ("pk",), **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.url_name, self.args_from = url_name, args_from

    def _url(self, record) -> str:
        if not self.url_name:
            return page_of(record)
        arguments = [read_path(record, path) for path in self.args_from]
        if None in arguments:
            return ""
        try:
            return reverse(self.url_name, args=arguments)
        except NoReverseMatch as error:
            raise LookupError(f"No page {self.url_name} for {arguments}") from error

    def render(self, value, record):
        url = self._url(record)
        return format_html('<a href="{}">{}</a>', url, value) if url else value

    def value(self, value):
        return value


class StatusColumn(KitColumn):
    """Icon, label and colour of coloured ``choices``."""

    def __init__(self, choices, *args, **kwargs) -> None:
        kwargs.setdefault("empty_values", (None,) if "" in choices.values else (None, ""))
        super().__init__(*args, **kwargs)
        self.choices = choices

    def _member(self, value):
        """The choice of a value or of its label: django-tables2 hands over the label of a model's own choices."""
        return next((member for member in self.choices if value in (member.value, member.label)), value)

    def render(self, value):
        return badge(self._member(value))

    def value(self, value):
        return getattr(self._member(value), "label", value)


class UnitColumn(KitColumn):
    """A right-aligned number with its unit in the head.

    ``divide_by``: 1000 shows Wh as kWh; ``digits``: decimals shown (an export holds the exact value).
    """

    def __init__(self, *args, unit: str, digits: int = 1, divide_by: int = 1, **kwargs) -> None:
        kwargs.setdefault("attrs", _NUMBER_CELL)
        super().__init__(*args, **kwargs)
        self.unit, self.digits, self.divide_by = unit, digits, divide_by

    @property
    def header(self):
        name = self.verbose_name if self.verbose_name is not None else ""
        return format_html('{} <span class="cn-unit">{}</span>', name, self.unit)

    @property
    def export_header(self) -> str:
        return f"{self.verbose_name or ''} ({self.unit})".strip()

    def render(self, value):
        return fmt.number(self.value(value), self.digits)

    def value(self, value):
        return Decimal(str(value)) / self.divide_by if self.divide_by != 1 else value


def kwh_column(*args, **kwargs) -> UnitColumn:
    """Integer Wh shown as kWh."""
    return UnitColumn(*args, **{"unit": "kWh", "digits": 2, "divide_by": 1000} | kwargs)


def kw_column(*args, **kwargs) -> UnitColumn:
    """Integer W shown as kW."""
    return UnitColumn(*args, **{"unit": "kW", "digits": 1, "divide_by": 1000} | kwargs)


class MoneyColumn(KitColumn):
    """A right-aligned amount with its currency, read from ``currency`` (a path such as ``"site.currency"``)."""

    def __init__(self, *args, currency: str = "currency", **kwargs) -> None:
        kwargs.setdefault("attrs", _NUMBER_CELL)
        super().__init__(*args, **kwargs)
        self.currency = currency

    def render(self, value, record):
        currency = read_path(record, self.currency) or ""
        return quantity(fmt.number(value, fmt.currency_digits(currency)), currency)

    def value(self, value):
        return value


class _TimeColumn(KitColumn):
    """An instant; ``zone`` is the path of the place's time zone, e.g. ``"site.time_zone"``."""

    draw: Callable

    def __init__(self, *args, zone: str = "", **kwargs) -> None:
        kwargs.setdefault("attrs", {"th": {"class": "cn-when"}, "td": {"class": "cn-when"}})
        super().__init__(*args, **kwargs)
        self.zone = zone

    @property
    def export_header(self) -> str:
        return f"{self.verbose_name or ''} (UTC)".strip()

    def render(self, value, record):
        return type(self).draw(value, read_path(record, self.zone) or "")

    def value(self, value):
        return value


class SinceColumn(_TimeColumn):
    """How long ago, with seconds, ticking; the moment and its zone in the title."""

    draw = staticmethod(since)


class MomentColumn(_TimeColumn):
    """The moment at the place."""

    draw = staticmethod(moment)


class RunningColumn(_TimeColumn):
    """How long something that began then has been going on, counting."""

    draw = staticmethod(lambda value, _zone: running(value))


class DurationColumn(KitColumn):
    """Seconds as ``2 h 07 min``, right-aligned; an export holds the seconds."""

    def __init__(self, *args, **kwargs) -> None:
        kwargs.setdefault("attrs", _NUMBER_CELL)
        super().__init__(*args, **kwargs)

    @property
    def export_header(self) -> str:
        return f"{self.verbose_name or ''} (s)".strip()

    def render(self, value):
        return fmt.duration(value)

    def value(self, value):
        return value
