"""OCPI CDRs priced by hand."""

from decimal import Decimal

import pytest

from apps.core.errors import DomainError
from apps.tariffs.engine.kinds import LineKind
from apps.tariffs.engine.ocpi import cdr_costs, price_cdr


def period(start, **dimensions):
    return {
        "start_date_time": f"2026-05-05T{start}:00Z",
        "dimensions": [{"type": name, "volume": volume} for name, volume in dimensions.items()],
    }


def cdr(start, end, *periods, **more):
    times = {"start_date_time": f"2026-05-05T{start}:00Z", "end_date_time": f"2026-05-05T{end}:00Z"}
    return {**times, "charging_periods": list(periods), **more}


def plan(*elements, **more):
    parts = [{"price_components": components, "restrictions": bounds} for components, bounds in elements]
    return {"id": "T1", "currency": "EUR", "elements": parts, "last_updated": "2026-01-01T00:00:00Z", **more}


def price_of(kind, price, step=1, **more):
    return {"type": kind, "price": Decimal(price), "step_size": step, **more}


def priced(record, *tariffs, time_zone="Europe/Berlin", version="2.2.1"):
    return price_cdr(record, tariffs, time_zone=time_zone, version=version)


def test_the_total_cost_and_its_parts_are_told_with_and_without_tax():
    tariff = plan(
        ([price_of("ENERGY", "0.5", vat=20), price_of("FLAT", "1", vat=10), price_of("PARKING_TIME", "6")], {})
    )
    record = cdr("10:00", "12:00", period("10:00", ENERGY="10.5", TIME="1"), period("11:00", PARKING_TIME="0.5"))

    costs = cdr_costs(priced(record, tariff))

    assert costs["total_energy_cost"] == {"excl_vat": Decimal("5.25"), "incl_vat": Decimal("6.3")}
    assert costs["total_fixed_cost"] == {"excl_vat": 1, "incl_vat": Decimal("1.1")}
    assert costs["total_parking_cost"] == {"excl_vat": 3, "incl_vat": 3}
    assert costs["total_time_cost"] == {"excl_vat": 0, "incl_vat": 0}
    assert costs["total_cost"] == {"excl_vat": Decimal("9.25"), "incl_vat": Decimal("10.4")}


def test_hours_with_four_decimals_mean_the_nearest_second():
    tariff = plan(([price_of("TIME", "3.6", step=60)], {}))

    breakdown = priced(cdr("10:00", "10:10", period("10:00", TIME="0.1667")), tariff)

    assert breakdown.billed(LineKind.TIME) == 600


def test_a_period_is_priced_by_the_clock_at_its_start():
    tariff = plan(
        ([price_of("ENERGY", "1")], {"start_time": "12:00", "end_time": "13:00"}), ([price_of("ENERGY", "2")], {})
    )
    record = cdr("10:00", "12:00", period("10:00", ENERGY="3"), period("11:00", ENERGY="5"))

    # 10:00 UTC is noon in Berlin.
    assert priced(record, tariff).net == 13


def test_a_period_that_was_not_split_at_a_price_change_is_noted():
    tariff = plan(([price_of("ENERGY", "1")], {"end_time": "12:30"}), ([price_of("ENERGY", "2")], {}))

    whole = priced(cdr("10:00", "11:00", period("10:00", ENERGY="4")), tariff)
    split = priced(cdr("10:00", "11:00", period("10:00", ENERGY="2"), period("10:30", ENERGY="2")), tariff)

    assert (whole.net, [w.code for w in whole.warnings]) == (4, ["period_spans_price_change"])
    assert (split.net, split.warnings) == (6, ())


def test_a_period_before_the_session_is_noted():
    breakdown = priced(cdr("10:20", "11:00", period("10:00", ENERGY="4")), plan(([price_of("ENERGY", "1")], {})))

    assert [warning.code for warning in breakdown.warnings] == ["period_before_start"]


RESERVABLE = plan(
    ([price_of("TIME", "6", step=600)], {"reservation": "RESERVATION"}),
    ([price_of("FLAT", "4")], {"reservation": "RESERVATION_EXPIRES"}),
    ([price_of("FLAT", "1"), price_of("TIME", "3")], {}),
)


def test_a_reservation_that_was_used_costs_its_time_and_then_the_session():
    record = cdr("10:00", "11:00", period("10:00", RESERVATION_TIME="0.25"), period("10:15", TIME="0.75"))

    costs = cdr_costs(priced(record, RESERVABLE))

    assert costs["total_reservation_cost"]["excl_vat"] == 2
    assert costs["total_fixed_cost"]["excl_vat"] == 1
    assert costs["total_time_cost"]["excl_vat"] == Decimal("2.25")


def test_a_reservation_that_expired_costs_its_fee_and_no_session():
    record = cdr("10:00", "10:30", period("10:00", RESERVATION_TIME="0.5"), reservation_expired=True)

    costs = cdr_costs(priced(record, RESERVABLE))

    assert costs["total_reservation_cost"]["excl_vat"] == 7
    assert costs["total_cost"]["excl_vat"] == 7


def test_the_first_tariff_valid_at_the_start_is_taken_unless_a_period_names_another():
    old = plan(([price_of("ENERGY", "1")], {}), id="OLD", end_date_time="2026-05-05T10:00:00Z")
    new = plan(([price_of("ENERGY", "2")], {}), id="NEW", start_date_time="2026-05-05T10:00:00Z")
    plain = cdr("10:00", "11:00", period("10:00", ENERGY="1"))
    named = cdr("10:00", "11:00", {**period("10:00", ENERGY="1"), "tariff_id": "OLD"})

    assert priced(plain, old, new).net == 2
    assert priced(named, old, new).net == 1


@pytest.mark.parametrize(
    ("record", "tariffs", "time_zone", "code"),
    [
        (cdr("10:00", "11:00"), [], "UTC", "no_active_tariff"),
        (cdr("10:00", "11:00"), [plan(end_date_time="2026-01-01T00:00:00Z")], "UTC", "no_active_tariff"),
        (cdr("10:00", "11:00", {**period("10:00"), "tariff_id": "X"}), [plan()], "UTC", "unknown_tariff"),
        (cdr("10:00", "11:00"), [plan()], "Europe/Atlantis", "time_zone"),
        (cdr("10:00", "11:00"), [plan()], "", "time_zone"),
        (cdr("11:00", "10:00"), [plan()], "UTC", "invalid_usage"),
        (cdr("10:00", "11:00", period("10:00", ENERGY="-1")), [plan()], "UTC", "invalid_usage"),
        (cdr("10:00", "11:00"), [plan(currency=7)], "UTC", "invalid_tariff"),
    ],
)
def test_what_cannot_be_priced_is_refused_with_a_code(record, tariffs, time_zone, code):
    with pytest.raises(DomainError) as refused:
        priced(record, *tariffs, time_zone=time_zone)
    assert refused.value.code == code
