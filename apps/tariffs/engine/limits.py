"""Minimum and maximum price of a session: before and after tax independently, tax lines moving in proportion."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import NamedTuple

from .amounts import Amount, with_tax
from .breakdown import Line, TaxLine
from .exact import ZERO, divide
from .tariff import PriceLimit, Tariff

Pick = Callable[[Decimal, Decimal], Decimal]


class Limited(NamedTuple):
    """What the limits make of a sum, and which of them did it (``minimum``, ``maximum`` or None)."""

    total: Amount
    applied: str | None


def apply_limits(total: Amount, tariff: Tariff, lines: Sequence[Line]) -> Limited:
    """Hold the session's sum against the tariff's minimum, then its maximum; the maximum wins where they clash."""
    applied = None
    for limit, name, pick in ((tariff.min_price, "minimum", max), (tariff.max_price, "maximum", min)):
        if limit is not None:
            clamped = _clamp(total, limit, pick, _usual_rate(tariff, lines))
            if clamped != total:
                total, applied = clamped, name
    return Limited(total, applied)


def tax_lines(lines: Sequence[Line], total: Amount, tariff: Tariff) -> tuple[TaxLine, ...]:
    """Net and tax per rate, in rising order of the rate, summing to ``total`` exactly."""
    rates: dict[Decimal | None, tuple[Decimal, Decimal]] = {}
    for line in lines:
        net, tax = rates.get(line.vat_percent, (ZERO, ZERO))
        rates[line.vat_percent] = (net + line.net, tax + line.tax)
    found = sorted(
        (TaxLine(rate, net, tax) for rate, (net, tax) in rates.items() if net or tax),
        key=lambda line: (line.vat_percent is not None, line.vat_percent or ZERO),
    )
    if not found and (total.net or total.tax):
        found = [TaxLine(_usual_rate(tariff, lines), total.net, total.tax)]
    if sum((line.net for line in found), ZERO) == total.net and sum((line.tax for line in found), ZERO) == total.tax:
        return tuple(found)
    return _in_proportion(found, total, _usual_rate(tariff, lines))


def _clamp(total: Amount, limit: PriceLimit, pick: Pick, usual_rate: Decimal | None) -> Amount:
    net, gross = total.net, total.gross
    if limit.excl_tax is not None:
        net = pick(net, limit.excl_tax)
    if limit.incl_tax is not None:
        gross = pick(gross, limit.incl_tax)
    # A side that has no limit of its own follows the other.
    if limit.incl_tax is None and net != total.net:
        gross = (
            divide(total.gross * net, total.net) if total.net else with_tax(net, usual_rate, tax_included=False).gross
        )
    if limit.excl_tax is None and gross != total.gross:
        net = (
            divide(total.net * gross, total.gross)
            if total.gross
            else with_tax(gross, usual_rate, tax_included=True).net
        )
    if gross < net:  # limits that contradict each other: never a negative tax
        net, gross = (net, net) if pick is max else (gross, gross)
    return Amount(net, gross - net, gross)


def _usual_rate(tariff: Tariff, lines: Sequence[Line]) -> Decimal | None:
    """The rate for a sum that no line carries: the first that the session bears, else the first in the tariff."""
    for line in lines:
        if line.vat_percent is not None:
            return line.vat_percent
    for element in tariff.elements:
        for component in element.price_components:
            if component.vat_percent is not None:
                return max(component.vat_percent, ZERO)
    return None


def _in_proportion(found: list[TaxLine], total: Amount, usual_rate: Decimal | None) -> tuple[TaxLine, ...]:
    net_sum = sum((line.net for line in found), ZERO)
    tax_sum = sum((line.tax for line in found), ZERO)
    if not tax_sum and total.tax:
        return (TaxLine(usual_rate, total.net, total.tax),)
    moved: list[TaxLine] = []
    net_left, tax_left = total.net, total.tax
    for line in found[:-1]:
        net = divide(line.net * total.net, net_sum) if net_sum else ZERO
        tax = divide(line.tax * total.tax, tax_sum) if tax_sum else ZERO
        moved.append(TaxLine(line.vat_percent, net, tax))
        net_left, tax_left = net_left - net, tax_left - tax
    return (*moved, TaxLine(found[-1].vat_percent, net_left, tax_left))
