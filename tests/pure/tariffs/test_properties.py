"""What must hold for every tariff and every session."""

import json
from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal, localcontext

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from apps.tariffs.engine.breakdown_json import from_json, to_json
from apps.tariffs.engine.errors import InvalidTariff
from apps.tariffs.engine.exact import CONTEXT
from apps.tariffs.engine.kinds import ComponentKind, UsageState
from apps.tariffs.engine.rating import price, running_cost
from apps.tariffs.engine.tariff import (
    IdleFee,
    PriceComponent,
    PriceLimit,
    Restrictions,
    Tariff,
    TariffElement,
)
from apps.tariffs.engine.tariff_json import from_json as tariff_from_json
from apps.tariffs.engine.tariff_json import to_json as tariff_to_json
from apps.tariffs.engine.usage import Usage, UsageSegment

from .builders import at

ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"])
# Days around the clock changes of 2026 are as likely as any other day.
STARTS = st.builds(
    lambda day, minute: at(day) + timedelta(minutes=minute),
    st.sampled_from(["2026-03-08", "2026-03-28", "2026-04-04", "2026-05-05", "2026-10-24", "2026-12-31"]),
    st.integers(0, 2 * 1440),
)
STATES = st.sampled_from([state for state in UsageState if state is not UsageState.RESERVED])
CLOCK = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30]))
CLOSE = Decimal("1E-9")

unhurried = settings(deadline=None)  # a busy machine is no failure


def amounts(most, places=4):
    return st.decimals(0, most, places=places)


def maybe(strategy):
    return st.none() | strategy


PERCENT = maybe(st.sampled_from([Decimal(0), Decimal("5.5"), Decimal(7), Decimal(19), Decimal(25)]))


def components(steps):
    return st.builds(PriceComponent, st.sampled_from(ComponentKind), amounts(5), steps, PERCENT)


RESTRICTIONS = st.builds(
    Restrictions,
    start_time=maybe(CLOCK),
    end_time=maybe(CLOCK),
    min_kwh=maybe(amounts(20, 1)),
    max_kwh=maybe(amounts(40, 1)),
    min_power_kw=maybe(amounts(10, 1)),
    max_power_kw=maybe(amounts(30, 1)),
    min_duration_s=maybe(st.integers(0, 7200)),
    max_duration_s=maybe(st.integers(0, 20000)),
    day_of_week=st.frozensets(st.integers(1, 7)),
)
LIMITS = maybe(st.builds(PriceLimit, maybe(amounts(20, 2)), maybe(amounts(20, 2))))
IDLE_FEES = maybe(
    st.builds(
        IdleFee, amounts(20, 2), st.integers(0, 3600), st.sampled_from([0, 60]), PERCENT, maybe(amounts(10, 2)),
        st.booleans(), st.just(time(22)), st.just(time(6)),
    )
)  # fmt: skip


def tariffs(steps, limits=LIMITS):
    elements = st.builds(
        TariffElement, st.lists(components(steps), min_size=1, max_size=3).map(tuple), maybe(RESTRICTIONS)
    )
    return st.builds(
        Tariff, st.just("T"), st.just(1), st.just("EUR"), st.lists(elements, min_size=1, max_size=4).map(tuple),
        limits, limits, st.booleans(), IDLE_FEES,
    )  # fmt: skip


@st.composite
def usages(draw):
    begin = started_at = draw(STARTS)
    segments = []
    for _ in range(draw(st.integers(0, 5))):
        end = begin + timedelta(seconds=draw(st.integers(0, 30000)))
        segments.append(UsageSegment(begin, end, draw(amounts(30000, 0)), draw(STATES)))
        begin = end
    return Usage(started_at, begin, tuple(segments))


def whole(usage, tariff, zone):
    return price(usage, tariff, time_zone=zone)


ANY = tariffs(st.sampled_from([0, 1, 300, 1000]))


@unhurried
@given(usages(), ANY, ZONES)
def test_lines_totals_and_taxes_sum_to_the_price(usage, tariff, zone):
    breakdown = whole(usage, tariff, zone)

    with localcontext(CONTEXT):
        for field in ("net", "tax", "gross"):
            assert sum(getattr(line, field) for line in breakdown.lines) == getattr(breakdown, field)
            assert sum(getattr(total, field) for total in breakdown.totals) == getattr(breakdown, field)
        assert breakdown.net + breakdown.tax == breakdown.gross
        assert sum(tax.net for tax in breakdown.taxes) == breakdown.net
        assert sum(tax.tax for tax in breakdown.taxes) == breakdown.gross - breakdown.net


@unhurried
@given(usages(), ANY, ZONES)
def test_no_price_tax_or_quantity_is_negative(usage, tariff, zone):
    breakdown = whole(usage, tariff, zone)

    assert min(breakdown.net, breakdown.tax, breakdown.gross) >= 0
    assert all(tax.net >= 0 and tax.tax >= 0 for tax in breakdown.taxes)
    assert all(0 <= line.measured <= line.billed for line in breakdown.lines)


@unhurried
@given(usages(), ANY, ZONES)
def test_all_energy_of_the_session_is_in_the_lines_once(usage, tariff, zone):
    breakdown = whole(usage, tariff, zone)

    with localcontext(CONTEXT):
        assert breakdown.energy_wh == sum(segment.energy_wh for segment in usage.segments)
        assert sum(line.measured for line in breakdown.lines if line.kind == "energy") == breakdown.energy_wh


@unhurried
@given(usages(), ANY, ZONES)
def test_the_running_cost_at_the_end_is_the_price(usage, tariff, zone):
    running = replace(usage, ended_at=None)

    assert running_cost(running, tariff, now=usage.ended_at, time_zone=zone) == whole(usage, tariff, zone)


@unhurried
@given(usages(), tariffs(st.just(0)), ZONES, st.data())
def test_a_price_without_steps_does_not_change_when_a_segment_is_split(usage, tariff, zone, data):
    if not usage.segments:
        return
    index = data.draw(st.integers(0, len(usage.segments) - 1))
    segment = usage.segments[index]
    seconds = data.draw(st.integers(0, int((segment.end_at - segment.start_at).total_seconds())))
    middle = segment.start_at + timedelta(seconds=seconds)
    power_w = segment.mean_power_w  # the halves of a segment have its power, whatever the rounding of their energy
    first = replace(segment, end_at=middle, energy_wh=segment.energy_until(middle), power_w=power_w)
    second = replace(segment, start_at=middle, energy_wh=segment.energy_wh - first.energy_wh, power_w=power_w)
    if segment.start_at == segment.end_at:
        return
    halves = (*usage.segments[:index], first, second, *usage.segments[index + 1 :])

    split = whole(replace(usage, segments=halves), tariff, zone)

    once = whole(usage, tariff, zone)
    assert abs(split.net - once.net) < CLOSE
    assert abs(split.gross - once.gross) < CLOSE


@unhurried
@given(usages(), ANY, ZONES)
def test_a_breakdown_survives_json(usage, tariff, zone):
    breakdown = whole(usage, tariff, zone)

    assert from_json(json.loads(json.dumps(to_json(breakdown)))) == breakdown


@unhurried
@given(ANY)
def test_the_json_of_a_tariff_is_read_back_or_refused_for_a_reason(tariff):
    try:
        assert tariff_from_json(json.loads(json.dumps(tariff_to_json(tariff)))) == tariff
    except InvalidTariff as refused:
        # Random bounds may contradict each other; nothing else may be refused.
        assume("max_" not in str(refused.field))
        raise
