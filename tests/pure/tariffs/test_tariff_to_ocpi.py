"""Our tariffs as partners get them: read back, they price the same."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import assume, given

from apps.tariffs.engine.rating import price
from apps.tariffs.engine.tariff import IdleFee
from apps.tariffs.engine.tariff_ocpi import from_ocpi
from apps.tariffs.engine.tariff_to_ocpi import to_ocpi

from .builders import CHARGING, IDLE, energy, session, tariff
from .test_properties import ANY, ZONES, unhurried, usages

NOON = datetime(2026, 5, 5, 12, tzinfo=UTC)
CLOSE = Decimal("1E-6")


@unhurried
@given(usages(), ANY, ZONES)
def test_a_tariff_without_losses_prices_the_same_when_read_back(usage, plan, zone):
    written = to_ocpi(plan, version="2.3.0", updated_at=NOON)
    assume(not written.losses)
    again = from_ocpi(written.tariff, version="2.3.0")
    ours, theirs = (price(usage, one, time_zone=zone) for one in (plan, again))
    if plan.idle_fee is None:
        assert (ours.net, ours.tax) == (theirs.net, theirs.tax)


def test_in_2_2_1_prices_are_without_tax():
    written = to_ocpi(tariff(energy("0.595", vat=19), tax_included=True), version="2.2.1", updated_at=NOON)
    assert written.tariff["elements"] == [
        {"price_components": [{"type": "ENERGY", "price": Decimal("0.5"), "step_size": 0, "vat": Decimal(19)}]}
    ]
    assert (written.losses, written.tariff["last_updated"]) == ((), "2026-05-05T12:00:00Z")


def test_a_net_price_that_needs_rounding_is_told():
    written = to_ocpi(tariff(energy("0.50", vat=19), tax_included=True), version="2.2.1", updated_at=NOON)
    assert written.tariff["elements"][0]["price_components"][0]["price"] == Decimal("0.420168")
    assert [loss.code for loss in written.losses] == ["rounded_price"]


def test_a_plain_idle_fee_becomes_the_price_of_parking():
    plan = tariff(energy("0.50"), idle_fee=IdleFee(Decimal(6)))
    usage = session("2026-05-05 10:00", (60, 10_000, CHARGING), (30, 0, IDLE))
    again = from_ocpi(to_ocpi(plan, version="2.3.0", updated_at=NOON).tariff, version="2.3.0")
    assert price(usage, again, time_zone="UTC").net == price(usage, plan, time_zone="UTC").net == 8


def test_an_idle_fee_with_grace_is_left_out_and_told():
    written = to_ocpi(
        replace(tariff(energy("0.50")), idle_fee=IdleFee(Decimal(6), grace_s=600)), version="2.3.0", updated_at=NOON
    )
    assert (len(written.tariff["elements"]), [loss.code for loss in written.losses]) == (1, ["idle_fee"])
