"""How far a payment has come: what we know joined with what we are told. Pure.

A payment only goes forward, along ``Phase`` and in its amounts, so knowledge is joined by taking the further of both.
The join is commutative, associative and idempotent: messages may come in any order and any number of times.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

NOTHING = Decimal(0)


class Phase(StrEnum):
    """In the order in which a later one makes an earlier one old news.

    FAILED comes before AUTHORISED: where a customer tried a second card, the payment is authorised after all. RELEASED
    comes before CAPTURED: if money came in although we believed otherwise, it did come in.
    """

    CREATED = "created"
    PENDING = "pending"
    FAILED = "failed"
    AUTHORISED = "authorised"
    RELEASED = "released"
    CAPTURED = "captured"
    RETURNED = "returned"


_RANK = {phase: rank for rank, phase in enumerate(Phase)}


class ImpossibleProgress(ValueError):
    """What was told cannot be: more went back than came in, or an amount is negative."""


@dataclass(frozen=True, slots=True)
class Progress:
    """``captured`` came in, ``refunded`` of it went back; ``authorised`` 0 where nothing was held beforehand."""

    phase: Phase = Phase.CREATED
    authorised: Decimal = NOTHING
    captured: Decimal = NOTHING
    refunded: Decimal = NOTHING


def join(known: Progress, told: Progress) -> Progress:
    """The further of both. Raises ``ImpossibleProgress``.

    What the bank took back is refunded as a whole. Whoever captured more than was held, held more.
    """
    if min(told.authorised, told.captured, told.refunded) < 0:
        raise ImpossibleProgress("An amount is negative.")
    phase = max(known.phase, told.phase, key=_RANK.__getitem__)
    authorised, captured = max(known.authorised, told.authorised), max(known.captured, told.captured)
    refunded = max(known.refunded, told.refunded)
    if captured and _RANK[phase] < _RANK[Phase.CAPTURED]:
        phase = Phase.CAPTURED
    if phase is Phase.RETURNED:
        refunded = captured
    if authorised:
        authorised = max(authorised, captured)
    if refunded > captured:
        raise ImpossibleProgress("More went back than came in.")
    return Progress(phase, authorised, captured, refunded)


def is_over(progress: Progress) -> bool:
    """Whether the provider will say nothing further by itself."""
    return progress.phase in (Phase.FAILED, Phase.RELEASED, Phase.CAPTURED, Phase.RETURNED)
