"""Where stations differ from their templates: found anew whenever either changes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from apps.chargers.engine.templates import Entry, Key, Kind, family_of, read_entries, same_value, wishes
from apps.chargers.models import (
    ChargingStation,
    ConfigurationDrift,
    ConfigurationTemplate,
    DeviceVariable,
    TemplateVersion,
)

_KEY = (
    "component", "component_instance", "evse_number", "connector_number", "variable", "variable_instance", "attribute",
)  # fmt: skip
CHUNK = 200
"""Stations looked at together."""


@dataclass(frozen=True, slots=True)
class ActiveTemplate:
    """A template in use with the entries of its newest version."""

    id: int
    organisation_id: int
    family: str
    patterns: tuple[str, str, str]
    entries: list[Entry]


def find_drift(station_ids: Iterable[int], *, at: datetime) -> None:
    """Compare what these stations said with what their templates ask for; keep ``ConfigurationDrift`` true.

    One query where no organisation has a template. A difference keeps its ``since`` and its attempts while the wanted
    value stays; one that has gone is removed. Write-only variables cannot differ visibly and are left out.
    """
    ids = sorted(set(station_ids))
    for start in range(0, len(ids), CHUNK):
        _find(ids[start : start + CHUNK], at)


def active_templates(organisation_ids: Iterable[int]) -> dict[int, list[ActiveTemplate]]:
    """By organisation, in the order in which later ones outrank earlier ones. Two queries."""
    found = list(
        ConfigurationTemplate.objects.filter(organisation__in=set(organisation_ids), is_active=True).order_by("name")
    )
    newest: dict[int, list] = {}
    versions = TemplateVersion.objects.filter(template__in=found).order_by("number") if found else ()
    for version in versions:
        newest[version.template_id] = version.entries
    by_organisation: dict[int, list[ActiveTemplate]] = defaultdict(list)
    for template in found:
        patterns = (template.vendor_pattern, template.model_pattern, template.firmware_pattern)
        entries = read_entries(newest.get(template.pk, []))
        by_organisation[template.organisation_id].append(
            ActiveTemplate(template.pk, template.organisation_id, template.family, patterns, entries)
        )
    return by_organisation


def templates_of(station: ChargingStation, templates: Sequence[ActiveTemplate]) -> list[ActiveTemplate]:
    """Those whose patterns the station fits."""
    kind = Kind(station.vendor, station.model, station.firmware_version, family_of(station.protocol))
    return [t for t in templates if t.family == kind.family and kind.fits(*t.patterns)]


def _find(station_ids: Sequence[int], at: datetime) -> None:
    if not ConfigurationTemplate.objects.filter(organisation__sites__stations__in=station_ids).exists():
        return
    stations = list(ChargingStation.objects.filter(pk__in=station_ids).select_related("site"))
    templates = active_templates({station.site.organisation_id for station in stations})
    mine = {station.pk: templates_of(station, templates[station.site.organisation_id]) for station in stations}
    names = {entry.variable for chosen in mine.values() for template in chosen for entry in template.entries}
    variables: dict[int, dict[Key, DeviceVariable]] = defaultdict(dict)
    if names:
        named = Q(*(Q(variable__iexact=name) for name in sorted(names)), _connector=Q.OR)
        for row in DeviceVariable.objects.filter(named, station__in=station_ids).exclude(mutability="WriteOnly"):
            variables[row.station_id][tuple(getattr(row, name) for name in _KEY)] = row
    stored = {row.variable_id: row for row in ConfigurationDrift.objects.filter(station__in=station_ids)}
    wanted: list[ConfigurationDrift] = []
    for station in stations:
        asked = wishes([(t.id, t.entries) for t in mine[station.pk]], variables[station.pk])
        for key, (template_id, entry) in asked.items():
            row = variables[station.pk][key]
            if not same_value(entry.value, row.value):
                wanted.append(
                    ConfigurationDrift(
                        station=station, variable=row, template_id=template_id, wanted=entry.value, since=at
                    )
                )
    _store(stored, wanted)


def _store(stored: dict[int, ConfigurationDrift], wanted: Sequence[ConfigurationDrift]) -> None:
    differing = {row.variable_id for row in wanted}
    gone = [row.pk for variable, row in stored.items() if variable not in differing]
    if gone:
        ConfigurationDrift.objects.filter(pk__in=gone).delete()
    fresh = [
        row
        for row in wanted
        if (known := stored.get(row.variable_id)) is None
        or (known.wanted, known.template_id) != (row.wanted, row.template_id)
    ]
    ConfigurationDrift.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["variable"],
        update_fields=["template", "wanted", "since", "last_word", "tried_at", "attempts"],
    )
