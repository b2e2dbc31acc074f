"""Small facts about stations that are worth a row but not a commit of their own, written every few seconds.

Losing the last seconds of them in a crash is no harm: they are not acknowledged to anybody.
"""

from datetime import UTC, datetime

from apps.chargers.engine.masking import mask_frame

MAX_DEVIATIONS = 5_000
EXAMPLE_CHARACTERS = 500


class Notes:
    """Deviations noted since the last flush: per station and code the number and one example frame."""

    def __init__(self) -> None:
        self._deviations: dict[tuple[int, str], tuple[int, str]] = {}

    def deviation(self, station_id: int, code: str, frame: str) -> None:
        """Note that a station departed from the text in the way of ``code``, shown by ``frame``."""
        key = (station_id, code)
        known = self._deviations.get(key)
        if known is not None:
            self._deviations[key] = (known[0] + 1, known[1])
        elif len(self._deviations) < MAX_DEVIATIONS:
            self._deviations[key] = (1, mask_frame(frame)[:EXAMPLE_CHARACTERS])

    def take(self) -> tuple[list[tuple[int, str, str, int]], datetime]:
        """What was noted, as (station, code, example, times), and the present moment."""
        noted, self._deviations = self._deviations, {}
        return [(station, code, frame, times) for (station, code), (times, frame) in noted.items()], datetime.now(UTC)
