"""Pages by cursor: the last page of a million rows costs what the first one does."""

from rest_framework.pagination import CursorPagination


class Pages(CursorPagination):
    """``?page_size=`` up to 1,000; ``next`` and ``previous`` are links."""

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 1000
    ordering = "-id"


class ByIdentity(Pages):
    ordering = "identity"


class ByName(Pages):
    ordering = "name"


class ByTime(Pages):
    """Oldest first, so that a reader can go on where it stopped."""

    ordering = ("at", "evse_number")


class ByStart(Pages):
    ordering = ("-started_at", "-id")
