"""Readings of meters: everything real chargers do to a SampledValue (case 66, 77)."""

from datetime import UTC, datetime

import pytest

from apps.chargers.messages.metering import MeterReading, read_samples, split_by_moment

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def sample(value, measurand=None, unit=None, phase=None, location=None, context=None, exponent=0):
    return (value, context, measurand, phase, location, unit, exponent)


def reading(*samples, **options):
    return read_samples(AT, samples, numbers_are_text=True, **options)


def test_absent_words_mean_the_import_register_in_wh_sampled_periodically():
    assert reading(sample("1234")) == MeterReading(AT, "Sample.Periodic", energy_wh=1234)


def test_every_usual_measurand_has_its_field():
    got = reading(
        sample("12.5", "Energy.Active.Import.Register", "kWh"),
        sample("11.04", "Power.Active.Import", "kW"),
        *(sample(f"16.{n}", "Current.Import", "A", f"L{n}") for n in (1, 2, 3)),
        *(sample(f"23{n}", "Voltage", "V", f"L{n}-N") for n in (1, 2, 3)),
        sample("81", "SoC", "Percent", location="EV"),
        sample("50.1", "Frequency"),
    )

    assert got == MeterReading(
        AT,
        energy_wh=12500,
        power_w=11040,
        current_a=(16.1, 16.2, 16.3),
        voltage_v=(231.0, 232.0, 233.0),
        soc_percent=81.0,
        other={"Frequency": 50.1},
    )


@pytest.mark.parametrize(
    ("value", "energy_wh", "deviations"),
    [
        ("100", 100, ()),
        (100, 100, ("value-as-number",)),
        ("100,6", 101, ("value-decimal-comma", "energy-fractional-wh")),
        ("0.5", 1, ("energy-fractional-wh",)),
        ("", None, ("value-empty",)),
        ("  ", None, ("value-empty",)),
        (None, None, ("value-empty",)),
        ("abc", None, ("value-unreadable",)),
        ("1_000", None, ("value-unreadable",)),
        ("1.000,5", None, ("value-unreadable",)),
        (True, None, ("value-unreadable",)),
        ("NaN", None, ("value-not-finite",)),
        ("inf", None, ("value-not-finite",)),
        ("1e400", None, ("value-not-finite",)),
        ("1e30", None, ("value-out-of-range",)),
    ],
)
def test_a_number_is_read_however_it_is_spelled(value, energy_wh, deviations):
    got = reading(sample(value))

    assert (got.energy_wh, got.deviations) == (energy_wh, deviations)


def test_a_number_as_text_is_a_deviation_where_the_version_has_numbers():
    assert read_samples(AT, [sample("5")]).deviations == ("value-as-text",)


@pytest.mark.parametrize(
    ("value", "unit", "energy_wh"), [("1.0005", "kWh", 1001), ("1.0004", "kWh", 1000), ("2", "MWh", 2_000_000)]
)
def test_energy_is_rounded_half_up_to_whole_wh(value, unit, energy_wh):
    assert reading(sample(value, unit=unit)).energy_wh == energy_wh


def test_the_power_of_ten_multiplies():
    assert read_samples(AT, [sample(123.4, unit="Wh", exponent=3)]).energy_wh == 123_400
    assert read_samples(AT, [sample(1, exponent=2**31 - 1)]).deviations == ("multiplier-out-of-range",)


