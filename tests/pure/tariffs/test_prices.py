"""Sessions priced by hand."""

from datetime import date, time
from decimal import Decimal

import pytest

from apps.tariffs.engine.errors import SessionNotEnded, UnknownTimeZone
from apps.tariffs.engine.kinds import LineKind, TimeRule
from apps.tariffs.engine.rating import SessionProfile, preview, price
from apps.tariffs.engine.tariff import PriceLimit

from .builders import (
    CHARGING,
    IDLE,
    SUSPENDED_EV,
    SUSPENDED_EVSE,
    WAITING,
    at,
    charging_time,
    element,
    energy,
    fee,
    parking,
    session,
    tariff,
)

BERLIN = "Europe/Berlin"


def priced(usage, tariff, time_zone=BERLIN):
    return price(usage, tariff, time_zone=time_zone)


def lines(breakdown, kind):
    return [line for line in breakdown.lines if line.kind is kind]


def test_energy_time_and_session_fee_add_up_with_their_own_tax():
    plan = tariff(energy("0.40", vat=19), charging_time("3", vat=19), fee("1.00", vat=7))

    breakdown = priced(session("2026-05-05 10:00", (90, 20000, CHARGING)), plan)

    assert breakdown.total(LineKind.ENERGY).net == Decimal("8")
    assert breakdown.total(LineKind.TIME).net == Decimal("4.5")
    assert breakdown.total(LineKind.FLAT)[1:] == (Decimal("1"), Decimal("0.07"), Decimal("1.07"))
    assert (breakdown.net, breakdown.tax, breakdown.gross) == (Decimal("13.5"), Decimal("2.445"), Decimal("15.945"))
    assert [(t.vat_percent, t.net, t.tax) for t in breakdown.taxes] == [
        (7, 1, Decimal("0.07")),
        (19, 12.5, Decimal("2.375")),
    ]


def test_a_price_that_includes_tax_keeps_its_gross_and_derives_the_net():
    plan = tariff(energy("0.59", vat=25), tax_included=True)

    breakdown = priced(session("2026-05-05 10:00", (60, 10000, CHARGING)), plan)

    assert (breakdown.gross, breakdown.net, breakdown.tax) == (Decimal("5.9"), Decimal("4.72"), Decimal("1.18"))


def test_energy_is_interpolated_where_the_evening_price_begins_and_marked():
    # 15:00 to 17:00 UTC is 17:00 to 19:00 in Berlin; the dear price begins at 18:00 and takes half of 8 kWh.
    plan = tariff(element(energy("0.60"), start_time=time(18), end_time=time(21)), energy("0.30"))

    breakdown = priced(session("2026-05-05 15:00", (120, 8000, CHARGING)), plan)

    cheap, dear = lines(breakdown, LineKind.ENERGY)
    assert (cheap.measured, cheap.net, cheap.element_index) == (4000, Decimal("1.2"), 1)
    assert (dear.measured, dear.net, dear.element_index) == (4000, Decimal("2.4"), 0)
    assert (cheap.until_at, dear.from_at) == (at("2026-05-05 16:00"), at("2026-05-05 16:00"))
    assert cheap.imputed
    assert dear.imputed
    assert dear.why == "Energy costs 0.6 EUR per kWh from 18:00 until 21:00."


def test_energy_that_was_read_at_the_price_boundary_is_not_imputed():
    plan = tariff(element(energy("0.60"), start_time=time(18)), energy("0.30"))

    breakdown = priced(session("2026-05-05 15:00", (60, 3000, CHARGING), (60, 5000, CHARGING)), plan)

    assert [(line.net, line.imputed) for line in lines(breakdown, LineKind.ENERGY)] == [
        (Decimal("0.9"), False),
        (Decimal("3"), False),
    ]


