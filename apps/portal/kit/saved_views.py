"""Keeping, showing and forgetting the views of a list that a person saved."""

from urllib.parse import parse_qsl, urlencode

from django.http import QueryDict

from apps.portal.models import SavedView

# What says where somebody is within a list, not what the list shows.
_NOT_PART_OF_A_VIEW = {"page", "export", "csrfmiddlewaretoken"}
NAME_MAX_LENGTH = SavedView._meta.get_field("name").max_length
QUERY_MAX_LENGTH = SavedView._meta.get_field("query").max_length


def canonical_query(query: QueryDict | str) -> str:
    """The same string for two query strings that show the same list."""
    text = query if isinstance(query, str) else query.urlencode()
    pairs = [(key, value) for key, value in parse_qsl(text) if key not in _NOT_PART_OF_A_VIEW]
    return urlencode(sorted(pairs, key=lambda pair: pair[0]))


def save_view(*, user, screen: str, name: str, query: str) -> SavedView:
    """Keep ``query`` under ``name`` (1 to 60 characters); the same name again replaces it.

    Raises ``ValueError`` with a sentence for people.
    """
    name = name.strip()
    if not 0 < len(name) <= NAME_MAX_LENGTH:
        raise ValueError(f"A view needs a name of 1 to {NAME_MAX_LENGTH} characters.")
    query = canonical_query(query)
    if len(query) > QUERY_MAX_LENGTH:
        raise ValueError("These filters are too long to be saved.")
    view, _ = SavedView.objects.update_or_create(user=user, screen=screen, name=name, defaults={"query": query})
    return view


def delete_view(*, user, screen: str, pk: str) -> None:
    """Forget one view; somebody else's is left alone."""
    if pk.isdecimal():
        SavedView.objects.filter(user=user, screen=screen, pk=pk).delete()


def tabs_for(*, user, screen: str, query: QueryDict) -> list[dict]:
    """The views of ``user`` on ``screen`` in the order of their names, the open one marked."""
    current = canonical_query(query)
    views = SavedView.objects.filter(user=user, screen=screen).order_by("name")
    return [{"pk": view.pk, "name": view.name, "query": view.query, "is_open": view.query == current} for view in views]
