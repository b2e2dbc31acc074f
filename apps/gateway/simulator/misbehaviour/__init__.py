"""Deviations that real chargers show, by name. `TABLE` holds them all; each states itself in one sentence."""

from collections.abc import Iterable

from apps.gateway.simulator.misbehaviour import answers, clocks, connections, frames, meters, transactions
from apps.gateway.simulator.misbehaviour.base import Misbehaviour

MODULES = (connections, frames, answers, transactions, meters, clocks)
TABLE: dict[str, type[Misbehaviour]] = {kind.name: kind for module in MODULES for kind in module.KINDS}


class UnknownMisbehaviour(ValueError):
    """A name that is not in the table."""


def misbehaviours_for(names: Iterable[str], version: str) -> list[Misbehaviour]:
    """New misbehaviours by name; those that make no sense in this version are left out. Raises UnknownMisbehaviour."""
    names = list(names)
    if unknown := sorted(set(names) - set(TABLE)):
        raise UnknownMisbehaviour(f"unknown misbehaviour: {', '.join(unknown)} (see --list-misbehaviours)")
    return [TABLE[name]() for name in names if version in TABLE[name].versions]
