"""Which month a statement is about: ``?month=2026-03``, else the last whole one."""

import re
from datetime import date, datetime

from django.http import Http404, HttpRequest

from apps.tariffs.engine.zones import zone_of


def month_of(request: HttpRequest, *, time_zone: str, at: datetime) -> tuple[date, date]:
    """``[first day, day after the last)``. A month that cannot be is not there."""
    text = request.GET.get("month", "")
    if not text:
        first = at.astimezone(zone_of(time_zone)).date().replace(day=1)
        return _month(first.year - (first.month == 1), (first.month + 10) % 12 + 1)
    found = re.fullmatch(r"(\d{4})-(\d\d)", text)
    if not found or not 1 <= int(found[2]) <= 12 or int(found[1]) < 2000:
        raise Http404
    return _month(int(found[1]), int(found[2]))


def _month(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
