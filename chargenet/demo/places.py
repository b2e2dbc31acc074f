"""Sites and stations of the demo."""

from dataclasses import dataclass
from decimal import Decimal

from apps.sites.choices import AccessPolicy, SiteKind


@dataclass(frozen=True, slots=True)
class SiteSpec:
    """A site, its areas, and how busy it is: sessions per station and day, kWh per session."""

    organisation: str
    name: str
    kind: SiteKind
    time_zone: str
    currency: str
    city: str
    country: str
    street: str
    postal_code: str
    latitude: str
    longitude: str
    limit_w: int
    vat_percent: Decimal
    access_policy: AccessPolicy
    areas: tuple[str, ...]
    sessions_per_day: float
    kwh: tuple[float, float]
    hours: tuple[int, ...]


SITES = (
    SiteSpec(
        "nordlicht", "Ladepark Seevetal", SiteKind.PUBLIC, "Europe/Berlin", "EUR", "Seevetal", "DE", "Am Autohof 4",
        "21220", "53.385000", "10.033000", 900_000, Decimal("19"), AccessPolicy.KNOWN_TOKENS, ("North row", "South row"),
        5.0, (15, 55), (7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21),
    ),
    SiteSpec(
        "nordlicht", "Lindenhof", SiteKind.RESIDENTIAL, "Europe/Berlin", "EUR", "Hamburg", "DE", "Lindenallee 12",
        "20259", "53.573000", "9.953000", 88_000, Decimal("19"), AccessPolicy.BY_RULE, ("Garage level -1", "Garage level -2"),
        0.8, (5, 35), (16, 17, 18, 18, 19, 20, 21, 22),
    ),
    SiteSpec(
        "nordlicht", "Kontor Campus", SiteKind.WORKPLACE, "Europe/Helsinki", "EUR", "Helsinki", "FI", "Satamakatu 3",
        "00160", "60.167000", "24.968000", 150_000, Decimal("25.5"), AccessPolicy.KNOWN_TOKENS, ("Visitors", "Staff"),
        1.6, (6, 40), (7, 8, 8, 9, 9, 10, 12, 13),
    ),
    SiteSpec(
        "harbour", "Dock Street Depot", SiteKind.DEPOT, "Europe/London", "GBP", "Hull", "GB", "1 Dock Street",
        "HU1 3AE", "53.743000", "-0.336000", 250_000, Decimal("20"), AccessPolicy.KNOWN_TOKENS, ("Yard",),
        1.1, (20, 60), (17, 18, 18, 19, 20, 5),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A make of station: invented names, plausible ratings."""

    vendor: str
    model: str
    firmware: str
    is_dc: bool
    power_kw: float
    connectors: int
    connector_type: str


AC11 = ModelSpec("Elmwood", "Wallbox One", "3.2.1", False, 11, 1, "cType2")
AC22 = ModelSpec("Elmwood", "Twin 22", "3.4.0", False, 22, 2, "sType2")
DC150 = ModelSpec("Voltaro", "Rapid 150", "1.18.4", True, 150, 2, "cCCS2")
DC50 = ModelSpec("Kestrel", "DC50 Duo", "2024.9", True, 50, 1, "cCCS2")


@dataclass(frozen=True, slots=True)
class StationSpec:
    """``fault`` and ``silent`` make the exceptions that the first page shows."""

    site: str
    identity: str
    name: str
    model: ModelSpec
    version: str
    area: int = 0
    fault: str = ""
    silent: bool = False


def _version(n: int) -> str:
    """The fast chargers of the motorway: the two newest speak 2.1."""
    return "2.1" if n in (7, 8) else "2.0.1" if n % 2 else "1.6"


def _stations() -> tuple[StationSpec, ...]:
    found = [
        StationSpec(
            "Ladepark Seevetal", f"SEE-{n:02}", f"Rapid {n}", DC150 if n <= 6 else DC50,
            _version(n), area=(n - 1) // 4, fault="GroundFailure" if n == 5 else "",
        )
        for n in range(1, 9)
    ]  # fmt: skip
    found += [
        StationSpec("Lindenhof", f"LIN-{n:02}", f"Bay {n}", AC11, "1.6", area=(n - 1) // 5, silent=n == 7)
        for n in range(1, 11)
    ]
    found += [
        StationSpec(
            "Kontor Campus",
            f"KON-{n:02}",
            f"Twin {n}",
            AC22,
            "2.1" if n == 1 else "2.0.1" if n <= 4 else "1.6",
            area=int(n > 2),
        )
        for n in range(1, 7)
    ]
    found += [
        StationSpec(
            "Dock Street Depot", f"DOC-{n:02}", f"Gate {n}", DC50 if n > 4 else AC22, "1.6" if n % 2 else "2.0.1",
            fault="ConnectorLockFailure" if n == 3 else "",
        )
        for n in range(1, 7)
    ]  # fmt: skip
    return tuple(found)


STATIONS = _stations()
