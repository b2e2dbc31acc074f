"""Totals of an invoice, as EN 16931 reckons them: VAT per group of category and rate, never per line.

Prices that include tax are true in their gross: such positions are rounded gross, their group's net follows from the
sum, and the nets of the single positions are shared out so that they add up to it.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from apps.tariffs.engine.exact import HUNDRED, ONE, ZERO, divide, half_up

WITHOUT_SMALL_COINS = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF")
)


class Position(NamedTuple):
    """What is added up. Either ``net`` or, where the price includes tax, ``gross`` is given, already rounded.

    An allowance or a discount is a position with a negative amount. vat_percent: 19 means 19 %.
    """

    vat_category: str
    vat_percent: Decimal
    net: Decimal | None = None
    gross: Decimal | None = None


class Group(NamedTuple):
    """One category and rate: ``tax`` is reckoned on ``taxable``, the sum of its positions' nets."""

    vat_category: str
    vat_percent: Decimal
    taxable: Decimal
    tax: Decimal


class Totals(NamedTuple):
    """``nets`` of the positions in their order. Σ nets = Σ taxable = net; Σ tax = tax; net + tax = gross.

    payable = gross + rounding, a multiple of the smallest coin.
    """

    nets: tuple[Decimal, ...]
    groups: tuple[Group, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal
    rounding: Decimal
    payable: Decimal


def places_of(currency: str) -> int:
    """Decimal places of amounts in ``currency`` (ISO 4217): none or two."""
    return 0 if currency in WITHOUT_SMALL_COINS else 2


def reckon(positions: Sequence[Position], *, places: int = 2, cash_step: Decimal | None = None) -> Totals:
    """Add up. ``cash_step``: the smallest coin of cash currencies; the amount payable is rounded to it, half-up."""
    members: dict[tuple[str, Decimal], list[int]] = {}
    for index, position in enumerate(positions):
        members.setdefault((position.vat_category, position.vat_percent), []).append(index)
    nets = [ZERO] * len(positions)
    groups = []
    for (category, percent), indexes in members.items():
        tax = _tax_of_nets([i for i in indexes if positions[i].gross is None], positions, nets, percent, places)
        tax += _tax_of_grosses([i for i in indexes if positions[i].gross is not None], positions, nets, percent, places)
        groups.append(Group(category, percent, sum((nets[i] for i in indexes), ZERO), tax))
    net, tax = sum(nets, ZERO), sum((group.tax for group in groups), ZERO)
    payable = round_to(net + tax, cash_step)
    return Totals(tuple(nets), tuple(groups), net, tax, net + tax, payable - net - tax, payable)


def round_to(amount: Decimal, step: Decimal | None) -> Decimal:
    """The multiple of ``step`` that is nearest, half-up; the amount itself without a step."""
    return half_up(amount / step, 0) * step if step else amount


def _tax_of_nets(
    indexes: Sequence[int], positions: Sequence[Position], nets: list[Decimal], percent: Decimal, places: int
) -> Decimal:
    for index in indexes:
        nets[index] = positions[index].net or ZERO
    taxable = sum((nets[index] for index in indexes), ZERO)
    return half_up(taxable * percent / HUNDRED, places)


def _tax_of_grosses(
    indexes: Sequence[int], positions: Sequence[Position], nets: list[Decimal], percent: Decimal, places: int
) -> Decimal:
    grosses = [positions[index].gross or ZERO for index in indexes]
    factor = ONE + percent / HUNDRED
    net = half_up(divide(sum(grosses, ZERO), factor), places)
    for index, share in zip(indexes, _shares([divide(gross, factor) for gross in grosses], net, places), strict=True):
        nets[index] = share
    return sum(grosses, ZERO) - net


def _shares(exact: Sequence[Decimal], total: Decimal, places: int) -> list[Decimal]:
    """``exact`` rounded so that the sum is ``total``: those that lose most by it give way, the first of equals."""
    shares = [half_up(amount, places) for amount in exact]
    step = ONE.scaleb(-places)
    missing = int((total - sum(shares, ZERO)) / step)
    sign = 1 if missing > 0 else -1
    by_loss = sorted(range(len(exact)), key=lambda i: ((shares[i] - exact[i]) * sign, i))
    for index in by_loss[: abs(missing)]:
        shares[index] += sign * step
    return shares
