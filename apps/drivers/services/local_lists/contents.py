"""Working out what the list of a station should say, and keeping it beside what it holds."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from apps.chargers.models import ChargingStation, DeviceVariable
from apps.drivers.engine.access import TokenFacts
from apps.drivers.engine.list_limits import Told, limits_from
from apps.drivers.engine.local_list import Card, Limits, Place, Wanted, fingerprint, that_fit, wanted_entries
from apps.drivers.models import IdToken, LocalList, LocalListEntry
from apps.drivers.services.card_lookup import load_rules

BATCH = 500
_NO_CARDS = ("NoAuthorization", "DirectPayment")
"""Nobody presents these: a start by button, and the token of a guest who pays at once."""
_LIMITS = (
    "SendLocalListMaxLength",
    "LocalAuthListMaxLength",
    "ItemsPerMessage",
    "BytesPerMessage",
    "Entries",
    "Storage",
)
_CARD = (
    "pk", "value", "type", "status", "expires_at", "parent_group", "is_master_pass", "driver_id", "driver__left_at",
    "driver__group_id", "driver__group__charging_priority", "driver__home_site_id",
)  # fmt: skip


def limits_of(station_id: int) -> Limits:
    """What the station told of how much it takes. One query."""
    rows = DeviceVariable.objects.filter(
        station_id=station_id,
        component__in=("ConfigurationKey", "LocalAuthListCtrlr"),
        variable__in=_LIMITS,
        attribute="Actual",
    )
    columns = ("component", "variable", "variable_instance", "value", "max_limit")
    return limits_from(Told(*values) for values in rows.values_list(*columns))


def refresh_contents(row: LocalList, station: ChargingStation, limits: Limits, *, at: datetime) -> None:
    """Bring ``wanted`` of the list's entries up to date; counts are set on ``row``, which the caller saves.

    Four reads; writes only where something changed.
    """
    everything = wanted_entries(_cards(station), _place(station), at=at)
    stored = {(entry.key, entry.type): entry for entry in row.entries.all()}
    everything = [one for one in everything if not _is_forgotten(stored, one)]
    wanted = that_fit(everything, limits)
    row.wanted_count = len(wanted)
    row.left_out_count = len(everything) - len(wanted)
    _write(row, stored, wanted)


def count_held(row: LocalList, *, at: datetime) -> None:
    """Set counts and digest on ``row`` after what is held changed; the caller saves."""
    held = list(row.entries.exclude(held="").order_by("key", "type").values_list("key", "type", "held"))
    digest = hashlib.sha256(repr(held).encode()).hexdigest() if held else ""
    row.held_count = len(held)
    if digest != row.digest:
        row.digest, row.changed_at = digest, at


def tidy(row: LocalList) -> None:
    """Forget entries that are neither wanted nor held."""
    row.entries.filter(wanted="", held="", is_forgotten=False).delete()


def _is_forgotten(stored: dict[tuple[str, str], LocalListEntry], one: Wanted) -> bool:
    entry = stored.get(one.identity)
    return entry is not None and entry.is_forgotten


def _cards(station: ChargingStation) -> Iterable[Card]:
    rows = IdToken.objects.filter(organisation_id=station.site.organisation_id).exclude(type__in=_NO_CARDS)
    for row in rows.values_list(*_CARD).iterator():
        pk, value, type_, status, expires_at, group, is_master, driver_id, left_at, group_id, priority, home = row
        facts = TokenFacts(
            status=status,
            expires_at=expires_at,
            parent_group=group,
            is_master_pass=is_master,
            driver_id=driver_id,
            driver_left_at=left_at,
            group_id=group_id,
            charging_priority=priority or 0,
        )
        yield Card(pk, value, type_, facts, is_at_home=home == station.site_id)


def _place(station: ChargingStation) -> Place:
    only_by_rule, rules = load_rules([station.site_id])[station.site_id]
    evses = dict(station.evses.values_list("number", "is_dc")) if any(rule.current for rule in rules) else {}
    master = station.variables.filter(component="AuthCtrlr", variable="MasterPassGroupId", attribute="Actual")
    group = master.values_list("value", flat=True).first() if station.protocol != "ocpp1.6" else ""
    return Place(station.protocol, only_by_rule, rules, station.area_id, evses, group or "")


def _write(row: LocalList, stored: dict[tuple[str, str], LocalListEntry], wanted: list[Wanted]) -> None:
    new, changed = [], []
    for rank, one in enumerate(wanted):
        entry = stored.pop(one.identity, None)
        values = {
            "value": one.entry.id_token,
            "id_token_id": one.id_token_pk,
            "status": one.entry.status,
            "rank": rank,
            "wanted": fingerprint(one.entry),
        }
        if entry is None:
            key, type_ = one.identity
            new.append(LocalListEntry(local_list=row, key=key, type=type_, **values))
        elif any(getattr(entry, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(entry, name, value)
            changed.append(entry)
    LocalListEntry.objects.bulk_create(new, batch_size=BATCH)
    LocalListEntry.objects.bulk_update(changed, ["value", "id_token", "status", "rank", "wanted"], batch_size=BATCH)
    gone = [entry.pk for entry in stored.values() if entry.wanted]
    LocalListEntry.objects.filter(pk__in=gone).update(wanted="", status="")
    tidy(row)
