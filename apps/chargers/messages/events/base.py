"""What every event is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChargerEvent:
    """Base of all events. Where a class has ``deviations``, they are coded departures from the text, forgiven."""
