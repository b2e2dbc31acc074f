"""Knowledge about a payment is joined: in any order, any number of times, the same comes out."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.invoicing.engine.progress import ImpossibleProgress, Phase, Progress, join


def _progress(phase: Phase, held: int, first: int, second: int) -> Progress:
    """Of the two numbers of cents the larger came in and the smaller went back."""
    amounts = (Decimal(cents).scaleb(-2) for cents in (held, max(first, second), min(first, second)))
    return join(Progress(), Progress(phase, *amounts))


cents = st.integers(0, 10_000)
possible = st.builds(_progress, st.sampled_from(Phase), cents, cents, cents)


@given(possible, possible, possible)
def test_joining_is_commutative_associative_and_idempotent(a, b, c):
    assert join(a, b) == join(b, a)
    assert join(join(a, b), c) == join(a, join(b, c))
    assert join(join(a, b), b) == join(a, b)


@given(st.lists(possible, min_size=1))
def test_what_is_known_never_contradicts_itself(told):
    known = Progress()
    for one in told:
        known = join(known, one)
        assert 0 <= known.refunded <= known.captured
        assert known.authorised == 0 or known.captured <= known.authorised
        assert not known.captured or known.phase in (Phase.CAPTURED, Phase.RETURNED)


def test_a_second_card_makes_the_first_ones_failure_old_news():
    failed, held = Progress(Phase.FAILED), Progress(Phase.AUTHORISED, Decimal(50))
    assert join(held, failed) == join(failed, held) == held


def test_money_that_came_in_came_in_whatever_we_believed():
    taken = Progress(Phase.CAPTURED, captured=Decimal(50))
    assert join(Progress(Phase.RELEASED), taken) == join(Progress(Phase.FAILED), taken) == taken


def test_what_the_bank_takes_back_is_all_of_it():
    assert join(Progress(Phase.CAPTURED, captured=Decimal(50)), Progress(Phase.RETURNED)).refunded == 50


@pytest.mark.parametrize(
    "told",
    [Progress(Phase.CAPTURED, captured=Decimal(5), refunded=Decimal(6)), Progress(captured=Decimal(-1))],
)
def test_what_cannot_be_is_refused(told):
    with pytest.raises(ImpossibleProgress):
        join(Progress(), told)
