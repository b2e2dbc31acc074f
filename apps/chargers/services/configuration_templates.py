"""Templates of settings: made, changed version by version, applied by hand."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from apps.accounts.models import Organisation
from apps.chargers import events
from apps.chargers.choices import CommandOrigin, ProtocolFamily
from apps.chargers.engine.templates import problem_with
from apps.chargers.models import (
    ChargingStation,
    ConfigurationDrift,
    ConfigurationTemplate,
    StationOperation,
    TemplateVersion,
)
from apps.chargers.services.drift import find_drift
from apps.chargers.services.operations import set_variables
from apps.chargers.services.setting_addresses import wish_of
from apps.core import outbox
from apps.core.audit import record_audit
from apps.core.errors import DomainError

MAX_ENTRIES = 200
APPLY_DEADLINE_S = 3_600
"""How long an absent station is waited for when a person applies templates."""
_FIELDS = ("name", "family", "vendor_pattern", "model_pattern", "firmware_pattern", "is_active")


class TemplateInvalid(DomainError):
    code = "configuration_template_invalid"


class NothingToApply(DomainError):
    code = "nothing_to_apply"
    message = "The station is set as its templates ask for, as far as it has told."


def save_template(
    *,
    template: ConfigurationTemplate | None = None,
    organisation: Organisation | None = None,
    name: str,
    entries: Sequence[Mapping[str, Any]],
    family: str = ProtocolFamily.OCPP2,
    vendor_pattern: str = "",
    model_pattern: str = "",
    firmware_pattern: str = "",
    is_active: bool = True,
    actor,
    at: datetime,
    address: str | None = None,
) -> ConfigurationTemplate:
    """Make a template for ``organisation``, or change ``template``; other entries make a new version of it.

    Nothing is sent: stations that boot from now on are brought to it where they provision by themselves, others when
    somebody applies it. Raises ``TemplateInvalid`` with ``field``.
    """
    family = ProtocolFamily(family)
    wanted = [{key: value for key, value in entry.items() if value not in ("", None)} for entry in entries]
    _check(name, wanted, family)
    values = {
        "name": name.strip(), "family": family, "vendor_pattern": vendor_pattern.strip(),
        "model_pattern": model_pattern.strip(), "firmware_pattern": firmware_pattern.strip(), "is_active": is_active,
    }  # fmt: skip
    is_new = template is None
    template = template or ConfigurationTemplate(organisation=organisation, created_at=at)
    before = {field: None if is_new else getattr(template, field) for field in _FIELDS}
    for field, value in values.items():
        setattr(template, field, value)
    changes = {field: [before[field], values[field]] for field in _FIELDS if before[field] != values[field]}
    try:
        with transaction.atomic():
            template.save()
            number = _add_version(template, wanted, actor, at)
            if number:
                changes["version"] = [number - 1 or None, number]
            _announce(template, f"configuration_template.{'created' if is_new else 'edited'}", actor, address, changes)
    except IntegrityError as error:
        raise TemplateInvalid("There is a template of this name already.", field="name") from error
    return template


@transaction.atomic
def remove_template(*, template: ConfigurationTemplate, actor, at: datetime, address: str | None = None) -> None:
    """Its stations keep the settings that they have; nothing asks for them any more."""
    _announce(template, "configuration_template.removed", actor, address, {"name": [template.name, None]})
    template.delete()


def apply_templates(
    *,
    station: ChargingStation,
    actor,
    origin: CommandOrigin,
    at: datetime,
    variables: Iterable[int] | None = None,
    deadline_s: int = APPLY_DEADLINE_S,
    address: str | None = None,
) -> StationOperation:
    """Set everything in which ``station`` differs from its templates, or those of its ``variables`` (keys), now.

    An absent station is waited for ``deadline_s``. Raises ``NothingToApply``, ``CommandRefused``.
    """
    find_drift([station.pk], at=at)
    rows = ConfigurationDrift.objects.filter(station=station).select_related("variable").order_by("pk")
    if variables is not None:
        rows = rows.filter(variable__in=list(variables))
    rows = [row for row in rows if row.variable.mutability != "ReadOnly"]
    if not rows:
        raise NothingToApply
    with transaction.atomic():
        operation = set_variables(
            station=station, variables=[wish_of(row.variable, row.wanted) for row in rows], actor=actor, origin=origin,
            at=at, deadline_s=deadline_s, address=address,
        )  # fmt: skip
        ConfigurationDrift.objects.filter(pk__in=[row.pk for row in rows]).update(tried_at=at, last_word="", attempts=0)
    return operation


def find_drift_of_organisation(organisation_id: int, *, at: datetime) -> None:
    """After its templates changed: all of its stations that told of themselves."""
    stations = ChargingStation.objects.in_use().filter(site__organisation=organisation_id)
    ids = set(stations.values_list("pk", flat=True))
    find_drift(ids, at=at)
    ConfigurationDrift.objects.filter(station__in=ids, template__is_active=False).delete()


def current_entries(template: ConfigurationTemplate) -> list[dict[str, Any]]:
    """Of its newest version."""
    return template.versions.order_by("-number").values_list("entries", flat=True).first() or []


def _check(name: str, entries: Sequence[Mapping[str, Any]], family: str) -> None:
    if not name.strip():
        raise TemplateInvalid("Give it a name.", field="name")
    if len(entries) > MAX_ENTRIES:
        raise TemplateInvalid(f"A template has at most {MAX_ENTRIES} entries.", field="entries")
    for place, entry in enumerate(entries, 1):
        problem = problem_with(entry, family)
        if problem:
            raise TemplateInvalid(f"Entry {place}: {problem}", field="entries")


def _add_version(template: ConfigurationTemplate, entries: list[dict[str, Any]], actor, at: datetime) -> int:
    """The number of the new version, 0 where nothing changed."""
    wanted = [{key: str(value) for key, value in entry.items()} for entry in entries]
    newest = template.versions.order_by("-number").first()
    if newest is not None and newest.entries == wanted:
        return 0
    number = (template.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    TemplateVersion.objects.create(template=template, number=number, entries=wanted, made_at=at, made_by=actor)
    return number


def _announce(template: ConfigurationTemplate, action: str, actor, address: str | None, changes: dict) -> None:
    record_audit(
        actor=actor, action=action, subject=template, organisation=template.organisation, changes=changes,
        address=address,
    )  # fmt: skip
    outbox.record(outbox.Event(events.TEMPLATE_CHANGED, template.pk, {"organisation_id": template.organisation_id}))
