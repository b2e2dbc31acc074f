"""Who can sign in to the demo, and who charges there."""

from dataclasses import dataclass

from apps.accounts.policy import Role
from apps.drivers.choices import GroupKind


@dataclass(frozen=True, slots=True)
class SignIn:
    """A person of the demo; ``site`` limits the role to one site."""

    name: str
    email: str
    title: str
    organisation: str
    role: Role
    site: str | None = None


SIGN_INS = (
    SignIn("Ada Lindqvist", "ada@nordlicht.example", "Operator, all of Nordlicht", "nordlicht", Role.OPERATOR),
    SignIn(
        "Sam Okafor",
        "sam@nordlicht.example",
        "Site manager, Lindenhof only",
        "nordlicht",
        Role.SITE_MANAGER,
        "Lindenhof",
    ),
    SignIn("Tess Brandt", "tess@nordlicht.example", "Technician", "nordlicht", Role.TECHNICIAN),
    SignIn("Finn Aalto", "finn@nordlicht.example", "Finance", "nordlicht", Role.FINANCE),
    SignIn("Sue Marsh", "sue@nordlicht.example", "Support", "nordlicht", Role.SUPPORT),
    SignIn("Rita Vogel", "rita@nordlicht.example", "Resident at Lindenhof (driver)", "nordlicht", Role.DRIVER),
    SignIn("Otto Hale", "otto@harbour.example", "Operator of the other organisation", "harbour", Role.OPERATOR),
)

FIRST_NAMES = (
    "Rita", "Jonas", "Mara", "Emil", "Lena", "Paul", "Nora", "Felix", "Ida", "Oskar", "Clara", "Anton", "Greta", "Hugo",
    "Frida", "Theo", "Alma", "Linus", "Edda", "Bruno",
)  # fmt: skip
LAST_NAMES = (
    "Vogel", "Keller", "Sommer", "Brandt", "Winter", "Fuchs", "Lorenz", "Hahn", "Busch", "Kühn", "Pohl", "Engel",
    "Horn", "Roth", "Haas", "Graf", "Ott", "Beck", "Zimmer", "Lang",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class GroupSpec:
    """A group of drivers with how many of them there are and where they are at home."""

    organisation: str
    name: str
    kind: GroupKind
    drivers: int
    site: str
    prefix: str


GROUPS = (
    GroupSpec("nordlicht", "Residents of Lindenhof", GroupKind.RESIDENTS, 16, "Lindenhof", "LH"),
    GroupSpec("nordlicht", "Employees of Kontor", GroupKind.EMPLOYEES, 18, "Kontor Campus", "KC"),
    GroupSpec("nordlicht", "Card holders", GroupKind.VISITORS, 20, "Ladepark Seevetal", "NL"),
    GroupSpec("harbour", "Delivery vans", GroupKind.FLEET, 14, "Dock Street Depot", "HV"),
)
