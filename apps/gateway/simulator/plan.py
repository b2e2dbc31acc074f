"""How a simulated station lives by itself: when cars come, how long they stay, what goes wrong."""

from dataclasses import dataclass
from random import Random

from apps.gateway.simulator.spec import StationSpec

DEFAULT_TOKENS = ("SIM-TOKEN",)
FAULT_CODES = ("GroundFailure", "OverCurrentFailure", "HighTemperature", "ConnectorLockFailure", "PowerMeterFailure")


@dataclass(frozen=True)
class Plan:
    """Habits of one station; durations in seconds of simulated time, which runs `speed` times as fast as ours.

    `arrivals_per_hour` is per EVSE; `fault_probability` per session; `offline_per_hour` per station.
    `broken`: the error code that EVSE 1 shows for good.
    """

    tokens: tuple[str, ...] = DEFAULT_TOKENS
    arrivals_per_hour: float = 4.0
    session_s: tuple[float, float] = (15 * 60, 90 * 60)
    fault_probability: float = 0.0
    broken: str = ""
    repair_s: tuple[float, float] = (120, 1800)
    offline_per_hour: float = 0.0
    offline_s: tuple[float, float] = (60, 900)
    early_share: float = 0.6
    early_within_s: float = 60.0
    handling_s: tuple[float, float] = (2, 8)

    def first_wait_s(self, rng: Random) -> float:
        """Until the first car: most come within a minute, so that a fresh network shows life."""
        return rng.uniform(1, self.early_within_s) if rng.random() < self.early_share else self.wait_s(rng)

    def wait_s(self, rng: Random) -> float:
        """Until the next car, exponentially distributed; infinite without arrivals."""
        return _until_next(rng, self.arrivals_per_hour)

    def offline_wait_s(self, rng: Random) -> float:
        """Until the connection breaks next."""
        return _until_next(rng, self.offline_per_hour)


def _until_next(rng: Random, per_hour: float) -> float:
    return rng.expovariate(per_hour / 3600) if per_hour > 0 else float("inf")


def plan_for(spec: StationSpec) -> Plan:
    """The plan a station's description asks for."""
    return Plan(
        tokens=spec.tokens or DEFAULT_TOKENS,
        arrivals_per_hour=spec.arrivals_per_hour,
        fault_probability=spec.fault_probability,
        broken=spec.broken,
        offline_per_hour=spec.offline_per_hour,
    )
