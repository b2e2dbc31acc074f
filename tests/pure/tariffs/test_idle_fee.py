"""The idle fee: grace, quiet hours, cap, and what does not count."""

from datetime import time
from decimal import Decimal

import pytest

from apps.tariffs.engine.kinds import LineKind
from apps.tariffs.engine.rating import price
from apps.tariffs.engine.tariff import IdleFee

from .builders import CHARGING, IDLE, SUSPENDED_EV, SUSPENDED_EVSE, at, energy, session, tariff


def idle_lines(usage, **fee):
    plan = tariff(energy("0.40"), idle_fee=IdleFee(price_per_h=Decimal(6), **{"step_size_s": 0, **fee}))
    breakdown = price(usage, plan, time_zone="Europe/Berlin")
    return [line for line in breakdown.lines if line.kind is LineKind.IDLE]


def test_the_fee_runs_from_the_end_of_the_grace_to_unplugging():
    (line,) = idle_lines(session("2026-05-05 10:00", (60, 8000, CHARGING), (45, 0, IDLE)), grace_s=900)

    assert (line.from_at, line.until_at) == (at("2026-05-05 11:15"), at("2026-05-05 11:45"))
    assert (line.billed, line.net) == (1800, 3)
    assert line.why == "Blocking the connector after charging costs 6 EUR per hour after 900 s of grace."


@pytest.mark.parametrize(("minutes", "billed"), [(15, 0), (16, 960)])
def test_a_retroactive_fee_bills_the_grace_once_it_is_over(minutes, billed):
    lines = idle_lines(
        session("2026-05-05 10:00", (60, 8000, CHARGING), (minutes, 0, IDLE)), grace_s=900, retroactive=True
    )

    assert sum(line.billed for line in lines) == billed


def test_charging_again_earns_a_new_grace():
    usage = session("2026-05-05 10:00", (60, 8000, CHARGING), (20, 0, SUSPENDED_EV), (5, 100, CHARGING), (20, 0, IDLE))

    assert [line.billed for line in idle_lines(usage, grace_s=900)] == [300, 300]


def test_time_in_which_the_station_withholds_power_neither_counts_nor_renews_the_grace():
    usage = session(
        "2026-05-05 10:00", (60, 8000, CHARGING), (10, 0, SUSPENDED_EV), (30, 0, SUSPENDED_EVSE), (10, 0, IDLE)
    )

    assert [line.billed for line in idle_lines(usage, grace_s=900)] == [300]


def test_quiet_hours_of_the_site_are_not_counted():
    # Idle from 21:00 to 08:00 in Berlin; quiet from 22:00 to 07:00.
    usage = session("2026-05-05 18:00", (60, 8000, CHARGING), (660, 0, IDLE))

    lines = idle_lines(usage, quiet_start=time(22), quiet_end=time(7))

    assert [(line.from_at, line.until_at) for line in lines] == [
        (at("2026-05-05 19:00"), at("2026-05-05 20:00")),
        (at("2026-05-06 05:00"), at("2026-05-06 06:00")),
    ]


def test_the_cap_bounds_what_one_session_pays():
    usage = session("2026-05-05 10:00", (60, 8000, CHARGING), (60, 0, IDLE), (5, 9, CHARGING), (60, 0, IDLE))

    lines = idle_lines(usage, cap=Decimal(8), vat_percent=Decimal(25))

    assert [(line.net, line.tax) for line in lines] == [(6, Decimal("1.5")), (2, Decimal("0.5"))]
    assert lines[1].why.endswith("Limited to 8 EUR per session.")


def test_the_step_rounds_the_total_up_once():
    usage = session("2026-05-05 10:00", (60, 8000, CHARGING), (7, 0, IDLE))

    assert [(line.measured, line.billed) for line in idle_lines(usage, step_size_s=300)] == [(420, 600)]
