"""What a membership plan takes off the energy of a month: free energy first, then a discount on the rest."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum
from typing import NamedTuple

from .breakdown import Breakdown, Line
from .exact import CONTEXT, HUNDRED, ONE, WH_PER_KWH, ZERO, divide, plain
from .kinds import LineKind


class Benefit(StrEnum):
    """Why an amount is taken off."""

    FREE_ENERGY = "free_energy"
    DISCOUNT = "discount"


@dataclass(frozen=True, slots=True)
class Plan:
    """discount_percent: off energy, 0 to 100. free_wh: each month, in the order in which sessions ended."""

    name: str
    currency: str
    discount_percent: Decimal = ZERO
    free_wh: Decimal = ZERO


class PlanLine(NamedTuple):
    """What one benefit takes off the energy of one session at one tax rate; net + tax = gross, none above zero.

    key: whatever names the session. energy_wh: to how much energy it applies. Amounts are unrounded.
    """

    key: int
    benefit: Benefit
    vat_percent: Decimal | None
    energy_wh: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal
    why: str


class _Share(NamedTuple):
    """A part of an energy line and how many percent of its price are taken off."""

    benefit: Benefit
    energy_wh: Decimal
    percent: Decimal

    def of(self, amount: Decimal, line: Line) -> Decimal:
        """What is taken off an amount of the line."""
        return divide(amount * self.energy_wh * self.percent, line.billed * HUNDRED)


def plan_lines(sessions: Iterable[tuple[int, Breakdown]], plan: Plan, *, used_wh: Decimal = ZERO) -> list[PlanLine]:
    """The benefits of a month's sessions, given as ``(key, breakdown)`` in the order in which they ended.

    used_wh: free energy that earlier bills of the month took already. Sessions in another currency get nothing. No
    session is paid for more than it costs: where a maximum price cut it, its benefits end at its price.
    """
    lines: list[PlanLine] = []
    with localcontext(CONTEXT):
        left_wh = max(plan.free_wh - used_wh, ZERO)
        for key, breakdown in sessions:
            if breakdown.currency != plan.currency:
                continue
            found: dict[tuple[Benefit, Decimal | None], PlanLine] = {}
            for line in breakdown.lines:
                for share in _shares(line, plan, left_wh):
                    if share.benefit is Benefit.FREE_ENERGY:
                        left_wh -= share.energy_wh
                    place = (share.benefit, line.vat_percent)
                    found[place] = _added(found.get(place), key, line, share)
            lines += _capped([_explained(one, plan) for one in found.values()], breakdown)
    return lines


def _shares(line: Line, plan: Plan, left_wh: Decimal) -> Iterator[_Share]:
    if line.kind is not LineKind.ENERGY or not line.gross or not line.billed:
        return
    free_wh = min(line.billed, left_wh)
    if free_wh:
        yield _Share(Benefit.FREE_ENERGY, free_wh, HUNDRED)
    if plan.discount_percent and line.billed > free_wh:
        yield _Share(Benefit.DISCOUNT, line.billed - free_wh, plan.discount_percent)


def _added(sum_: PlanLine | None, key: int, line: Line, share: _Share) -> PlanLine:
    if sum_ is None:
        sum_ = PlanLine(key, share.benefit, line.vat_percent, ZERO, ZERO, ZERO, ZERO, "")
    net, tax = sum_.net - share.of(line.net, line), sum_.tax - share.of(line.tax, line)
    return sum_._replace(energy_wh=sum_.energy_wh + share.energy_wh, net=net, tax=tax, gross=net + tax)


def _explained(line: PlanLine, plan: Plan) -> PlanLine:
    kwh = plain(divide(line.energy_wh, WH_PER_KWH))
    if line.benefit is Benefit.FREE_ENERGY:
        why = f"{kwh} kWh of the {plain(plan.free_wh / WH_PER_KWH)} kWh that “{plan.name}” gives free each month."
    else:
        why = f"“{plan.name}” takes {plain(plan.discount_percent)} % off the price of {kwh} kWh."
    return line._replace(why=why)


def _capped(lines: list[PlanLine], breakdown: Breakdown) -> Iterator[PlanLine]:
    """The lines as they are, or all in the same proportion where together they are more than the session costs."""
    net, tax = sum((line.net for line in lines), ZERO), sum((line.tax for line in lines), ZERO)
    net_part = divide(breakdown.net, -net) if -net > breakdown.net else ONE
    tax_part = divide(breakdown.tax, -tax) if -tax > breakdown.tax else ONE
    for line in lines:
        if net_part is ONE and tax_part is ONE:
            yield line
        else:
            net, tax = line.net * net_part, line.tax * tax_part
            yield line._replace(net=net, tax=tax, gross=net + tax, why=f"{line.why} Not more than the session costs.")
