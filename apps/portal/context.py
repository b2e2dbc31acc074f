"""What the frame around every portal page needs."""

from django.http import HttpRequest

from apps.accounts.policy import Action, may
from apps.portal.navigation import menu_for, url_or_none


class Shell:
    """The frame's content, worked out only when a template draws the frame."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def navigation(self) -> list[dict]:
        return menu_for(self._request.user, self._request.path)

    def home_url(self) -> str:
        return url_or_none("portal:home") or "/"

    def search_url(self) -> str | None:
        """Where the search box leads: the search page, or the list of stations; nowhere for people who see none."""
        if not may(self._request.user, Action.STATION_VIEW):
            return None
        return url_or_none("portal:search") or url_or_none("portal:stations")

    def search_text(self) -> str:
        return self._request.GET.get("q", "")


def shell(request: HttpRequest) -> dict:
    """Context processor: ``shell`` in every template."""
    return {"shell": Shell(request)}
