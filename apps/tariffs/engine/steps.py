"""Step sizes: a session pays full steps, once, on its total.

OCPI 2.2.1 mod_tariffs, PriceComponent: the step of the last component used counts. Charging time is not rounded when
parking follows in the bill: the parking time absorbs the rounding. Reservations are rounded by themselves.
"""

from dataclasses import dataclass
from decimal import Decimal

from .exact import ZERO
from .kinds import LineKind
from .segmentation import Piece, Share


@dataclass(slots=True)
class Draft:
    """A line in the making: the share of a piece and the quantity that will be billed for it."""

    piece: Piece
    share: Share
    billed: Decimal


def apply_steps(drafts: list[Draft]) -> None:
    """Raise the billed quantity of the last priced draft of each dimension to a full step of its total."""
    priced: dict[LineKind, list[Draft]] = {}
    for draft in drafts:
        if draft.share.component is not None and draft.share.quantity > ZERO:
            priced.setdefault(draft.share.kind, []).append(draft)
    if LineKind.PARKING_TIME in priced:
        priced.pop(LineKind.TIME, None)
    for kind in (LineKind.ENERGY, LineKind.TIME, LineKind.PARKING_TIME, LineKind.RESERVATION_TIME):
        if kind in priced:
            _round_up(priced[kind])


def missing_to_full_step(quantity: Decimal, step_size: int) -> Decimal:
    """How much must be added to reach a multiple of the step; 0 when the step is 0."""
    if not step_size:
        return ZERO
    rest = quantity % step_size
    return step_size - rest if rest else ZERO


def _round_up(drafts: list[Draft]) -> None:
    last = drafts[-1]
    component = last.share.component
    if component is not None:
        total = sum((draft.share.quantity for draft in drafts), ZERO)
        last.billed += missing_to_full_step(total, component.step_size)