def test_many_readings_under_one_price_make_one_line():
    breakdown = priced(session("2026-05-05 10:00", *[(1, 100, CHARGING)] * 60), tariff(energy("0.5")))

    (line,) = lines(breakdown, LineKind.ENERGY)
    assert (line.measured, line.net, line.imputed) == (6000, Decimal("3"), False)


@pytest.mark.parametrize(
    ("start", "minutes", "night_s"),
    [
        ("2026-03-28 20:30", 600, 25200),  # 21:30 to 08:30 on the night of 23 hours: 22 to 06 is 7 h
        ("2026-10-24 19:30", 720, 32400),  # on the night of 25 hours it is 9 h
        ("2026-05-05 19:30", 600, 28800),
    ],
)
def test_a_night_window_wraps_over_midnight_and_follows_the_clock_change(start, minutes, night_s):
    plan = tariff(element(charging_time("1"), start_time=time(22), end_time=time(6)), charging_time("5"))

    breakdown = priced(session(start, (minutes, 0, CHARGING)), plan)

    assert sum(line.billed for line in lines(breakdown, LineKind.TIME) if line.element_index == 0) == night_s


def test_a_price_that_begins_in_the_skipped_hour_begins_when_the_clock_jumps():
    # 02:30 does not exist on 29 March 2026; the clock jumps from 02:00 to 03:00 at 01:00 UTC.
    plan = tariff(element(charging_time("1"), start_time=time(2, 30), end_time=time(5)), charging_time("5"))

    breakdown = priced(session("2026-03-29 00:00", (120, 0, CHARGING)), plan)

    assert [line.from_at for line in lines(breakdown, LineKind.TIME)] == [
        at("2026-03-29 00:00"),
        at("2026-03-29 01:00"),
    ]


def test_a_price_of_the_repeated_hour_applies_twice():
    # 02:30 to 03:00 comes twice on 25 October 2026: at 00:30 and at 01:30 UTC.
    plan = tariff(element(charging_time("1"), start_time=time(2, 30), end_time=time(3)), charging_time("5"))

    breakdown = priced(session("2026-10-25 00:00", (150, 0, CHARGING)), plan)

    assert [(line.from_at, line.billed) for line in lines(breakdown, LineKind.TIME) if line.element_index == 0] == [
        (at("2026-10-25 00:30"), 1800),
        (at("2026-10-25 01:30"), 1800),
    ]


def test_weekend_and_dates_follow_the_clock_of_the_site_not_utc():
    plan = tariff(
        element(energy("0.10"), day_of_week=frozenset({6, 7})),
        element(energy("0.20"), start_date=date(2026, 5, 12), end_date=date(2026, 5, 13)),
        energy("0.50"),
    )

    # Friday 22:30 UTC is Saturday in Berlin; Monday 22:30 UTC is Tuesday the 12th.
    assert priced(session("2026-05-08 22:30", (60, 1000, CHARGING)), plan).net == Decimal("0.1")
    assert priced(session("2026-05-11 22:30", (60, 1000, CHARGING)), plan).net == Decimal("0.2")
    assert priced(session("2026-05-11 22:30", (60, 1000, CHARGING)), plan, "UTC").net == Decimal("0.5")


def test_free_kilowatt_hours_end_within_a_segment_and_the_rest_is_priced():
    plan = tariff(element(energy("0"), max_kwh=Decimal(5)), energy("0.40"))

    breakdown = priced(session("2026-05-05 10:00", (60, 20000, CHARGING)), plan)

    free, paid = lines(breakdown, LineKind.ENERGY)
    assert (free.measured, free.net) == (5000, 0)
    assert (paid.measured, paid.net, paid.from_at) == (15000, 6, at("2026-05-05 10:15"))


def test_power_bands_use_the_measured_power_else_the_mean():
    plan = tariff(element(energy("0.20"), max_power_kw=Decimal(16)), energy("0.50"))
    usage = session(
        "2026-05-05 10:00",
        (60, 11000, CHARGING),
        (30, 25000, CHARGING),
        (30, 1000, CHARGING, {"power_w": Decimal(16000)}),
    )

    assert [line.net for line in lines(priced(usage, plan), LineKind.ENERGY)] == [Decimal("2.2"), Decimal("13")]


