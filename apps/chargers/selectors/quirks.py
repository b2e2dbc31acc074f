"""What is known of a station's habits, where from, and what its deviations suggest."""

from dataclasses import dataclass
from typing import Any

from apps.chargers.engine.quirks import QUIRKS, Quirks, read_quirks
from apps.chargers.models import ChargingStation, StationDeviation


@dataclass(frozen=True, slots=True)
class KnownQuirk:
    """One habit of a station: ``source`` is the profile that says so; ``is_applied``: by the gateway itself."""

    name: str
    label: str
    help: str
    value: Any
    source: str
    is_applied: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A deviation that a station shows, and the quirk that would forgive it."""

    code: str
    count: int
    quirk: str
    label: str


def quirks_of(station: ChargingStation) -> Quirks:
    """The habits of ``station`` as one value; no query. Whoever plans or encodes for it reads them here."""
    return read_quirks(station.quirks)


def known_quirks(station: ChargingStation) -> list[KnownQuirk]:
    """With words for people; no query."""
    return [
        KnownQuirk(
            name, QUIRKS[name].label, QUIRKS[name].help, found["value"], found["source"], QUIRKS[name].is_applied
        )
        for name, found in station.quirks.items()
        if name in QUIRKS
    ]


def suggestions_for(station: ChargingStation, *, limit: int = 10) -> list[Suggestion]:
    """What the station's counted deviations say about quirks that it does not have yet, most frequent first."""
    missing = {name: quirk for name, quirk in QUIRKS.items() if quirk.forgives and name not in station.quirks}
    if station.is_lenient:
        missing.pop("is_lenient", None)
    found = []
    for row in StationDeviation.objects.filter(station=station).order_by("-count", "code")[:100]:
        for name, quirk in missing.items():
            if row.code.startswith(quirk.forgives):
                found.append(Suggestion(row.code, row.count, name, quirk.label))
    return found[:limit]
