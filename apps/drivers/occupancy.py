"""What a driver's limits are held against: where he charges now, what he has had, whether his account pays.

Asked here, answered by the floors above: ``drivers`` cannot import them, so each says at start-up who answers.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import NamedTuple


class OpenSession(NamedTuple):
    """A session that has not ended. ``is_accepted``: its token was accepted for it."""

    id_token_id: int
    station_id: int
    evse_number: int | None
    driver_id: int | None = None
    is_accepted: bool = True
    transaction_id: str = ""


Sessions = Callable[[Collection[int], Collection[int]], list[OpenSession]]
Energy = Callable[[Collection[int], datetime], dict[int, int]]
Credit = Callable[[Collection[int]], Collection[int]]

_sessions: Sessions | None = None
_energy: Energy | None = None
_credit: Credit | None = None


def provide(sessions: Sessions, energy: Energy) -> None:
    """Who knows sessions: open ones by keys of tokens and of drivers, and Wh by driver since an instant."""
    global _sessions, _energy
    _sessions, _energy = sessions, energy


def provide_credit(credit: Credit | None) -> None:
    """Who knows accounts: of the drivers given, those that may not begin a session for want of money; one query."""
    global _credit
    _credit = credit


def open_sessions_of(id_token_ids: Collection[int], driver_ids: Collection[int] = ()) -> list[OpenSession]:
    """The open sessions of those tokens and of those drivers; none while nobody provides them."""
    return _sessions(id_token_ids, driver_ids) if _sessions is not None and (id_token_ids or driver_ids) else []


def energy_of(driver_ids: Collection[int], since: datetime) -> dict[int, int]:
    """``{driver: Wh}`` of the sessions begun since then."""
    return _energy(driver_ids, since) if _energy is not None and driver_ids else {}


def without_credit(driver_ids: Collection[int]) -> frozenset[int]:
    """Those of the drivers whose account refuses; nobody while no accounts are kept."""
    return frozenset(_credit(driver_ids)) if _credit is not None and driver_ids else frozenset()


def keeps_accounts() -> bool:
    """Whether anybody answers ``without_credit``."""
    return _credit is not None
