"""Stations from their specs."""

from typing import Any

from apps.gateway.simulator import v16, v21, v201
from apps.gateway.simulator.misbehaviour import misbehaviours_for
from apps.gateway.simulator.spec import StationSpec
from apps.gateway.simulator.station import Station

DIALECTS = {dialect.version: dialect for dialect in (v16.DIALECT, v201.DIALECT, v21.DIALECT)}


def build_station(spec: StationSpec, *, url: str, **options: Any) -> Station:
    """A station, not yet connected. `options` are those of `Station`. Raises UnknownMisbehaviour."""
    misbehaviours = misbehaviours_for(spec.misbehave, spec.version)
    return Station(spec, DIALECTS[spec.version], url=url, misbehaviours=misbehaviours, **options)
