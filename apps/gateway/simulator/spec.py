"""What a simulated station is: identity, hardware and habits."""

from dataclasses import dataclass, field, fields

from apps.gateway.simulator.physics import Outlet

VERSIONS = ("1.6", "2.0.1", "2.1")


class SpecError(ValueError):
    """A station description that cannot be used; the text says which field and why."""


@dataclass(frozen=True)
class StationSpec:
    """One simulated station. `kind` is ac or dc; `max_power_kw` and `phases` are per outlet.

    `broken`: an error code that EVSE 1 reports from the first boot on, until a technician comes. `shows_prices`: it
    has a display for prices and costs and says so.
    """

    identity: str
    version: str = "1.6"
    password: str | None = None
    vendor: str = "ChargeNet"
    model: str = "Simulated AC"
    firmware: str = "1.0.0"
    serial: str = ""
    kind: str = "ac"
    connectors: int = 1
    max_power_kw: float = 11.0
    phases: int = 3
    tokens: tuple[str, ...] = ()
    arrivals_per_hour: float = 4.0
    fault_probability: float = 0.0
    broken: str = ""
    offline_per_hour: float = 0.0
    meter_interval_s: float = 30.0
    shows_prices: bool = False
    misbehave: tuple[str, ...] = field(default_factory=tuple)

    def __post_init__(self) -> None:
        if not self.identity or len(self.identity) > 48:
            raise SpecError(f"identity {self.identity!r}: 1 to 48 characters are needed")
        if self.version not in VERSIONS:
            raise SpecError(f"{self.identity}: version {self.version!r} is none of {', '.join(VERSIONS)}")
        if self.kind not in ("ac", "dc"):
            raise SpecError(f"{self.identity}: kind {self.kind!r} is neither ac nor dc")
        if self.connectors < 1 or self.max_power_kw <= 0 or self.phases not in (1, 3):
            raise SpecError(f"{self.identity}: connectors ≥ 1, max_power_kw > 0 and phases 1 or 3 are needed")

    @property
    def outlet(self) -> Outlet:
        return Outlet(is_dc=self.kind == "dc", max_power_w=self.max_power_kw * 1000, phases=self.phases)

    @property
    def serial_number(self) -> str:
        """At most 25 characters, the limit both versions share."""
        return (self.serial or f"SN-{self.identity}")[:25]


def spec_from_dict(data: dict) -> StationSpec:
    """A spec from JSON data. Raises SpecError naming an unknown or missing field."""
    known = {item.name for item in fields(StationSpec)}
    if unknown := sorted(set(data) - known):
        raise SpecError(f"{data.get('identity', '?')}: unknown field {', '.join(unknown)}")
    if "identity" not in data:
        raise SpecError("a station without identity")
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
    return StationSpec(**values)
