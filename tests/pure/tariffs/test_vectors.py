"""The engine reproduces the published cases: OCPI's own examples, other engines' tests, synthetic cross-checks."""

from datetime import datetime
from decimal import Decimal
from itertools import groupby

import pytest

from apps.core.errors import DomainError
from apps.tariffs.engine.kinds import LineKind
from apps.tariffs.engine.ocpi import cdr_costs, price_cdr
from apps.tariffs.engine.rating import price
from apps.tariffs.engine.readings import Reading, usage_from_readings
from apps.tariffs.engine.tariff_ocpi import from_ocpi

from .vectors import cases

BILLED = {
    "energy_kwh": (LineKind.ENERGY, Decimal("0.001")),
    "time_s": (LineKind.TIME, Decimal(1)),
    "parking_s": (LineKind.PARKING_TIME, Decimal(1)),
    "reservation_s": (LineKind.RESERVATION_TIME, Decimal(1)),
}


def priced(case):
    return price_cdr(case["cdr"], case["tariffs"], time_zone=case["time_zone"], version=case["ocpi_version"])


@pytest.mark.parametrize("case", cases("rating.jsonl"))
def test_a_cdr_costs_what_the_case_says(case):
    if case["confidence"] == "extension":
        pytest.skip("roaming hub's own rounding extension, not part of OCPI")
    expect = case["expect"]
    if "error" in expect:
        with pytest.raises(DomainError) as refused:
            priced(case)
        assert refused.value.code == expect["error"]
        return

    breakdown = priced(case)

    costs, tolerance = cdr_costs(breakdown), Decimal(case["tolerance"])
    for name in expect.keys() & costs.keys():
        for side, amount in expect[name].items():
            assert abs(costs[name][side] - Decimal(amount)) <= tolerance, (name, side, costs[name][side], amount)
    for name, quantity in expect.get("billed", {}).items():
        kind, factor = BILLED[name]
        assert breakdown.billed(kind) * factor == Decimal(quantity)
    if "taxes" in expect:
        wanted = [(Decimal(tax["percentage"]), Decimal(tax["amount"])) for tax in expect["taxes"]]
        assert [(tax.vat_percent, tax.tax) for tax in breakdown.taxes] == wanted
    if "limit_applied" in expect:
        assert breakdown.limit_applied == expect["limit_applied"]
    if "warnings" in expect:
        assert [warning.code for warning in breakdown.warnings] == expect["warnings"]


@pytest.mark.parametrize("case", cases("segmentation.jsonl"))
def test_a_session_is_cut_where_the_case_says(case):
    tariff = from_ocpi(case["tariff"], version="2.2.1")
    usage = usage_from_readings(
        [Reading(datetime.fromisoformat(s["at"]), Decimal(s["kwh"]) * 1000) for s in case["meter_samples"]],
        started_at=datetime.fromisoformat(case["session"]["start"]),
        ended_at=datetime.fromisoformat(case["session"]["end"]),
    )

    breakdown = price(usage, tariff, time_zone=case["time_zone"])

    lines = [line for line in breakdown.lines if line.kind is not LineKind.FLAT]
    periods = [list(group) for _, group in groupby(lines, key=lambda line: (line.from_at, line.until_at))]
    expect = case["expect"]
    assert len(periods) == expect["period_count"]
    for period, wanted in zip(periods, expect["periods"], strict=True):
        kinds = {line.kind for line in period}
        assert period[0].from_at == datetime.fromisoformat(wanted["start"])
        assert abs((period[0].until_at - period[0].from_at).total_seconds() - wanted["seconds"]) <= 1
        energy_wh = sum((line.measured for line in period if line.kind is LineKind.ENERGY), Decimal(0))
        assert abs(energy_wh / 1000 - Decimal(wanted["kwh"])) <= Decimal("0.000001")
        if wanted.get("state") == "waiting":
            assert kinds == {LineKind.WITHHELD_TIME}
        if wanted.get("state") == "parking":
            assert kinds == {LineKind.PARKING_TIME}
    if "total_cost" in expect:
        assert abs(breakdown.net - Decimal(expect["total_cost"])) <= Decimal("0.005")
