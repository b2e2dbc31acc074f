"""Pages by cursor: the last page of a million rows costs what the first one does."""

from django.core.exceptions import ValidationError
from django.db import DataError
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination


class Pages(CursorPagination):
    """``?page_size=`` up to 1,000; ``next`` and ``previous`` are links."""

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 1000
    ordering = "-id"

    def paginate_queryset(self, queryset, request, view=None):
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValidationError, ValueError, OverflowError, DataError) as error:
            # A cursor that somebody made up may hold a position that is no value of the column.
            raise NotFound("There is no such page.") from error


class ByIdentity(Pages):
    ordering = "identity"


class ByName(Pages):
    ordering = "name"


class ByTime(Pages):
    """Oldest first, so that a reader can go on where it stopped."""

    ordering = ("at", "evse_number")


class ByStart(Pages):
    ordering = ("-started_at", "-id")
