"""Totals of invoices: published examples, and what holds for every invoice."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.invoicing.engine.totals import Group, Position, places_of, reckon
from apps.tariffs.engine.exact import half_up
from tests.pure.tariffs.vectors import cases

CENT = Decimal("0.01")
rates = st.sampled_from([Decimal(rate) for rate in ("0", "2.6", "7", "19", "20", "25.5")])
amounts = st.decimals(min_value=-500, max_value=5000, places=2)
net_positions = st.builds(lambda rate, net: Position("S" if rate else "Z", rate, net=net), rates, amounts)
gross_positions = st.builds(lambda rate, gross: Position("S" if rate else "Z", rate, gross=gross), rates, amounts)
positions = st.lists(st.one_of(net_positions, gross_positions), max_size=40)


def net_of_line(line: dict) -> Decimal:
    if not line["net_matches_quantity_times_price"]:
        return Decimal(line["net"])
    net = Decimal(line["quantity"]) * Decimal(line["price"]) / Decimal(line.get("base_quantity") or 1)
    for change in line["allowances_charges"]:
        net += Decimal(change["amount"]) if change["charge"] else -Decimal(change["amount"])
    return half_up(net, 2)


@pytest.mark.parametrize("case", cases("invoice_totals.jsonl"))
def test_published_invoices_are_reproduced(case):
    lines = [Position(line["vat_category"], Decimal(line["vat_rate"]), net_of_line(line)) for line in case["lines"]]
    changes = [
        Position(
            change["vat_category"],
            Decimal(change["vat_rate"]),
            Decimal(change["amount"]) if change["charge"] else -Decimal(change["amount"]),
        )
        for change in case["allowances_charges"]
    ]
    totals = reckon([*lines, *changes])
    expected = case["expect"]
    payable = totals.gross + Decimal(case["payable_rounding"] or 0) - Decimal(case["prepaid"] or 0)
    assert sum(totals.nets[: len(lines)]) == Decimal(expected["sum_line_net"])
    assert [totals.net, totals.tax, totals.gross, payable] == [
        Decimal(expected[name]) for name in ("total_excl_vat", "vat_total", "total_incl_vat", "payable")
    ]
    assert {tuple(group) for group in totals.groups} == {
        (group["vat_category"], Decimal(group["vat_rate"]), Decimal(group["taxable"]), Decimal(group["tax"]))
        for group in expected["vat_breakdown"]
    }


@given(positions)
def test_lines_add_up_to_net_groups_to_tax_and_both_to_gross(given_positions):
    totals = reckon(given_positions)
    assert sum(totals.nets) == sum(group.taxable for group in totals.groups) == totals.net
    assert sum(group.tax for group in totals.groups) == totals.tax
    assert totals.net + totals.tax == totals.gross == totals.payable
    assert all(net == net.quantize(CENT) for net in totals.nets)


@given(st.lists(net_positions, min_size=1))
def test_tax_is_reckoned_per_group_and_no_net_is_touched(given_positions):
    totals = reckon(given_positions)
    assert list(totals.nets) == [position.net for position in given_positions]
    for group in totals.groups:
        assert group.tax == half_up(group.taxable * group.vat_percent / 100, 2)


@given(st.lists(gross_positions, min_size=1))
def test_prices_with_tax_stay_what_they_are_and_the_net_follows(given_positions):
    totals = reckon(given_positions)
    assert totals.gross == sum(position.gross for position in given_positions)
    for net, position in zip(totals.nets, given_positions, strict=True):
        assert abs(net - position.gross / (1 + position.vat_percent / 100)) <= CENT
    for group in totals.groups:
        grosses = sum(p.gross for p in given_positions if p.vat_percent == group.vat_percent)
        assert group.taxable == half_up(grosses / (1 + group.vat_percent / 100), 2)


def test_a_receipt_rounds_gross_and_shares_the_net_out():
    """Three times 0.10 with 19 %: each alone would be 0.08 net, together 0.25."""
    totals = reckon([Position("S", Decimal(19), gross=Decimal("0.10"))] * 3)
    assert totals.nets == (Decimal("0.09"), Decimal("0.08"), Decimal("0.08"))
    assert totals.groups == (Group("S", Decimal(19), Decimal("0.25"), Decimal("0.05")),)


@pytest.mark.parametrize(
    ("gross", "payable"), [("10.02", "10.00"), ("10.03", "10.05"), ("10.025", "10.05"), ("10.07", "10.05")]
)
def test_cash_currencies_are_rounded_to_their_coin(gross, payable):
    totals = reckon([Position("Z", Decimal(0), net=Decimal(gross))], cash_step=Decimal("0.05"))
    assert totals.payable == Decimal(payable)
    assert totals.rounding == Decimal(payable) - Decimal(gross)
    assert totals.gross == Decimal(gross)


def test_currencies_without_small_coins_are_whole():
    totals = reckon([Position("S", Decimal(10), gross=Decimal(105))], places=places_of("JPY"))
    assert (totals.net, totals.tax) == (Decimal(95), Decimal(10))
    assert places_of("EUR") == 2


def test_nothing_is_nothing():
    assert reckon([]).payable == 0
