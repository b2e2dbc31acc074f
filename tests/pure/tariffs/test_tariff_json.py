"""Tariffs as JSON: nothing is lost, and an error names the field."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from apps.tariffs.engine.errors import InvalidTariff
from apps.tariffs.engine.tariff_json import from_json, to_json
from apps.tariffs.engine.tariff_ocpi import from_ocpi

FULL = {
    "id": "day-night",
    "version": 3,
    "currency": "EUR",
    "elements": [
        {
            "price_components": [
                {"kind": "energy", "price": "0.29", "step_size": 1, "vat_percent": "19"},
                {"kind": "time", "price": "1.2", "step_size": 60},
            ],
            "restrictions": {
                "start_time": "22:00:00",
                "end_time": "06:00:00",
                "start_date": "2026-01-01",
                "end_date": "2027-01-01",
                "min_kwh": "1",
                "max_kwh": "50.5",
                "min_current_a": "6",
                "max_current_a": "32",
                "min_power_kw": "1.4",
                "max_power_kw": "22",
                "min_duration_s": 60,
                "max_duration_s": 36000,
                "day_of_week": [1, 2, 5],
                "reservation": "reservation",
            },
        },
        {"price_components": [{"kind": "flat", "price": "1", "step_size": 1}]},
    ],
    "min_price": {"excl_tax": "0.5"},
    "max_price": {"excl_tax": "80", "incl_tax": "95.2"},
    "tax_included": True,
    "idle_fee": {
        "price_per_h": "6",
        "grace_s": 900,
        "step_size_s": 60,
        "vat_percent": "19",
        "cap": "12",
        "retroactive": True,
        "quiet_start": "22:00:00",
        "quiet_end": "07:00:00",
    },
    "valid_from": "2026-01-01T00:00:00+00:00",
    "valid_until": "2027-01-01T00:00:00+00:00",
    "withheld_time": "as_charging",
}


def test_a_tariff_survives_json_in_both_directions():
    tariff = from_json(json.loads(json.dumps(FULL)))

    assert to_json(tariff) == FULL
    assert from_json(to_json(tariff)) == tariff


def test_an_element_with_empty_restrictions_keeps_them():
    data = {**FULL, "elements": [{**FULL["elements"][1], "restrictions": {}}]}

    assert to_json(from_json(data))["elements"] == data["elements"]


def changed(path, value):
    data = deepcopy(FULL)
    *way, last = path
    place = data
    for step in way:
        place = place[step]
    place[last] = value
    return data


FIRST = ("elements", 0, "price_components", 0)


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("id",), "", "id"),
        (("version",), "1.5", "version"),
        (("currency",), "euro", "currency"),
        (("elements",), [], "elements"),
        (("elements",), {}, "elements"),
        (("elements", 0), 7, "elements[0]"),
        (("elements", 0, "price_components"), [], "elements[0].price_components"),
        (("elements", 0, "price_components", 1, "price"), "dear", "elements[0].price_components[1].price"),
        (("elements", 0, "price_components", 1, "price"), "-1", "elements[0].price_components[1].price"),
        (("elements", 0, "price_components", 1, "price"), "NaN", "elements[0].price_components[1].price"),
        (("elements", 0, "price_components", 1, "price"), "1e99", "elements[0].price_components[1].price"),
        (("elements", 0, "price_components", 1, "price"), None, "elements[0].price_components[1].price"),
        (("elements", 0, "price_components", 1, "price"), True, "elements[0].price_components[1].price"),
        ((*FIRST, "kind"), "water", "elements[0].price_components[0].kind"),
        ((*FIRST, "step_size"), "0.5", "elements[0].price_components[0].step_size"),
        ((*FIRST, "vat_percent"), "-20", "elements[0].price_components[0].vat_percent"),
        ((*FIRST, "vat_percent"), "190", "elements[0].price_components[0].vat_percent"),
        ((*FIRST, "prise"), "1", "elements[0].price_components[0].prise"),
        (("elements", 0, "restrictions", "start_time"), "25:00", "elements[0].restrictions.start_time"),
        (("elements", 0, "restrictions", "start_date"), "soon", "elements[0].restrictions.start_date"),
        (("elements", 0, "restrictions", "max_kwh"), "1", "elements[0].restrictions.max_kwh"),
        (("elements", 0, "restrictions", "day_of_week"), [0], "elements[0].restrictions.day_of_week"),
        (("elements", 0, "restrictions", "day_of_week"), ["MONDAY"], "elements[0].restrictions.day_of_week"),
        (("min_price", "excl_tax"), "100", "max_price.excl_tax"),
        (("idle_fee", "price_per_h"), None, "idle_fee.price_per_h"),
        (("idle_fee", "quiet_end"), None, "idle_fee.quiet_end"),
        (("valid_until",), "2025-01-01T00:00:00Z", "valid_until"),
        (("tax_included",), "yes", "tax_included"),
    ],
)
def test_an_error_names_the_path(path, value, field):
    with pytest.raises(InvalidTariff) as refused:
        from_json(changed(path, value))
    assert refused.value.field == field
    assert field in refused.value.message


OCPI = {
    "id": "12",
    "currency": "EUR",
    "elements": [
        {
            "price_components": [
                {"type": "ENERGY", "price": Decimal("0.25"), "vat": Decimal("21.0"), "step_size": 100}
            ],
            "restrictions": {"day_of_week": ["MONDAY", "SUNDAY"], "max_power": Decimal("16.0"), "end_time": "00:00"},
        }
    ],
    "min_price": {"excl_vat": Decimal("0.5"), "incl_vat": Decimal("0.6")},
    "last_updated": "2026-01-01T00:00:00Z",
    "start_date_time": "2026-01-01T00:00:00",
}


def test_an_ocpi_tariff_keeps_its_prices_and_restrictions():
    tariff = from_ocpi(OCPI, version="2.2.1")

    (only,) = tariff.elements
    assert only.price_components[0].price == Decimal("0.25")
    assert only.price_components[0].vat_percent == 21
    assert only.restrictions.day_of_week == {1, 7}
    assert only.restrictions.max_power_kw == 16
    assert tariff.min_price.incl_tax == Decimal("0.6")
    assert tariff.valid_from == datetime(2026, 1, 1, tzinfo=UTC)
    assert tariff.version == 1767225600


def test_ocpi_2_1_1_knows_no_tax_and_no_limits():
    tariff = from_ocpi(OCPI, version="2.1.1")

    assert tariff.min_price is None
    assert tariff.elements[0].price_components[0].vat_percent is None


def test_ocpi_2_3_0_says_whether_tax_is_included_and_names_limits_anew():
    data = {**OCPI, "tax_included": "YES", "min_price": {"before_taxes": Decimal("0.5"), "after_taxes": Decimal("0.7")}}

    tariff = from_ocpi(data, version="2.3.0")

    assert tariff.tax_included
    assert (tariff.min_price.excl_tax, tariff.min_price.incl_tax) == (Decimal("0.5"), Decimal("0.7"))
    assert not from_ocpi(data, version="2.2.1").tax_included


def test_an_ocpi_error_names_the_path():
    broken = {**OCPI, "elements": [{"price_components": [{"type": "WATER", "price": 1, "step_size": 1}]}]}

    with pytest.raises(InvalidTariff) as refused:
        from_ocpi(broken, version="2.2.1")
    assert refused.value.field == "elements[0].price_components[0].type"
    with pytest.raises(InvalidTariff):
        from_ocpi(OCPI, version="3.0")