@pytest.mark.parametrize(
    ("measurand", "unit", "value", "key", "number", "deviations"),
    [
        ("Energy.Active.Import.Register", "Hz", "7", "Energy.Active.Import.Register", 7.0,
         ("unit-spelling", "unit-of-another-dimension")),
        ("Energy.Active.Import.Register", "parsec", "7", "Energy.Active.Import.Register", 7.0, ("unit-unknown",)),
        ("Frequency", "Hz", "50", "Frequency", 50.0, ("unit-spelling",)),
        ("Temperature", "Celcius", "21.5", "Temperature", 21.5, ()),
        ("Temperature", "Celsius", "21.5", "Temperature", 21.5, ()),
        ("Temperature", "Fahrenheit", "212", "Temperature", 100.0, ()),
        ("Temperature", "K", "273.15", "Temperature", 0.0, ()),
        ("Energy.Active.Import.Interval", "kWh", "0.25", "Energy.Active.Import.Interval", 250.0, ()),
        ("Energy.Active.Export.Register", "Wh", "3", "Energy.Active.Export.Register", 3.0, ()),
        ("Vendor.Thing", None, "3", "Vendor.Thing", 3.0, ("measurand-unknown",)),
        ("Energy.Active.Import.Register", "Wh", "-1", "Energy.Active.Import.Register", -1.0, ("value-impossible",)),
        ("SoC", "Percent", "101", "SoC", 101.0, ("value-impossible",)),
    ],
)  # fmt: skip
def test_what_has_no_field_is_kept_beside_in_base_units(measurand, unit, value, key, number, deviations):
    got = reading(sample(value, measurand, unit))

    assert (got.energy_wh, got.soc_percent, got.other, got.deviations) == (None, None, {key: number}, deviations)


def test_energy_given_per_phase_only_is_summed():
    got = reading(*(sample(value, phase=phase) for value, phase in (("100", "L1"), ("200", "L2"), ("300", "L3"))))

    assert (got.energy_wh, got.deviations) == (600, ("energy-per-phase",))


def test_a_total_beside_its_phases_is_the_total():
    got = reading(sample("610"), sample("100", phase="L1"), sample("200", phase="L2"))

    assert (got.energy_wh, got.deviations) == (610, ())


def test_power_per_phase_is_summed_without_remark():
    got = reading(*(sample("3.6805", "Power.Active.Import", "kW", f"L{n}") for n in (1, 2, 3)))

    assert (got.power_w, got.deviations) == (11042, ())


def test_a_voltage_between_phases_is_no_phase_voltage():
    got = reading(sample("400", "Voltage", "V", "L1-L2"), sample("230", "Voltage", "V", "L1"))

    assert got.voltage_v == (230.0, None, None)
    assert got.other == {"Voltage/L1-L2": 400.0}


@pytest.mark.parametrize("order", [1, -1])
def test_against_neutral_goes_before_a_bare_phase_of_the_same_instant(order):
    got = reading(*[sample("229", "Voltage", "V", "L1"), sample("230", "Voltage", "V", "L1-N")][::order])

    assert got.voltage_v == (230.0, None, None)
    assert got.other == {"Voltage/L1": 229.0}


def test_direct_current_stands_in_the_first_place():
    got = reading(sample("120", "Current.Import", "A"), sample("390", "Voltage", "V"))

    assert (got.current_a, got.voltage_v) == ((120.0, None, None), (390.0, None, None))


@pytest.mark.parametrize("order", [1, -1])
def test_the_outlet_goes_before_other_places(order):
    got = reading(*[sample("900", location="Inlet"), sample("800", location="Outlet")][::order])

    assert got.energy_wh == 800
    assert got.other == {"Energy.Active.Import.Register/Inlet": 900.0}


def test_another_place_alone_is_taken():
    assert reading(sample("900", location="Inlet")).energy_wh == 900


def test_a_sample_said_twice_counts_once():
    got = reading(sample("900"), sample("901"))

    assert (got.energy_wh, got.deviations) == (900, ("sample-repeated",))


def test_an_unknown_context_is_other():
    got = reading(sample("1", context="Sample.Weekly"))

    assert (got.context, got.deviations) == ("Other", ("context-unknown",))


def test_registers_of_begin_and_end_under_one_timestamp_are_parted():
    begin, middle, end = (sample("1", context=c) for c in ("Transaction.Begin", "Sample.Periodic", "Transaction.End"))

    assert split_by_moment([end, middle, begin]) == [[begin], [middle], [end]]
    assert split_by_moment([middle, middle]) == [[middle, middle]]
