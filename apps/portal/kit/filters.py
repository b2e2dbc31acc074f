"""Filters of a list: the chips that say which are on, and words searched in several columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_

from django.db.models import Model, Q, QuerySet
from django.forms import Field
from django.http import QueryDict
from django_filters import FilterSet

_SUFFIXES = ("", "_min", "_max", "_after", "_before")
MAX_SEARCH_WORDS = 6


@dataclass(frozen=True)
class Chip:
    """A filter that is on. ``query``: the list without it."""

    label: str
    text: str
    query: str


def search_rows(rows: QuerySet, text: str, lookups: Sequence[str]) -> QuerySet:
    """Rows that hold every word of ``text`` in one of ``lookups`` (``"name"``, ``"site__name"``; no to-many paths)."""
    for word in text.replace("\x00", "").split()[:MAX_SEARCH_WORDS]:
        rows = rows.filter(reduce(or_, (Q(**{f"{lookup}__icontains": word}) for lookup in lookups)))
    return rows


def query_without(query: QueryDict, *names: str) -> str:
    """The query string without ``names`` and without the page, which it no longer fits."""
    left = query.copy()
    for name in (*names, "page"):
        left.pop(name, None)
    return left.urlencode()


def active_chips(filterset: FilterSet | None, query: QueryDict, *, has_search: bool) -> list[Chip]:
    """What is switched on, in the order of the filters."""
    chips = []
    if has_search and (text := query.get("q", "").strip()):
        chips.append(Chip("Search", text, query_without(query, "q")))
    if filterset is None or not filterset.is_bound:
        return chips
    filterset.form.full_clean()
    for name, field in filterset.form.fields.items():
        text = describe_value(field, filterset.form.cleaned_data.get(name))  # a field in error is absent
        if text:
            names = [f"{name}{suffix}" for suffix in _SUFFIXES]
            chips.append(Chip(str(field.label or name), text, query_without(query, *names)))
    return chips


def describe_value(field: Field, value) -> str:
    """A filter's value in words; ``""`` where the filter is off."""
    if value is None or value == "" or value == [] or (isinstance(value, QuerySet) and not value):
        return ""
    if isinstance(value, slice):
        start, stop = describe_value(field, value.start), describe_value(field, value.stop)
        return " to ".join(part for part in (start, stop) if part) if start and stop else _one_sided(start, stop)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Model):
        return str(value)
    if isinstance(value, datetime):
        return f"{value:%d %b %Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d %b %Y}"
    if isinstance(value, list | tuple | set | QuerySet):
        return ", ".join(describe_value(field, one) for one in value)
    for key, label in getattr(field, "choices", ()):
        if str(key) == str(value):
            return str(label)
    return str(value)


def _one_sided(start: str, stop: str) -> str:
    return f"from {start}" if start else f"until {stop}"
