"""Rows of profiles as they come into force and go out of it. Callers hold the station's ``ChargingControl``."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from apps.chargers.messages.charging_profiles import ChargingProfile, ProfilePurpose, profile_as_json
from apps.core.db.rowsets import without_nul
from apps.energy.choices import IN_FORCE, ProfileState
from apps.energy.models import ChargingControl, InstalledProfile


def lock_controls(station_ids: Iterable[int]) -> dict[int, ChargingControl]:
    """Hold the control rows of the stations, made where there are none, in ascending order."""
    ids = sorted(set(station_ids))
    ChargingControl.objects.bulk_create([ChargingControl(station_id=pk) for pk in ids], ignore_conflicts=True)
    rows = ChargingControl.objects.filter(station_id__in=ids).order_by("station_id").select_for_update()
    return {row.station_id: row for row in rows}


def columns_of(profile: ChargingProfile) -> dict[str, object]:
    """The columns of a row that say what ``profile`` is."""
    content = without_nul(profile_as_json(profile))
    content.pop("transaction_id", None)
    return {
        "profile_id": profile.id,
        "purpose": profile.purpose[:40],
        "stack_level": profile.stack_level,
        "kind": profile.kind[:12],
        "valid_from": profile.valid_from,
        "valid_to": profile.valid_to,
        "transaction_id": without_nul(profile.transaction_id or "")[:36],
        "content": content,
    }


def take(row: InstalledProfile, at: datetime, *, state: ProfileState = ProfileState.ACCEPTED) -> None:
    """``row`` is in force from ``at`` on; what it replaces no longer is (2.0.1 K01.FR.05: same id, or same place)."""
    end(_replaced_by(row), ProfileState.REPLACED, at, f"Profile {row.profile_id} took its place.")
    row.state, row.taken_at, row.explanation = state, at, ""
    row.save()


def end(rows: QuerySet[InstalledProfile], state: ProfileState, at: datetime, explanation: str) -> int:
    """Take the open ones among ``rows`` out of force."""
    return rows.open().update(state=state, ended_at=at, explanation=explanation)


def _replaced_by(row: InstalledProfile) -> QuerySet[InstalledProfile]:
    """Of what the charger held or may hold: the same id, or the same purpose, level and place (and session)."""
    place = Q(evse_number=row.evse_number, purpose=row.purpose, stack_level=row.stack_level)
    if row.purpose == ProfilePurpose.TX:
        place &= Q(transaction_id=row.transaction_id)
    older = InstalledProfile.objects.filter(
        station_id=row.station_id, state__in=(*IN_FORCE, ProfileState.UNANSWERED)
    ).filter(Q(profile_id=row.profile_id) | place)
    return older if row.pk is None else older.exclude(pk=row.pk)
