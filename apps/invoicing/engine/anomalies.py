"""What a person should look at before a bill goes out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from statistics import median
from typing import NamedTuple

MUCH_WH = 150_000
LONG = timedelta(hours=24)
OUTLIER_TIMES = 3
HISTORY = 6
ENOUGH_HISTORY = 3
CHANGE_TIMES = 2
SMALL = Decimal(20)


class Stay(NamedTuple):
    """A session on a bill."""

    session_id: int
    energy_wh: int
    duration: timedelta


@dataclass(frozen=True, slots=True)
class Anomaly:
    """``code`` is stable; ``text`` is a sentence; ``session_id`` where it is about one session."""

    code: str
    text: str
    session_id: int | None = None

    def to_json(self) -> dict[str, str | int]:
        found: dict[str, str | int] = {"code": self.code, "text": self.text}
        return found if self.session_id is None else found | {"session_id": self.session_id}


def of_stays(stays: Iterable[Stay]) -> list[Anomaly]:
    """No energy, more than 150 kWh, longer than a day."""
    found = []
    for stay in stays:
        if stay.energy_wh == 0:
            found.append(Anomaly("no_energy", "A session without energy.", stay.session_id))
        if stay.energy_wh > MUCH_WH:
            kwh = f"{Decimal(stay.energy_wh) / 1000:.1f}"
            found.append(Anomaly("much_energy", f"A session of {kwh} kWh.", stay.session_id))
        if stay.duration > LONG:
            hours = int(stay.duration.total_seconds() // 3600)
            found.append(Anomaly("long_session", f"A session of {hours} hours.", stay.session_id))
    return found


def of_amount(gross: Decimal, earlier: Sequence[Decimal]) -> list[Anomaly]:
    """Against the account's own earlier bills, the latest first; amounts in one currency.

    An outlier is more than three times the middle of the last six bills, where there are three; a jump is double or
    half of the last one. Differences of up to 20 are never told.
    """
    history = list(earlier[:HISTORY])
    if not history:
        return []
    if len(history) >= ENOUGH_HISTORY:
        usual = median(history)
        if gross > OUTLIER_TIMES * usual and gross - usual > SMALL:
            return [Anomaly("outlier", f"{gross:.2f}, where {usual:.2f} is usual for this customer.")]
    last = history[0]
    if abs(gross - last) > SMALL and (gross >= CHANGE_TIMES * last or gross * CHANGE_TIMES <= last):
        return [Anomaly("jump", f"{gross:.2f}, after {last:.2f} last time.")]
    return []
