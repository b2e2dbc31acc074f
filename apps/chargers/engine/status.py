"""The derived status of a station: what one word says about it, from facts alone."""

from collections.abc import Sequence
from dataclasses import dataclass

FAULTED, UNAVAILABLE, CHARGING, AVAILABLE = "Faulted", "Unavailable", "Charging", "Available"
IN_USE = frozenset({"Preparing", "SuspendedEV", "SuspendedEVSE", "Finishing", "Occupied", "Reserved"})


@dataclass(frozen=True, slots=True)
class ConnectorFacts:
    """``state`` as reported last (``""`` for never); ``charging_state`` of the EVSE's open transaction (2.x)."""

    state: str = ""
    is_wanted_operative: bool = True
    charging_state: str = ""


@dataclass(frozen=True, slots=True)
class StationFacts:
    """Everything the status rests on. ``own_state`` is what the station says of itself as a whole."""

    is_retired: bool = False
    registration: str = "Accepted"
    was_seen: bool = False
    is_online: bool = False
    own_state: str = ""
    connectors: Sequence[ConnectorFacts] = ()


def derive_status(facts: StationFacts) -> str:
    """The value of ``chargers.choices.StationStatus`` for ``facts``.

    What needs a person comes first: a connector's fault outranks another connector's charging. A station that is not
    accepted is *pending* even while offline, because approving it is what is missing.
    """
    if facts.is_retired:
        return "retired"
    if not facts.was_seen:
        return "never_seen"
    if facts.registration != "Accepted":
        return "pending"
    if not facts.is_online:
        return "offline"
    return _working_status(facts)


def _working_status(facts: StationFacts) -> str:
    states = [connector.state for connector in facts.connectors]
    if facts.own_state == FAULTED or FAULTED in states:
        return "faulted"
    if facts.own_state == UNAVAILABLE or _all_out_of_service(facts.connectors):
        return "unavailable"
    if CHARGING in states or any(c.charging_state == CHARGING and c.state in IN_USE for c in facts.connectors):
        return "charging"
    if any(state in IN_USE for state in states):
        return "occupied"
    return "available"


def _all_out_of_service(connectors: Sequence[ConnectorFacts]) -> bool:
    if not connectors:
        return False
    if all(connector.state == UNAVAILABLE for connector in connectors):
        return True
    idle = all(connector.state in ("", AVAILABLE, UNAVAILABLE) for connector in connectors)
    return idle and not any(connector.is_wanted_operative for connector in connectors)