def test_a_bound_on_an_unknown_current_does_not_hold_and_is_noted():
    plan = tariff(element(energy("0.20"), max_current_a=Decimal(32)), energy("0.50"))

    breakdown = priced(session("2026-05-05 10:00", (60, 1000, CHARGING)), plan)

    assert breakdown.net == Decimal("0.5")
    assert [warning.code for warning in breakdown.warnings] == ["current_unknown"]


def test_parking_is_time_in_which_the_vehicle_does_not_ask():
    plan = tariff(parking("6"), charging_time("2"))
    usage = session(
        "2026-05-05 10:00",
        (10, 0, WAITING),
        (60, 5000, CHARGING),
        (20, 0, SUSPENDED_EVSE),
        (15, 0, SUSPENDED_EV),
        (15, 0, IDLE),
    )

    breakdown = priced(usage, plan)

    assert breakdown.billed(LineKind.PARKING_TIME) == 1800
    assert breakdown.total(LineKind.PARKING_TIME).net == 3
    assert breakdown.total(LineKind.TIME).net == 2
    withheld = lines(breakdown, LineKind.WITHHELD_TIME)
    assert [(line.measured, line.net) for line in withheld] == [(600, 0), (1200, 0)]
    assert withheld[0].why == "The station gave no power in this time, so it is free."


def test_withheld_time_is_charging_time_when_the_tariff_says_so():
    plan = tariff(charging_time("2"), withheld_time=TimeRule.AS_CHARGING)

    breakdown = priced(session("2026-05-05 10:00", (60, 5000, CHARGING), (30, 0, SUSPENDED_EVSE)), plan)

    assert breakdown.net == 3


def test_step_sizes_round_the_total_once_with_the_step_of_the_last_price():
    plan = tariff(
        element(energy("0.50", step=500), charging_time("3", step=60), start_time=time(18)),
        energy("0.30", step=1000), charging_time("1", step=600),
    )  # fmt: skip

    # 30 min cheap and 31 min dear; 2200 + 2310 Wh = 4510, next step of 500 Wh is 5000; 3660 s are full minutes.
    breakdown = priced(session("2026-05-05 15:30", (30, 2200, CHARGING), (31, 2310, CHARGING)), plan)

    cheap, dear = lines(breakdown, LineKind.ENERGY)
    assert (cheap.measured, cheap.billed) == (2200, 2200)
    assert (dear.measured, dear.billed, dear.net) == (2310, 2800, Decimal("1.4"))
    assert dear.why == "Energy costs 0.5 EUR per kWh from 18:00. Billed in full steps of 500 Wh."
    assert breakdown.billed(LineKind.TIME) == 3660


def test_parking_time_absorbs_the_rounding_of_charging_time():
    plan = tariff(charging_time("6", step=600), parking("12", step=300))

    breakdown = priced(session("2026-05-05 10:00", (61, 5000, CHARGING), (7, 0, IDLE)), plan)

    assert breakdown.billed(LineKind.TIME) == 3660
    assert breakdown.billed(LineKind.PARKING_TIME) == 600


def test_a_minimum_price_carries_tax_and_names_itself():
    plan = tariff(energy("0.25", vat=20), min_price=PriceLimit(excl_tax=Decimal(5)))

    breakdown = priced(session("2026-05-05 10:00", (60, 2000, CHARGING)), plan)

    assert (breakdown.net, breakdown.tax, breakdown.gross) == (5, 1, 6)
    assert breakdown.limit_applied == "minimum"
    assert breakdown.lines[-1].net == Decimal("4.5")
    assert breakdown.lines[-1].why == "The tariff's minimum price for a session applies."


