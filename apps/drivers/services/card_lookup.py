"""Finding the tokens, places and rules that verdicts rest on, for many requests in one statement each."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.chargers.models import DeviceVariable, Evse
from apps.core.db.reading import columns_of, read
from apps.core.db.rowsets import is_any_of
from apps.drivers.engine.access import Rule
from apps.drivers.models import AccessRule, Driver, DriverGroup
from apps.drivers.models import IdToken as StoredToken
from apps.sites.choices import AccessPolicy
from apps.sites.models import Site


@dataclass(frozen=True, slots=True)
class StoredCard:
    """A token with what matters of its driver and the driver's group."""

    pk: int
    key: str
    status: str
    expires_at: datetime | None
    parent_group: str
    is_master_pass: bool
    allows_concurrent: bool
    personal_message: str
    driver_id: int
    driver_left_at: datetime | None
    group_id: int | None
    language: str
    max_sessions: int | None
    energy_limit_wh: int | None
    energy_period: str
    charging_priority: int | None


_TOKEN = (
    "organisation_id", "id", "key", "status", "expires_at", "parent_group", "is_master_pass", "allows_concurrent",
    "personal_message",
)  # fmt: skip
_DRIVER = ("id", "left_at", "group_id", "language", "max_sessions", "energy_limit_wh", "energy_period")
_GROUP = ("charging_priority",)
_SITE = ("id", "access_policy")
_RULE = ("id", "area_id", "group_id", "driver_id", "weekdays", "from_time", "until_time", "free_of_charge", "current")
_TOKEN_COLUMNS = (
    *((StoredToken, name) for name in _TOKEN),
    *((Driver, name) for name in _DRIVER),
    *((DriverGroup, name) for name in _GROUP),
)
_SITE_COLUMNS = (*((Site, name) for name in _SITE), *((AccessRule, name) for name in _RULE))
_TOKENS_SQL = (
    f"SELECT {columns_of(StoredToken, _TOKEN, alias='t')}, {columns_of(Driver, _DRIVER, alias='d')},"
    f" {columns_of(DriverGroup, _GROUP, alias='g')} FROM {StoredToken._meta.db_table} AS t"
    f" JOIN {Driver._meta.db_table} AS d ON d.id = t.driver_id"
    f" LEFT JOIN {DriverGroup._meta.db_table} AS g ON g.id = d.group_id"
)
_RULES_SQL = (
    f"SELECT {columns_of(Site, _SITE, alias='s')}, {columns_of(AccessRule, _RULE, alias='r')} "
    f"FROM {Site._meta.db_table} AS s LEFT JOIN {AccessRule._meta.db_table} AS r ON r.site_id = s.id"
)


def load_cards(organisations: Collection[int], short_keys: Collection[str]) -> dict[int, list[StoredCard]]:
    """Candidates by organisation."""
    in_organisations, first = is_any_of(organisations)
    has_key, second = is_any_of(short_keys, "text")
    sql = f"{_TOKENS_SQL} WHERE t.organisation_id {in_organisations} AND t.short_key {has_key}"
    by_organisation: dict[int, list[StoredCard]] = defaultdict(list)
    for organisation_id, *values in read(sql, [first, second], _TOKEN_COLUMNS):
        by_organisation[organisation_id].append(StoredCard(*values))
    return by_organisation


def load_rules(site_ids: Collection[int]) -> dict[int, tuple[bool, list[Rule]]]:
    """``{site: (only by rule, rules)}``."""
    sites: dict[int, tuple[bool, list[Rule]]] = {}
    is_one, parameter = is_any_of(site_ids)
    for site_id, policy, rule_id, *values in read(f"{_RULES_SQL} WHERE s.id {is_one}", [parameter], _SITE_COLUMNS):
        _, rules = sites.setdefault(site_id, (policy == AccessPolicy.BY_RULE, []))
        if rule_id is not None:
            rules.append(Rule(*values))
    return sites


def load_currents(station_ids: Collection[int]) -> dict[int, dict[int, bool]]:
    """``{station: {EVSE: gives direct current}}``."""
    found: dict[int, dict[int, bool]] = defaultdict(dict)
    rows = Evse.objects.filter(station_id__in=station_ids) if station_ids else Evse.objects.none()
    for station_id, number, is_dc in rows.values_list("station_id", "number", "is_dc"):
        found[station_id][number] = is_dc
    return found


def load_master_pass_groups(station_ids: Sequence[int]) -> dict[int, str]:
    """``{station: its AuthCtrlr.MasterPassGroupId}`` where it told one (OCPP 2.0.1 C16)."""
    if not station_ids:
        return {}
    rows = DeviceVariable.objects.filter(
        station_id__in=station_ids, component="AuthCtrlr", variable="MasterPassGroupId", attribute="Actual"
    )
    return {station_id: value for station_id, value in rows.values_list("station_id", "value") if value}
