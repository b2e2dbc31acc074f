"""What happens next to a guest's visit, from the facts as they stand. Pure; asked again after each fact and each step.

paying → starting → charging → settling → paid; from everywhere else the money goes back, and the visit ends by a name.
Facts may come late, twice or in any order: nothing rests on which came first.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from apps.invoicing.choices import GuestState, PaymentState
from apps.sessions.choices import SessionFlag

PAY_WITHIN = timedelta(minutes=15)
"""From choosing to pay until the payment is authorised."""
PLUG_IN_WITHIN = timedelta(minutes=5)
"""From the authorisation until a session has begun."""
SILENT_AFTER = timedelta(hours=3)
"""A session of an offline charger that told nothing for so long is closed at its last reading."""
HOLD_FOR = timedelta(days=6)
"""Card networks give an authorisation back after seven days: what runs longer is stopped and billed before."""
STOP_AGAIN_AFTER = timedelta(minutes=2)
DOUBTS = frozenset({SessionFlag.METER_BACKWARDS, SessionFlag.METER_IMPLAUSIBLE, SessionFlag.START_MISSING})
"""With one of these the meter proves no amount, so nothing is charged."""


class Start(StrEnum):
    """What became of the remote start."""

    NONE = "none"
    ASKED = "asked"
    REFUSED = "refused"  # by the charger, in its own words
    UNREACHABLE = "unreachable"  # not connected, no answer, the connection was lost
    EMPTY = "empty"  # agreed to, and nobody plugged in


class Act(StrEnum):
    WAIT = "wait"
    START = "start"  # claim the place and ask the charger
    FOLLOW = "follow"  # the session is there
    STOP = "stop"  # ask the charger to stop
    CLOSE = "close"  # end a session whose charger is silent
    SETTLE = "settle"  # the session is over
    RATE = "rate"
    BILL = "bill"  # issue the receipt
    CAPTURE = "capture"
    GIVE_BACK = "give_back"  # the visit fails by the name of ``ending``; the money is to go back
    RELEASE = "release"  # ask the provider to let the authorisation go
    REFUND = "refund"  # money was taken that nothing stands for
    FINISH = "finish"  # the visit ends by the name of ``ending``


class Step(NamedTuple):
    act: Act
    ending: GuestState | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """The session. ``heard_at``: when its charger last told of it; ``gross``: its price, once it is rated."""

    is_over: bool
    energy_wh: int
    flags: frozenset[str] = frozenset()
    heard_at: datetime | None = None
    is_online: bool = True
    gross: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that is known of a visit. ``taken``: what was captured and not refunded.

    ``is_at_limit``: the cost comes close to what was authorised. ``stop_asked_at``: when the charger was last asked.
    """

    state: GuestState
    payment: PaymentState
    pay_due_at: datetime
    ending: GuestState | None = None
    taken: Decimal = Decimal(0)
    start: Start = Start.NONE
    start_due_at: datetime | None = None
    hold_until: datetime | None = None
    wants_end: bool = False
    stop_asked_at: datetime | None = None
    is_at_limit: bool = False
    stay: Stay | None = None
    has_receipt: bool = False


def next_step(facts: Facts, *, now: datetime) -> Step:
    """The one thing to do now. ``WAIT``: for a fact, or for a time that has not come."""
    match facts.state:
        case GuestState.PAYING:
            return _paying(facts, now)
        case GuestState.STARTING:
            return _starting(facts, now)
        case GuestState.CHARGING:
            return _charging(facts, now)
        case GuestState.SETTLING:
            return _settling(facts)
        case GuestState.RELEASING:
            return _releasing(facts)
    return _ended(facts)


def _paying(facts: Facts, now: datetime) -> Step:
    is_late = now >= facts.pay_due_at
    if facts.payment is PaymentState.FAILED:  # another card may be tried on the provider's page
        return Step(Act.FINISH, GuestState.PAYMENT_FAILED) if is_late or facts.wants_end else _WAIT
    if facts.payment is PaymentState.RELEASED:
        return Step(Act.FINISH, GuestState.ABANDONED)
    if facts.wants_end:
        return Step(Act.GIVE_BACK, GuestState.CANCELLED)
    if facts.payment is PaymentState.AUTHORISED:
        return Step(Act.START)
    if facts.payment in (PaymentState.CAPTURED, PaymentState.RETURNED) or is_late:
        return Step(Act.GIVE_BACK, GuestState.ABANDONED)
    return _WAIT


def _starting(facts: Facts, now: datetime) -> Step:
    if facts.stay is not None:
        return Step(Act.FOLLOW)
    if facts.wants_end:
        return Step(Act.GIVE_BACK, GuestState.CANCELLED)
    if facts.payment is not PaymentState.AUTHORISED:
        return Step(Act.GIVE_BACK, GuestState.PAYMENT_FAILED)
    if facts.start is Start.REFUSED:
        return Step(Act.GIVE_BACK, GuestState.REFUSED)
    if facts.start is Start.UNREACHABLE:
        return Step(Act.GIVE_BACK, GuestState.UNREACHABLE)
    if facts.start is Start.EMPTY or (facts.start_due_at is not None and now >= facts.start_due_at):
        return Step(Act.GIVE_BACK, GuestState.NOT_PLUGGED_IN)
    return _WAIT


def _charging(facts: Facts, now: datetime) -> Step:
    stay = facts.stay
    if stay is None or stay.is_over:
        return Step(Act.SETTLE)
    is_lost = not stay.is_online and stay.heard_at is not None and now - stay.heard_at >= SILENT_AFTER
    if is_lost or (facts.hold_until is not None and now >= facts.hold_until):
        return Step(Act.CLOSE)
    if facts.wants_end or facts.is_at_limit or facts.payment is not PaymentState.AUTHORISED:
        asked = facts.stop_asked_at
        return Step(Act.STOP) if asked is None or now - asked >= STOP_AGAIN_AFTER else _WAIT
    return _WAIT


def _settling(facts: Facts) -> Step:
    stay = facts.stay
    if stay is None or stay.energy_wh <= 0 or stay.gross == 0:
        return Step(Act.GIVE_BACK, GuestState.NOTHING_CHARGED)
    if facts.has_receipt:
        return _collecting(facts)
    if stay.flags & DOUBTS:
        return Step(Act.GIVE_BACK, GuestState.DOUBTFUL)
    if stay.gross is None:
        return Step(Act.RATE)
    return Step(Act.BILL)


def _collecting(facts: Facts) -> Step:
    match facts.payment:
        case PaymentState.AUTHORISED:
            return Step(Act.CAPTURE)
        case PaymentState.CAPTURED:
            return Step(Act.FINISH, GuestState.PAID)
        case PaymentState.FAILED | PaymentState.RELEASED | PaymentState.RETURNED:
            return Step(Act.FINISH, GuestState.UNPAID)
    return _WAIT


def _releasing(facts: Facts) -> Step:
    if facts.payment in (PaymentState.CREATED, PaymentState.PENDING, PaymentState.AUTHORISED):
        return Step(Act.RELEASE)
    if facts.taken > 0:
        return Step(Act.REFUND)
    return Step(Act.FINISH, facts.ending or GuestState.ABANDONED)


def _ended(facts: Facts) -> Step:
    """A payment may come through after we gave up waiting for it: it goes back."""
    if facts.state in (GuestState.PAID, GuestState.UNPAID):
        return _WAIT
    if facts.payment is PaymentState.AUTHORISED:
        return Step(Act.RELEASE)
    return Step(Act.REFUND) if facts.taken > 0 else _WAIT


_WAIT = Step(Act.WAIT)
