"""The idle fee: time in which a vehicle that has finished keeps a connector from others.

A spell begins when the vehicle suspends or finishes and ends when it charges again or leaves. Time in which the
station itself withholds power is not counted and does not end the spell. The grace is counted per spell.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

from .amounts import cost, with_tax
from .breakdown import Line
from .exact import ZERO, plain, seconds_between
from .kinds import LineKind, UsageState
from .steps import missing_to_full_step
from .tariff import IdleFee, Tariff
from .usage import Usage
from .zones import in_daily_window, wall_instants

Interval = tuple[datetime, datetime]

_IDLE = frozenset({UsageState.SUSPENDED_EV, UsageState.IDLE})


def spells(usage: Usage) -> list[list[Interval]]:
    """Idle intervals of the session, those of one spell together, neighbours joined."""
    found: list[list[Interval]] = []
    current: list[Interval] = []
    for segment in usage.segments:
        if segment.state in _IDLE:
            if current and current[-1][1] == segment.start_at:
                current[-1] = (current[-1][0], segment.end_at)
            else:
                current.append((segment.start_at, segment.end_at))
        elif segment.state is UsageState.CHARGING and current:
            found.append(current)
            current = []
    return [*found, current] if current else found


def idle_lines(usage: Usage, tariff: Tariff, zone: ZoneInfo) -> list[Line]:
    """Lines of the idle fee, after grace, outside quiet hours, up to the cap."""
    fee = tariff.idle_fee
    if fee is None:
        return []
    chargeable = [part for spell in spells(usage) for part in _outside_quiet_hours(_after_grace(spell, fee), fee, zone)]
    seconds = [seconds_between(start_at, end_at) for start_at, end_at in chargeable]
    lines: list[Line] = []
    left = fee.cap
    for index, ((start_at, end_at), measured) in enumerate(zip(chargeable, seconds, strict=True)):
        is_last = index == len(chargeable) - 1
        billed = measured + (missing_to_full_step(sum(seconds, ZERO), fee.step_size_s) if is_last else ZERO)
        amount = cost(LineKind.IDLE, billed, fee.price_per_h)
        capped = left is not None and amount > left
        if left is not None:
            amount = min(amount, left)
            left -= amount
        lines.append(_line(tariff, fee, (start_at, end_at), measured, billed, amount, capped))
    return lines


def grace_end(usage: Usage, fee: IdleFee) -> datetime | None:
    """When the grace of the spell that still goes on is over, if no power is withheld until then; None outside one."""
    if not usage.segments or usage.segments[-1].state not in _IDLE:
        return None
    *earlier, (last_start, _) = spells(usage)[-1]
    used_s = sum((seconds_between(start_at, end_at) for start_at, end_at in earlier), ZERO)
    return last_start + timedelta(seconds=float(fee.grace_s - used_s))


def _after_grace(spell: list[Interval], fee: IdleFee) -> Iterator[Interval]:
    grace = timedelta(seconds=fee.grace_s)
    total = sum((end_at - start_at for start_at, end_at in spell), timedelta(0))
    if fee.retroactive and total > grace:
        grace = timedelta(0)
    for start_at, end_at in spell:
        free = min(grace, end_at - start_at)
        grace -= free
        if start_at + free < end_at:
            yield start_at + free, end_at


def _outside_quiet_hours(intervals: Iterator[Interval], fee: IdleFee, zone: ZoneInfo) -> Iterator[Interval]:
    edges = quiet_edges(fee)
    for start_at, end_at in intervals:
        if not edges:
            yield start_at, end_at
            continue
        marks = [start_at, *wall_instants(zone, edges, start_at, end_at), end_at]
        for begin, end in pairwise(marks):
            if not in_daily_window(begin.astimezone(zone).time(), fee.quiet_start, fee.quiet_end):
                yield begin, end


def quiet_edges(fee: IdleFee) -> tuple[time, ...]:
    """Times of the site's clock at which the fee pauses or goes on."""
    return tuple(at for at in (fee.quiet_start, fee.quiet_end) if at is not None)


def _line(
    tariff: Tariff, fee: IdleFee, interval: Interval, measured: Decimal, billed: Decimal, amount: Decimal, capped: bool
) -> Line:
    money = with_tax(amount, fee.vat_percent, tax_included=tariff.tax_included)
    why = f"Blocking the connector after charging costs {plain(fee.price_per_h)} {tariff.currency} per hour"
    why += f" after {fee.grace_s} s of grace." if fee.grace_s else "."
    if capped and fee.cap is not None:
        why += f" Limited to {plain(fee.cap)} {tariff.currency} per session."
    return Line(
        kind=LineKind.IDLE,
        from_at=interval[0],
        until_at=interval[1],
        measured=measured,
        billed=billed,
        unit_price=fee.price_per_h,
        vat_percent=fee.vat_percent,
        net=money.net,
        tax=money.tax,
        gross=money.gross,
        tariff_id=tariff.id,
        tariff_version=tariff.version,
        element_index=None,
        component_index=None,
        imputed=False,
        why=why,
    )
