"""Pages of a list without ever counting its rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import EmptyPage
from django.http import QueryDict
from django_tables2 import LazyPaginator, Table

MAX_PAGE = 100_000


@dataclass(frozen=True)
class PageInfo:
    """Where in the list the page is. ``total`` is known only on the last page, where it costs nothing."""

    number: int
    per_page: int
    choices: Sequence[int]
    first: int
    last: int
    has_next: bool

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def previous_number(self) -> int:
        return self.number - 1

    @property
    def next_number(self) -> int:
        return self.number + 1

    @property
    def total(self) -> int | None:
        return None if self.has_next else self.last


def show_page(table: Table, query: QueryDict, *, choices: Sequence[int], default: int) -> PageInfo:
    """Cut ``table`` to the page that ``query`` asks for; nonsense asks for the first one."""
    per_page = _whole_number(query.get("per_page"), default)
    per_page = per_page if per_page in choices else default
    number = min(_whole_number(query.get("page"), 1), MAX_PAGE)
    _order_ties(table)
    paginator = LazyPaginator(table.rows, per_page)
    try:
        page = paginator.page(number)
    except EmptyPage:
        number = 1
        page = paginator.page(1)
    table.paginator, table.page = paginator, page
    first = (number - 1) * per_page
    shown = len(page.object_list)
    return PageInfo(number, per_page, choices, first + 1 if shown else 0, first + shown, page.has_next())


def _order_ties(table: Table) -> None:
    """Rows that are equal in the chosen order get a fixed one, or a row could show on two pages and another on none.

    The key goes the same way as the last column, so that an index serves both directions.
    """
    rows = table.data.data
    order = rows.query.order_by or rows.model._meta.ordering
    last = str(order[-1]) if order else ""
    if last.lstrip("-") not in ("pk", "id"):
        table.data.data = rows.order_by(*order, "-pk" if last.startswith("-") else "pk")


def _whole_number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 and int(text) > 0 else default