def test_a_maximum_price_bounds_each_side_alone_and_moves_tax_lines_in_proportion():
    plan = tariff(energy("1", vat=20), fee("10", vat=10), max_price=PriceLimit(incl_tax=Decimal("17.5")))

    # 20 + 4 and 10 + 1: 35 gross becomes 17.50, everything is halved.
    breakdown = priced(session("2026-05-05 10:00", (60, 20000, CHARGING)), plan)

    assert (breakdown.net, breakdown.gross, breakdown.limit_applied) == (15, Decimal("17.5"), "maximum")
    assert [(t.vat_percent, t.net, t.tax) for t in breakdown.taxes] == [(10, 5, Decimal("0.5")), (20, 10, 2)]


@pytest.mark.parametrize(
    ("limit", "total"),
    [
        ({"min_price": PriceLimit(excl_tax=Decimal(10), incl_tax=Decimal(5))}, (10, 0, 10)),
        ({"max_price": PriceLimit(excl_tax=Decimal(1), incl_tax=Decimal("0.5"))}, (Decimal("0.5"), 0, Decimal("0.5"))),
    ],
)
def test_limits_that_contradict_each_other_never_make_a_negative_tax(limit, total):
    breakdown = priced(session("2026-05-05 10:00", (60, 4000, CHARGING)), tariff(energy("0.5", vat=20), **limit))

    assert (breakdown.net, breakdown.tax, breakdown.gross) == total


def test_a_minimum_price_for_a_session_without_energy_takes_the_rate_of_the_tariff():
    plan = tariff(energy("0.25", vat=20), min_price=PriceLimit(excl_tax=Decimal(5)))

    breakdown = priced(session("2026-05-05 10:00", (5, 0, WAITING)), plan)

    assert (breakdown.net, breakdown.tax) == (5, 1)
    assert [(t.vat_percent, t.tax) for t in breakdown.taxes] == [(20, 1)]


def test_what_no_element_prices_is_free_and_says_so():
    breakdown = priced(session("2026-05-05 10:00", (60, 5000, CHARGING)), tariff(fee("1")))

    assert breakdown.net == 1
    (line,) = lines(breakdown, LineKind.ENERGY)
    assert (line.unit_price, line.net) == (None, 0)
    assert line.why == "The tariff sets no price for this energy, so it is free."


def test_a_session_fee_is_asked_once_even_when_the_session_spans_two_elements():
    plan = tariff(element(fee("1"), start_time=time(18)), fee("2"), energy("0.1"))

    breakdown = priced(session("2026-05-05 15:00", (120, 0, CHARGING)), plan)

    assert [line.net for line in lines(breakdown, LineKind.FLAT)] == [2]


def test_a_gap_in_the_record_is_not_billed_and_is_noted():
    usage = session("2026-05-05 10:00", (60, 5000, CHARGING), (30, 0, CHARGING), (30, 1000, CHARGING))
    broken = type(usage)(usage.started_at, usage.ended_at, (usage.segments[0], usage.segments[2]))

    breakdown = priced(broken, tariff(charging_time("2")))

    assert breakdown.net == 3
    assert [warning.code for warning in breakdown.warnings] == ["usage_gap"]


def test_an_unknown_time_zone_is_refused():
    with pytest.raises(UnknownTimeZone) as refused:
        priced(session("2026-05-05 10:00", (60, 5000, CHARGING)), tariff(energy("1")), "Europe/Atlantis")
    assert refused.value.code == "time_zone"


def test_a_final_price_needs_an_ended_session():
    with pytest.raises(SessionNotEnded):
        priced(session("2026-05-05 10:00", (60, 5000, CHARGING), ended=False), tariff(energy("1")))


def test_a_preview_prices_a_session_that_might_be():
    plan = tariff(energy("0.40"), parking("6"))
    profile = SessionProfile(start_at=at("2026-05-05 10:00"), energy_wh=Decimal(20000), charging_s=3600, idle_s=600)

    assert preview(plan, profile, time_zone=BERLIN).net == 9
