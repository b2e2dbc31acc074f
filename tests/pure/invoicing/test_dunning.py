"""When the next reminder is due."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from apps.invoicing.engine.dunning import next_reminder

DUE = date(2026, 4, 16)
LEVELS = [7, 21, 35]


def test_the_first_comes_its_days_after_the_due_date():
    assert next_reminder(LEVELS, due_on=DUE, reminded_on=[]) == (1, date(2026, 4, 23))


def test_the_second_keeps_its_day_where_the_first_was_in_time():
    assert next_reminder(LEVELS, due_on=DUE, reminded_on=[date(2026, 4, 23)]) == (2, date(2026, 5, 7))


def test_a_late_first_puts_the_second_off():
    assert next_reminder(LEVELS, due_on=DUE, reminded_on=[date(2026, 5, 1)]) == (2, date(2026, 5, 15))


def test_after_the_last_there_is_none():
    assert next_reminder(LEVELS, due_on=DUE, reminded_on=[DUE] * 3) is None
    assert next_reminder([], due_on=DUE, reminded_on=[]) is None


levels = st.lists(st.integers(1, 200), unique=True, max_size=5).map(sorted)


@given(levels, st.lists(st.integers(0, 400), max_size=60))
def test_whoever_looks_whenever_sends_each_level_once_and_never_two_on_a_day(levels, days):
    sent = []
    for day in sorted(DUE + timedelta(days=offset) for offset in days):
        coming = next_reminder(levels, due_on=DUE, reminded_on=sent)
        if coming is not None and coming[1] <= day:
            assert coming[0] == len(sent) + 1
            assert (day - DUE).days >= levels[len(sent)]
            sent.append(day)
    assert len(sent) <= len(levels)
    assert len(set(sent)) == len(sent)
