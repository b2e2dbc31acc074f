"""Quirk profiles: edited by operators, worked out for each station and stored with it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from django.db import IntegrityError, transaction
from django.db.models import Q

from apps.accounts.models import Organisation
from apps.chargers import events
from apps.chargers.engine.quirks import Quirks, combine, fits, problem_with, read_quirks
from apps.chargers.models import ChargingStation, QuirkProfile
from apps.chargers.services.announcing import send_to_gateways
from apps.core import outbox
from apps.core.audit import record_audit
from apps.core.errors import DomainError

PATTERNS = ("vendor_pattern", "model_pattern", "firmware_pattern")
CHUNK = 500


class QuirkProfileInvalid(DomainError):
    code = "quirk_profile_invalid"


class QuirkProfileShipped(DomainError):
    code = "quirk_profile_shipped"
    message = "This profile is shipped with the product. Make one of your own: it outranks this."


def stored_quirks(value: Any) -> Quirks:
    """Of the column ``ChargingStation.quirks``, read by raw SQL or not."""
    return read_quirks(orjson.loads(value) if isinstance(value, str | bytes) else value)


def save_quirk_profile(
    *,
    profile: QuirkProfile | None = None,
    organisation: Organisation | None = None,
    name: str,
    quirks: Mapping[str, Any],
    vendor_pattern: str = "",
    model_pattern: str = "",
    firmware_pattern: str = "",
    note: str = "",
    is_active: bool = True,
    actor,
    at: datetime,
    address: str | None = None,
) -> QuirkProfile:
    """Make a profile for ``organisation``, or change ``profile``; its stations follow.

    A profile in use needs a pattern. Raises ``QuirkProfileInvalid`` with ``field``, ``QuirkProfileShipped``.
    """
    for quirk, value in quirks.items():
        problem = problem_with(quirk, value)
        if problem:
            raise QuirkProfileInvalid(problem, field="quirks")
    if not name.strip():
        raise QuirkProfileInvalid("Give it a name.", field="name")
    if is_active and not (vendor_pattern or model_pattern or firmware_pattern):
        raise QuirkProfileInvalid(
            "Say of which vendor, model or firmware this is true; “*” for all.", field="vendor_pattern"
        )
    values = {
        "name": name.strip(), "quirks": dict(quirks), "vendor_pattern": vendor_pattern.strip(),
        "model_pattern": model_pattern.strip(), "firmware_pattern": firmware_pattern.strip(), "note": note,
        "is_active": is_active,
    }  # fmt: skip
    if profile is None:
        profile = QuirkProfile(organisation=organisation, created_at=at)
    _refuse_shipped(profile)
    before = {field: getattr(profile, field) for field in values} if profile.pk else dict.fromkeys(values)
    for field, value in values.items():
        setattr(profile, field, value)
    changes = {field: [before[field], value] for field, value in values.items() if before[field] != value}
    action = "quirk_profile.edited" if profile.pk else "quirk_profile.created"
    try:
        with transaction.atomic():
            profile.save()
            _announce(profile, action, actor, address, changes)
    except IntegrityError as error:
        raise QuirkProfileInvalid("There is a profile of this name already.", field="name") from error
    return profile


@transaction.atomic
def remove_quirk_profile(*, profile: QuirkProfile, actor, at: datetime, address: str | None = None) -> None:
    """Its stations lose what it said of them. Raises ``QuirkProfileShipped``."""
    _refuse_shipped(profile)
    _announce(profile, "quirk_profile.removed", actor, address, {"name": [profile.name, None]})
    profile.delete()


def resolve_quirks(station_ids: Iterable[int]) -> dict[int, Quirks]:
    """Work out the habits of these stations from what they say they are, store what changed, tell the gateways.

    Shipped profiles first, the organisation's own above them; within each, by name. Two queries, none without
    stations.
    """
    ids = sorted(set(station_ids))
    if not ids:
        return {}
    stations = list(ChargingStation.objects.filter(pk__in=ids).select_related("site"))
    organisations = {station.site.organisation_id for station in stations}
    profiles = list(
        QuirkProfile.objects.filter(Q(organisation=None) | Q(organisation__in=organisations), is_active=True)
    )
    profiles.sort(key=lambda profile: (profile.organisation_id is not None, profile.name))
    changed = []
    for station in stations:
        found = combine((p.name, p.quirks) for p in profiles if _is_about(p, station))
        if found != station.quirks:
            station.quirks = found
            changed.append(station)
    if changed:
        ChargingStation.objects.bulk_update(changed, ["quirks"])
        send_to_gateways([station.pk for station in changed], "station.changed")
    return {station.pk: read_quirks(station.quirks) for station in stations}


def resolve_quirks_of_organisation(organisation_id: int) -> None:
    """After its profiles changed: all of its stations, in parts."""
    ids: Sequence[int] = list(
        ChargingStation.objects.in_use().filter(site__organisation=organisation_id).values_list("pk", flat=True)
    )
    for start in range(0, len(ids), CHUNK):
        resolve_quirks(ids[start : start + CHUNK])


def _is_about(profile: QuirkProfile, station: ChargingStation) -> bool:
    return (
        profile.organisation_id in (None, station.site.organisation_id)
        and any(getattr(profile, name) for name in PATTERNS)
        and fits(profile.vendor_pattern, station.vendor)
        and fits(profile.model_pattern, station.model)
        and fits(profile.firmware_pattern, station.firmware_version)
    )


def _refuse_shipped(profile: QuirkProfile) -> None:
    if profile.organisation_id is None:
        raise QuirkProfileShipped


def _announce(profile: QuirkProfile, action: str, actor, address: str | None, changes: dict[str, list]) -> None:
    record_audit(
        actor=actor, action=action, subject=profile, organisation=profile.organisation, changes=changes, address=address
    )
    outbox.record(outbox.Event(events.QUIRKS_CHANGED, profile.pk, {"organisation_id": profile.organisation_id}))
