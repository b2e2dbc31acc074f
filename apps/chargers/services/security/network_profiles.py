"""The configuration slots of a station: what it agreed to, which is free, in which order it tries them."""

from collections.abc import Sequence

from django.db import transaction

from apps.chargers.engine.masking import mask_secrets
from apps.chargers.facts import Lesson
from apps.chargers.messages.commands.network import NetworkProfileSet
from apps.chargers.models import ChargingStation, DeviceVariable, NetworkProfile
from apps.core.db.rowsets import json_text, rows_from, run

PRIORITY = {"component": "OCPPCommCtrlr", "variable": "NetworkConfigurationPriority"}
_COLUMNS = {
    "station_id": "bigint", "slot": "integer", "url": "text", "security_profile": "integer", "ocpp_version": "text",
    "interface": "text", "details": "jsonb", "set_at": "timestamptz",
}  # fmt: skip
_MOST = 2**31 - 1


@transaction.atomic(savepoint=False)
def record_network_profiles(lessons: Sequence[Lesson[NetworkProfileSet]]) -> None:
    """Keep what stations took into their slots; the last of each slot counts. One statement."""
    rows = {
        (lesson.station.station_id, lesson.learnt.slot): (
            lesson.station.station_id, lesson.learnt.slot, lesson.learnt.url[:512], lesson.learnt.security_profile,
            lesson.learnt.ocpp_version[:10], lesson.learnt.interface[:20],
            json_text(mask_secrets(dict(lesson.learnt.details))), lesson.at,
        )
        for lesson in lessons
        if 0 <= lesson.learnt.slot <= _MOST and abs(lesson.learnt.security_profile) < 2**15
    }  # fmt: skip
    if not rows:
        return
    source, parameters = rows_from("v", _COLUMNS, [rows[key] for key in sorted(rows)])
    names = ", ".join(_COLUMNS)
    changed = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name not in ("station_id", "slot"))
    run(
        f"INSERT INTO chargers_networkprofile ({names}) SELECT {names} FROM {source} WHERE true"
        f" ON CONFLICT (station_id, slot) DO UPDATE SET {changed}",
        parameters,
    )


def slots_in_use(station: ChargingStation) -> list[int]:
    """The slots that the station tries, in its order, as it told last; empty where it did not."""
    return _numbers(_priority(station).get("value"))


def free_slot(station: ChargingStation) -> int:
    """A slot that the station offers and does not use; the least tried one where it uses all of them.

    Where it never told its slots, the next number after those it is known to use.
    """
    told = _priority(station)
    used = _numbers(told.get("value"))
    kept = set(NetworkProfile.objects.filter(station=station).values_list("slot", flat=True))
    offered = _numbers(told.get("values_list"))
    free = [slot for slot in offered if slot not in used]
    untouched = [slot for slot in free if slot not in kept]
    if untouched or free:
        return (untouched or free)[0]
    if offered and len(used) > 1:
        return used[-1]
    return min(max([*used, 0]) + 1, _MOST)


def _priority(station: ChargingStation) -> dict:
    row = DeviceVariable.objects.filter(station=station, attribute="Actual", **PRIORITY)
    return row.values("value", "values_list").first() or {}


def _numbers(text: str | None) -> list[int]:
    words = (part.strip() for part in (text or "").split(","))
    numbers = (int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 11)
    return [number for number in numbers if number <= _MOST]
