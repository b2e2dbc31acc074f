"""Our tariff as OCPP 2.1's TariffType: exact values, and every loss by its name."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from apps.gateway.protocol.adapter import adapter_for
from apps.tariffs.engine.kinds import ComponentKind, ReservationKind, TimeRule
from apps.tariffs.engine.tariff import IdleFee, PriceComponent, PriceLimit, Restrictions, Tariff, TariffElement
from apps.tariffs.engine.tariff_ocpp21 import tariff_id_of, to_ocpp21

ENERGY, TIME, PARKING, FLAT = ComponentKind
ONE_KWH = PriceComponent(ENERGY, Decimal("0.50"), vat_percent=Decimal(19))


def tariff(*components: PriceComponent, restrictions: Restrictions | None = None, **changes) -> Tariff:
    return Tariff("7", 3, "EUR", (TariffElement(components, restrictions),), **changes)


def losses(one: Tariff) -> list[str]:
    return [loss.code for loss in to_ocpp21(one).losses]


def test_every_dimension_has_its_field_and_unit():
    written = to_ocpp21(
        tariff(
            ONE_KWH,
            PriceComponent(TIME, Decimal(6)),
            PriceComponent(PARKING, Decimal("1.20")),
            PriceComponent(FLAT, Decimal("0.35"), vat_percent=Decimal(7)),
            min_price=PriceLimit(excl_tax=Decimal(1)),
            max_price=PriceLimit(Decimal(20), Decimal("23.80")),
            valid_from=datetime(2026, 1, 1, tzinfo=UTC),
        )
    )
    assert written.tariff == {
        "tariffId": "7-3",
        "currency": "EUR",
        "validFrom": "2026-01-01T00:00:00Z",
        "energy": {"prices": [{"priceKwh": 0.5}], "taxRates": [{"type": "VAT", "tax": 19.0}]},
        "chargingTime": {"prices": [{"priceMinute": 0.1}]},
        "idleTime": {"prices": [{"priceMinute": 0.02}]},
        "fixedFee": {"prices": [{"priceFixed": 0.35}], "taxRates": [{"type": "VAT", "tax": 7.0}]},
        "minCost": {"exclTax": 1.0},
        "maxCost": {"exclTax": 20.0, "inclTax": 23.8},
    }
    assert [loss.code for loss in written.losses] == ["withheld_time"]


def test_conditions_are_in_the_units_of_ocpp():
    when = Restrictions(
        start_time=time(22), end_time=time(6), start_date=date(2026, 1, 1), end_date=date(2026, 2, 1),
        min_kwh=Decimal("2.5"), max_kwh=Decimal(50), min_current_a=Decimal(6), max_current_a=Decimal(32),
        min_power_kw=Decimal("3.7"), max_power_kw=Decimal(11), min_duration_s=60, max_duration_s=3600,
        day_of_week=frozenset({6, 1}),
    )  # fmt: skip
    written = to_ocpp21(tariff(replace(ONE_KWH, vat_percent=None), restrictions=when))
    assert written.tariff["energy"]["prices"] == [
        {
            "priceKwh": 0.5,
            "conditions": {
                "startTimeOfDay": "22:00", "endTimeOfDay": "06:00", "dayOfWeek": ["Monday", "Saturday"],
                "validFromDate": "2026-01-01", "validToDate": "2026-02-01", "minEnergy": 2500.0, "maxEnergy": 50000.0,
                "minCurrent": 6.0, "maxCurrent": 32.0, "minPower": 3700.0, "maxPower": 11000.0, "minTime": 60,
                "maxTime": 3600,
            },
        }
    ]  # fmt: skip
    assert written.losses == ()


def test_prices_with_tax_are_sent_without_it():
    written = to_ocpp21(tariff(replace(ONE_KWH, price=Decimal("1.19")), tax_included=True))
    assert written.tariff["energy"]["prices"] == [{"priceKwh": 1.0}]
    assert written.losses == ()


def test_an_idle_fee_is_idle_time_after_its_grace():
    fee = IdleFee(Decimal(12), grace_s=900)
    written = to_ocpp21(tariff(ONE_KWH, idle_fee=fee))
    assert written.tariff["idleTime"] == {"prices": [{"priceMinute": 0.2, "conditions": {"minIdleTime": 900}}]}


def test_reservations_have_fields_of_their_own():
    when = Restrictions(reservation=ReservationKind.RESERVATION)
    written = to_ocpp21(tariff(PriceComponent(TIME, Decimal(3)), PriceComponent(FLAT, Decimal(1)), restrictions=when))
    assert written.tariff["reservationTime"] == {"prices": [{"priceMinute": 0.05}]}
    assert written.tariff["reservationFixed"] == {"prices": [{"priceFixed": 1.0}]}


def test_several_prices_keep_their_order():
    night = TariffElement((replace(ONE_KWH, price=Decimal("0.2")),), Restrictions(start_time=time(22)))
    written = to_ocpp21(replace(tariff(ONE_KWH), elements=(night, TariffElement((ONE_KWH,)))))
    assert [price["priceKwh"] for price in written.tariff["energy"]["prices"]] == [0.2, 0.5]


QUIET = {"quiet_start": time(22), "quiet_end": time(6)}
EXPIRED = Restrictions(reservation=ReservationKind.RESERVATION_EXPIRES)
OF_RESERVATION = Restrictions(reservation=ReservationKind.RESERVATION)


@pytest.mark.parametrize(
    ("one", "lost"),
    [
        (tariff(ONE_KWH), []),
        (tariff(replace(ONE_KWH, step_size=100)), ["step_size"]),
        (tariff(ONE_KWH, replace(ONE_KWH, vat_percent=None)), ["tax_rates"]),
        (tariff(PriceComponent(TIME, Decimal(1))), ["rounded_price"]),
        (tariff(PriceComponent(FLAT, Decimal(1)), restrictions=EXPIRED), ["reservation_expires"]),
        (tariff(ONE_KWH, restrictions=OF_RESERVATION), ["reservation_kind"]),
        (tariff(PriceComponent(FLAT, Decimal(1)), restrictions=Restrictions(min_kwh=Decimal(1))), ["fixed_conditions"]),
        (tariff(ONE_KWH, restrictions=Restrictions(start_time=time(8, 0, 30))), ["seconds"]),
        (tariff(ONE_KWH, valid_until=datetime(2027, 1, 1, tzinfo=UTC)), ["valid_until"]),
        (tariff(ONE_KWH, withheld_time=TimeRule.AS_CHARGING), ["withheld_time"]),
        (tariff(ONE_KWH, idle_fee=IdleFee(Decimal(6), cap=Decimal(9))), ["idle_cap", "withheld_time"]),
        (tariff(idle_fee=IdleFee(Decimal(6), grace_s=60, retroactive=True)), ["idle_retroactive", "withheld_time"]),
        (tariff(idle_fee=IdleFee(Decimal(6), **QUIET)), ["idle_quiet_hours", "withheld_time"]),
        (
            tariff(PriceComponent(PARKING, Decimal(6)), idle_fee=IdleFee(Decimal(6))),
            ["idle_beside_parking", "withheld_time"],
        ),
    ],
)
def test_what_the_station_is_not_told_is_named(one, lost):
    assert losses(one) == lost


def test_what_is_written_is_a_tariff_of_the_schema():
    full = tariff(
        ONE_KWH,
        PriceComponent(TIME, Decimal(1)),
        PriceComponent(FLAT, Decimal(1)),
        idle_fee=IdleFee(Decimal(6), grace_s=60),
        min_price=PriceLimit(Decimal(1)),
        valid_from=datetime(2026, 1, 1, tzinfo=UTC),
        restrictions=Restrictions(start_time=time(8), day_of_week=frozenset({1})),
    )
    payload = {"evseId": 0, "tariff": to_ocpp21(full).tariff}
    assert adapter_for("ocpp2.1").validate_request("SetDefaultTariff", payload) == []


def test_another_version_is_another_tariff_to_stations():
    assert tariff_id_of(tariff(ONE_KWH)) == "7-3"
    assert tariff_id_of(replace(tariff(ONE_KWH), version=4)) == "7-4"
