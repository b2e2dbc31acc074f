"""The state machine of a guest's visit: whatever happens in whatever order, it ends by a name, the money right."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.invoicing.choices import LIVE_VISITS, GuestState, PaymentState
from apps.invoicing.engine.guests import (
    DOUBTS,
    HOLD_FOR,
    PAY_WITHIN,
    PLUG_IN_WITHIN,
    SILENT_AFTER,
    STOP_AGAIN_AFTER,
    Act,
    Facts,
    Start,
    Stay,
    Step,
    next_step,
)

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
HOLD = Decimal("25.00")
PRICE = Decimal("0.50")
SECOND = timedelta(seconds=1)


def facts(state: GuestState, payment=PaymentState.AUTHORISED, **changes) -> Facts:
    return Facts(**{"state": state, "payment": payment, "pay_due_at": NOON + PAY_WITHIN, **changes})


def stay(**changes) -> Stay:
    return Stay(**{"is_over": True, "energy_wh": 8_000, "gross": Decimal("4.00"), "heard_at": NOON, **changes})


P, S = PaymentState, GuestState
GIVE, END = Act.GIVE_BACK, Act.FINISH


@pytest.mark.parametrize(
    ("known", "now", "step"),
    [
        # the guest stands before the payment page
        (facts(S.PAYING, P.PENDING), NOON, Step(Act.WAIT)),
        (facts(S.PAYING, P.AUTHORISED), NOON, Step(Act.START)),
        (facts(S.PAYING, P.FAILED), NOON, Step(Act.WAIT)),  # another card may be tried
        (facts(S.PAYING, P.FAILED), NOON + PAY_WITHIN, Step(END, S.PAYMENT_FAILED)),
        (facts(S.PAYING, P.FAILED, wants_end=True), NOON, Step(END, S.PAYMENT_FAILED)),
        (facts(S.PAYING, P.PENDING), NOON + PAY_WITHIN - SECOND, Step(Act.WAIT)),
        (facts(S.PAYING, P.PENDING), NOON + PAY_WITHIN, Step(GIVE, S.ABANDONED)),
        (facts(S.PAYING, P.RELEASED), NOON, Step(END, S.ABANDONED)),
        (facts(S.PAYING, P.AUTHORISED, wants_end=True), NOON, Step(GIVE, S.CANCELLED)),
        # the charger is asked
        (facts(S.STARTING, start=Start.ASKED), NOON, Step(Act.WAIT)),
        (facts(S.STARTING, start=Start.REFUSED), NOON, Step(GIVE, S.REFUSED)),
        (facts(S.STARTING, start=Start.UNREACHABLE), NOON, Step(GIVE, S.UNREACHABLE)),
        (facts(S.STARTING, start=Start.EMPTY), NOON, Step(GIVE, S.NOT_PLUGGED_IN)),
        (facts(S.STARTING, start=Start.ASKED, start_due_at=NOON + SECOND), NOON, Step(Act.WAIT)),
        (facts(S.STARTING, start=Start.ASKED, start_due_at=NOON), NOON, Step(GIVE, S.NOT_PLUGGED_IN)),
        (facts(S.STARTING, start=Start.ASKED, wants_end=True), NOON, Step(GIVE, S.CANCELLED)),
        # a session that is there counts more than what the command came to
        (facts(S.STARTING, start=Start.EMPTY, stay=stay(is_over=False)), NOON, Step(Act.FOLLOW)),
        (facts(S.STARTING, P.RELEASED, start=Start.ASKED), NOON, Step(GIVE, S.PAYMENT_FAILED)),
        # it charges
        (facts(S.CHARGING, stay=stay(is_over=False)), NOON, Step(Act.WAIT)),
        (facts(S.CHARGING, stay=stay(is_over=False), wants_end=True), NOON, Step(Act.STOP)),
        (facts(S.CHARGING, stay=stay(is_over=False), is_at_limit=True), NOON, Step(Act.STOP)),
        (facts(S.CHARGING, P.RELEASED, stay=stay(is_over=False)), NOON, Step(Act.STOP)),
        (facts(S.CHARGING, stay=stay(is_over=False), wants_end=True, stop_asked_at=NOON), NOON, Step(Act.WAIT)),
        (
            facts(S.CHARGING, stay=stay(is_over=False), wants_end=True, stop_asked_at=NOON),
            NOON + STOP_AGAIN_AFTER,
            Step(Act.STOP),
        ),
        (facts(S.CHARGING, stay=stay(is_over=False, is_online=False)), NOON, Step(Act.WAIT)),
        (facts(S.CHARGING, stay=stay(is_over=False, is_online=False)), NOON + SILENT_AFTER, Step(Act.CLOSE)),
        (facts(S.CHARGING, stay=stay(is_over=False)), NOON + SILENT_AFTER, Step(Act.WAIT)),
        (
            facts(S.CHARGING, stay=stay(is_over=False), hold_until=NOON + HOLD_FOR),
            NOON + HOLD_FOR,
            Step(Act.CLOSE),
        ),
        (facts(S.CHARGING, stay=stay()), NOON, Step(Act.SETTLE)),
        # it is over
        (facts(S.SETTLING, stay=stay(gross=None)), NOON, Step(Act.RATE)),
        (facts(S.SETTLING, stay=stay()), NOON, Step(Act.BILL)),
        (facts(S.SETTLING, stay=stay(), has_receipt=True), NOON, Step(Act.CAPTURE)),
        (facts(S.SETTLING, P.PENDING, stay=stay(), has_receipt=True), NOON, Step(Act.WAIT)),
        (facts(S.SETTLING, P.CAPTURED, stay=stay(), has_receipt=True), NOON, Step(END, S.PAID)),
        (facts(S.SETTLING, P.RELEASED, stay=stay(), has_receipt=True), NOON, Step(END, S.UNPAID)),
        (facts(S.SETTLING, stay=stay(energy_wh=0, gross=Decimal("0.35"))), NOON, Step(GIVE, S.NOTHING_CHARGED)),
        (facts(S.SETTLING, stay=stay(gross=Decimal(0))), NOON, Step(GIVE, S.NOTHING_CHARGED)),
        (facts(S.SETTLING, stay=stay(flags=frozenset({"meter_backwards"}))), NOON, Step(GIVE, S.DOUBTFUL)),
        (facts(S.SETTLING, stay=stay(flags=frozenset({"stop_missing", "offline"}))), NOON, Step(Act.BILL)),
        # the money goes back
        (facts(S.RELEASING, ending=S.REFUSED), NOON, Step(Act.RELEASE)),
        (facts(S.RELEASING, P.CAPTURED, ending=S.REFUSED, taken=HOLD), NOON, Step(Act.REFUND)),
        (facts(S.RELEASING, P.RELEASED, ending=S.REFUSED), NOON, Step(END, S.REFUSED)),
        (facts(S.RELEASING, P.FAILED, ending=S.ABANDONED), NOON, Step(END, S.ABANDONED)),
        # a payment that comes through after all
        (facts(S.ABANDONED), NOON, Step(Act.RELEASE)),
        (facts(S.ABANDONED, P.CAPTURED, taken=HOLD), NOON, Step(Act.REFUND)),
        (facts(S.PAID, P.CAPTURED, taken=Decimal("4.00")), NOON, Step(Act.WAIT)),
    ],
)
def test_each_stage_knows_its_next_step(known, now, step):
    assert next_step(known, now=now) == step


@dataclass
class World:
    """A visit with a provider and a charger, as small as can be. Steps change it as the services would."""

    facts: Facts = field(default_factory=lambda: facts(GuestState.PAYING, PaymentState.PENDING))
    now: datetime = NOON
    captured: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)
    receipt: Decimal | None = None

    def know(self, **changes) -> None:
        self.facts = replace(self.facts, **changes, taken=self.captured - self.refunded)

    def settle(self) -> None:
        for _ in range(30):
            step = next_step(self.facts, now=self.now)
            if step.act is Act.WAIT:
                return
            self.do(step)
        raise AssertionError(f"It goes round in circles: {self.facts}")

    def do(self, step: Step) -> None:
        match step.act:
            case Act.START:
                self.know(
                    state=S.STARTING, start=Start.ASKED, start_due_at=self.now + PLUG_IN_WITHIN,
                    hold_until=self.now + HOLD_FOR,
                )  # fmt: skip
            case Act.FOLLOW:
                self.know(state=S.CHARGING)
            case Act.STOP:
                self.know(stop_asked_at=self.now)
            case Act.CLOSE:
                self.know(stay=replace(self.facts.stay, is_over=True))
            case Act.SETTLE:
                self.know(state=S.SETTLING)
            case Act.RATE:
                cost = min(PRICE * self.facts.stay.energy_wh / 1000, HOLD)
                self.know(stay=replace(self.facts.stay, gross=cost))
            case Act.BILL:
                self.receipt = self.facts.stay.gross
                self.know(has_receipt=True)
            case Act.CAPTURE:
                self.captured = self.receipt
                self.know(payment=P.CAPTURED)
            case Act.GIVE_BACK:
                self.know(state=S.RELEASING, ending=step.ending)
            case Act.RELEASE:
                self.know(payment=P.RELEASED)
            case Act.REFUND:
                self.refunded = self.captured
                self.know()
            case Act.FINISH:
                self.know(state=step.ending)

    # --- what may happen, in any order -------------------------------------------------------------------------
    def pay(self) -> None:
        if self.facts.payment is P.PENDING:
            self.know(payment=P.AUTHORISED)

    def decline(self) -> None:
        if self.facts.payment is P.PENDING:
            self.know(payment=P.FAILED)

    def pay_although_we_gave_up(self) -> None:
        if self.facts.payment is P.RELEASED and self.captured == 0:
            self.know(payment=P.AUTHORISED)

    def let_the_hold_lapse(self) -> None:
        if self.facts.payment is P.AUTHORISED:
            self.know(payment=P.RELEASED)

    def refuse(self) -> None:
        if self.facts.start is Start.ASKED:
            self.know(start=Start.REFUSED)

    def lose_the_charger(self) -> None:
        if self.facts.start is Start.ASKED:
            self.know(start=Start.UNREACHABLE)

    def plug_in(self) -> None:
        if self.facts.start is not Start.NONE and self.facts.stay is None:
            self.know(stay=Stay(is_over=False, energy_wh=0, heard_at=self.now))

    def charge(self) -> None:
        if self.facts.stay is not None and not self.facts.stay.is_over:
            wh = self.facts.stay.energy_wh + 20_000
            cost = PRICE * wh / 1000
            self.know(stay=replace(self.facts.stay, energy_wh=wh, heard_at=self.now), is_at_limit=cost >= HOLD)

    def go_offline(self) -> None:
        if self.facts.stay is not None:
            self.know(stay=replace(self.facts.stay, is_online=False))

    def unplug(self) -> None:
        if self.facts.stay is not None:
            self.know(stay=replace(self.facts.stay, is_over=True))

    def turn_the_meter_back(self) -> None:
        if self.facts.stay is not None and not self.facts.has_receipt:
            self.know(stay=replace(self.facts.stay, flags=frozenset({min(DOUBTS)})))

    def press_stop(self) -> None:
        self.know(wants_end=True)

    def wait(self) -> None:
        self.now += timedelta(minutes=4)

    def wait_long(self) -> None:
        self.now += timedelta(hours=2)


HAPPENINGS = [
    World.pay, World.decline, World.pay_although_we_gave_up, World.let_the_hold_lapse, World.refuse,
    World.lose_the_charger, World.plug_in, World.charge, World.go_offline, World.unplug, World.turn_the_meter_back,
    World.press_stop, World.wait, World.wait_long,
]  # fmt: skip


@given(st.lists(st.sampled_from(HAPPENINGS), max_size=14))
@settings(max_examples=400, deadline=None)
def test_any_order_of_events_ends_by_a_name_and_keeps_no_money_without_energy(happenings):
    world = World()
    for happening in happenings:
        happening(world)
        world.settle()
        assert world.captured <= HOLD
    for _ in range(3):  # time passes, and nothing else happens
        world.now += HOLD_FOR
        world.settle()
    end = world.facts.state
    assert end not in LIVE_VISITS
    kept = world.captured - world.refunded
    if end is GuestState.PAID:
        assert kept == world.receipt > 0
        assert world.facts.stay.energy_wh > 0
    else:
        assert kept == 0
    assert world.facts.payment is not PaymentState.AUTHORISED
