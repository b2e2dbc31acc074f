"""Car and charger: exact figures at nominal conditions, monotone registers, limits obeyed, repeatable from a seed."""

from random import Random

import pytest

from apps.gateway.simulator.physics import Car, Meter, Outlet, random_car

DC = Outlet(is_dc=True, max_power_w=150_000)


def test_a_three_phase_car_takes_its_own_current_on_every_phase():
    meter = Meter(Outlet(max_power_w=22_000), car=Car(max_ac_current_a=16))
    sample = meter.step(60)
    assert sample.current_a == (16, 16, 16)
    assert sample.power_w == pytest.approx(16 * 3 * 230, rel=0.02)
    assert sample.soc_percent is None


def test_a_one_phase_car_leaves_the_other_phases_alone():
    sample = Meter(Outlet(max_power_w=22_000), car=Car(max_ac_current_a=32, ac_phases=1)).step(60)
    assert sample.current_a == (31.88, 0.0, 0.0)


@pytest.mark.parametrize(
    ("limits", "current_a"),
    [({"limit_a": 10.0}, 10.0), ({"limit_w": 6_900.0}, 10.0), ({"limit_a": 5.9}, 0.0), ({"limit_w": 0.0}, 0.0)],
)
def test_a_limit_is_obeyed_and_below_six_amperes_nothing_flows(limits, current_a):
    meter = Meter(Outlet(max_power_w=22_000), car=Car())
    assert meter.step(60, **limits).current_a == (current_a,) * 3


def test_dc_is_constant_up_to_the_taper_and_falls_after_it():
    def power_w(soc_percent):
        car = Car(soc_percent=soc_percent, target_percent=101, max_dc_w=100_000, taper_from_percent=60)
        return Meter(DC, car=car).step(0).power_w

    assert [power_w(soc) for soc in (10, 60, 80, 100)] == [100_000, 100_000, 54_000, 8_000]


def test_a_whole_dc_session_is_monotone_and_ends_at_the_target():
    meter = Meter(DC, register_wh=5_000, car=Car(soc_percent=20, target_percent=80))
    samples = [meter.step(60) for _ in range(120)]
    energies = [sample.energy_wh for sample in samples]
    assert energies == sorted(energies)
    assert samples[-1].power_w == 0
    assert 80 <= samples[-1].soc_percent < 82
    assert energies[-1] - 5_000 == pytest.approx(0.6 * 60_000 / 0.95, rel=0.03)


def test_the_same_seed_gives_the_same_session():
    def session():
        meter = Meter(Outlet(), seed=7, car=random_car(Random(7)))
        return [meter.step(30) for _ in range(20)]

    assert session() == session()


def test_without_a_car_nothing_flows():
    sample = Meter(Outlet(), register_wh=123).step(3600)
    assert (sample.energy_wh, sample.power_w, sample.current_a) == (123, 0, (0.0, 0.0, 0.0))
