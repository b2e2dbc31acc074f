"""Noting that lists may be out of step, soon to be looked at: many changes within seconds become one update."""

from datetime import datetime, timedelta

from django.db.models import Q

from apps.drivers.choices import ListState
from apps.drivers.models import LocalList, LocalListEntry
from apps.drivers.services.local_lists.keeping import adopt_lists

DEBOUNCE = timedelta(seconds=5)
RECHECK = timedelta(hours=1)
"""Cards expire and sites change their policy without an event: every list is looked at this often."""
READ_AGAIN = timedelta(minutes=10)


def mark_organisation(*, organisation_id: int, at: datetime) -> int:
    """Look at every kept list of the organisation soon; return how many that are."""
    return _mark(Q(station__site__organisation_id=organisation_id), at)


def mark_site(*, site_id: int, at: datetime) -> int:
    """As ``mark_organisation`` for one site."""
    return _mark(Q(station__site_id=site_id), at)


def mark_station(*, station_id: int, at: datetime) -> int:
    """Look at one station's list now: it came online."""
    return LocalList.objects.filter(station_id=station_id, due_at__isnull=False).update(due_at=at)


def mark_booted(*, station_id: int, firmware_changed: bool, at: datetime) -> int:
    """The station booted: whether it still holds the list is asked for, unless it said so minutes ago.

    One that had no lists may have them with another firmware.
    """
    if firmware_changed:
        without = LocalList.objects.filter(station_id=station_id, state=ListState.NOT_SUPPORTED)
        without.update(state=ListState.OUT_OF_STEP, problem="", due_at=at + DEBOUNCE)
    rows = LocalList.objects.filter(station_id=station_id, due_at__isnull=False)
    told_long_ago = Q(read_at=None) | Q(read_at__lt=at - READ_AGAIN)
    return rows.filter(told_long_ago).update(must_be_read=True, due_at=at + DEBOUNCE)


def remember_token(*, id_token_id: int) -> None:
    """Somebody changed a card that stations were told to forget: it may be sent again."""
    LocalListEntry.objects.filter(id_token_id=id_token_id, is_forgotten=True).update(is_forgotten=False)


def sweep_lists(*, at: datetime) -> int:
    """Begin to keep the lists of stations that are to be kept since; return how many."""
    return adopt_lists(at=at)


def _mark(wanted: Q, at: datetime) -> int:
    due_at = at + DEBOUNCE
    return LocalList.objects.filter(wanted, due_at__gt=due_at).update(due_at=due_at)
