"""Where a token is charging now: asked here, answered by the floor of sessions above.

``drivers`` cannot import sessions, so the floor above says at start-up who answers (``provide``).
"""

from collections.abc import Callable, Collection
from typing import NamedTuple


class OpenSession(NamedTuple):
    """A session that has not ended."""

    id_token_id: int
    station_id: int
    evse_number: int | None


Source = Callable[[Collection[int]], list[OpenSession]]
_source: Source | None = None


def provide(source: Source) -> None:
    """Let ``source`` answer, with one query for all the ids of tokens it is given."""
    global _source
    _source = source


def open_sessions_of(id_token_ids: Collection[int]) -> list[OpenSession]:
    """The open sessions of those tokens; none while nobody provides them."""
    return _source(id_token_ids) if _source is not None and id_token_ids else []
