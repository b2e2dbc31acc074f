"""A car on a charger: power, current, voltage, state of charge and the meter's register. Pure, seeded.

AC: the current is the lowest of what charger, cable limit and on-board charger allow, equal on every used phase.
DC: constant power up to a state of charge, then a linear taper, as lithium batteries demand.
"""

from dataclasses import dataclass, field
from random import Random

NOMINAL_VOLTAGE_V = 230.0
MIN_AC_CURRENT_A = 6.0  # IEC 61851-1: a car is offered 6 A or more, or nothing
AC_EFFICIENCY = 0.91
DC_EFFICIENCY = 0.95
FINAL_DC_SHARE = 0.08  # of full power, when the battery is full


@dataclass
class Car:
    """`soc_percent` moves while charging; the car stops taking energy at `target_percent`."""

    battery_wh: float = 60_000
    soc_percent: float = 30.0
    target_percent: float = 90.0
    max_ac_current_a: float = 16.0
    ac_phases: int = 3
    max_dc_w: float = 120_000
    taper_from_percent: float = 65.0
    speaks_15118: bool = False

    @property
    def is_full(self) -> bool:
        return self.soc_percent >= self.target_percent


CAR_KINDS = (  # battery Wh, AC current per phase A, AC phases, DC power W
    (13_000, 16, 1, 30_000),
    (40_000, 32, 1, 50_000),
    (52_000, 16, 3, 110_000),
    (64_000, 16, 3, 100_000),
    (77_000, 16, 3, 170_000),
    (82_000, 16, 3, 220_000),
    (100_000, 24, 3, 200_000),
)


def random_car(rng: Random) -> Car:
    """A plausible car: small and large batteries, one- and three-phase chargers, arriving 8 to 65 % full."""
    battery_wh, ac_current_a, phases, max_dc_w = rng.choice(CAR_KINDS)
    return Car(
        battery_wh=battery_wh,
        soc_percent=round(rng.uniform(8, 65), 1),
        target_percent=rng.choice([80.0, 90.0, 100.0]),
        max_ac_current_a=ac_current_a,
        ac_phases=phases,
        max_dc_w=max_dc_w,
        taper_from_percent=rng.uniform(58, 80),
    )


@dataclass(frozen=True)
class Outlet:
    """What the charger can give: `max_power_w` in all; for AC on `phases` phases."""

    is_dc: bool = False
    max_power_w: float = 11_000
    phases: int = 3

    @property
    def max_current_a(self) -> float:
        """Current per phase for AC."""
        return self.max_power_w / (NOMINAL_VOLTAGE_V * self.phases)


@dataclass(frozen=True)
class Sample:
    """One reading. AC carries a current and a voltage per phase of the outlet, DC one of each and the SoC."""

    energy_wh: float
    power_w: float
    current_a: tuple[float, ...]
    voltage_v: tuple[float, ...]
    soc_percent: float | None
    temperature_c: float


@dataclass
class Meter:
    """The register and the momentary values of one outlet; `step` lets time pass."""

    outlet: Outlet
    seed: int = 0
    register_wh: float = 0.0
    car: Car | None = None
    power_w: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self._rng = Random(self.seed)
        self._voltage_v = NOMINAL_VOLTAGE_V
        self._temperature_c = self._rng.uniform(12, 24)
        self._currents_a: tuple[float, ...] = (0.0,) * self._lines

    @property
    def _lines(self) -> int:
        return 1 if self.outlet.is_dc else self.outlet.phases

    def step(self, dt_s: float, *, limit_w: float | None = None, limit_a: float | None = None) -> Sample:
        """Let `dt_s` ≥ 0 seconds pass under an optional limit (W in all, A per phase) and read the meter."""
        self._voltage_v = NOMINAL_VOLTAGE_V + self._rng.uniform(-3, 3)
        if self.car is None or self.car.is_full:
            self._currents_a, self.power_w = (0.0,) * self._lines, 0.0
        elif self.outlet.is_dc:
            self._charge_dc(dt_s, limit_w, limit_a)
        else:
            self._charge_ac(dt_s, limit_w, limit_a)
        self.register_wh += self.power_w * dt_s / 3600
        warmest_c = 22 + 30 * self.power_w / self.outlet.max_power_w
        self._temperature_c += (warmest_c - self._temperature_c) * min(1.0, dt_s / 900) + self._rng.uniform(-0.2, 0.2)
        return self.read()

    def read(self) -> Sample:
        """The present values without letting time pass."""
        soc_percent = round(self.car.soc_percent, 1) if self.outlet.is_dc and self.car else None
        voltage_v = self._pack_voltage_v if self.outlet.is_dc else self._voltage_v
        return Sample(
            energy_wh=int(self.register_wh),
            power_w=round(self.power_w),
            current_a=tuple(round(current_a, 2) for current_a in self._currents_a),
            voltage_v=tuple(round(voltage_v + shift_v, 1) for shift_v in (0.0, 0.6, -0.4)[: self._lines]),
            soc_percent=soc_percent,
            temperature_c=round(self._temperature_c, 1),
        )

    @property
    def _pack_voltage_v(self) -> float:
        return 340 + 0.8 * (self.car.soc_percent if self.car else 0)

    def _charge_ac(self, dt_s: float, limit_w: float | None, limit_a: float | None) -> None:
        phases = min(self.outlet.phases, self.car.ac_phases)
        current_a = min(self.outlet.max_current_a, self.car.max_ac_current_a)
        if limit_a is not None:
            current_a = min(current_a, limit_a)
        if limit_w is not None:
            current_a = min(current_a, limit_w / (NOMINAL_VOLTAGE_V * phases))
        if current_a < MIN_AC_CURRENT_A:
            current_a = 0.0
        elif self.car.soc_percent > 96:  # the last percents balance the cells at the lowest current
            current_a = MIN_AC_CURRENT_A
        self._currents_a = tuple(current_a if phase < phases else 0.0 for phase in range(self._lines))
        self.power_w = current_a * phases * self._voltage_v
        self._fill(dt_s, AC_EFFICIENCY)

    def _charge_dc(self, dt_s: float, limit_w: float | None, limit_a: float | None) -> None:
        power_w = min(self.outlet.max_power_w, self.car.max_dc_w * self._taper())
        if limit_w is not None:
            power_w = min(power_w, limit_w)
        if limit_a is not None:
            power_w = min(power_w, limit_a * self._pack_voltage_v)
        self.power_w = max(0.0, power_w)
        self._currents_a = (self.power_w / self._pack_voltage_v,)
        self._fill(dt_s, DC_EFFICIENCY)

    def _taper(self) -> float:
        over = self.car.soc_percent - self.car.taper_from_percent
        if over <= 0:
            return 1.0
        return max(FINAL_DC_SHARE, 1 - (1 - FINAL_DC_SHARE) * over / (100 - self.car.taper_from_percent))

    def _fill(self, dt_s: float, efficiency: float) -> None:
        gained_percent = self.power_w * dt_s / 3600 * efficiency / self.car.battery_wh * 100
        self.car.soc_percent = min(100.0, self.car.soc_percent + gained_percent)
