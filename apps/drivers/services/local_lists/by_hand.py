"""What people ask of a list: send it whole, read its version, clear it."""

from datetime import datetime

from django.db import transaction

from apps.chargers.choices import CommandOrigin
from apps.chargers.messages.commands.local_lists import FULL, GetLocalListVersion, SendLocalList
from apps.chargers.models import ChargingStation, StationCommand
from apps.chargers.services.commands import enqueue
from apps.drivers.choices import ListState
from apps.drivers.models import LocalList
from apps.drivers.services.local_lists.contents import limits_of, refresh_contents
from apps.drivers.services.local_lists.keeping import list_of, set_keep
from apps.drivers.services.local_lists.steps import MAX_VERSION, full_update, note_sent

DEADLINE_S = 300


def send_full(*, station: ChargingStation, actor, origin: CommandOrigin, at: datetime, address=None) -> StationCommand:
    """Send the whole list now, as it should be; what does not fit into one message follows. Also where it is not kept.

    Raises ``CommandRefused``.
    """
    with transaction.atomic():
        row = list_of(station)
        row.is_asked, row.must_be_full, row.must_be_read, row.failures = True, True, False, 0
        limits = limits_of(station.pk)
        refresh_contents(row, station, limits, at=at)
        return _ask(row, station, full_update(row, limits), actor, origin, at, address)


def read_version(
    *, station: ChargingStation, actor, origin: CommandOrigin, at: datetime, address=None
) -> StationCommand:
    """Ask which version the station holds. Raises ``CommandRefused``."""
    with transaction.atomic():
        return _ask(list_of(station), station, GetLocalListVersion(), actor, origin, at, address)


def clear_list(*, station: ChargingStation, actor, origin: CommandOrigin, at: datetime, address=None) -> StationCommand:
    """Have the station forget its list, and keep it no longer. Raises ``CommandRefused``."""
    with transaction.atomic():
        set_keep(station=station, keep=False, actor=actor, at=at)
        row = list_of(station)
        row.is_asked, row.must_be_full = False, False
        row.entries.update(wanted="", status="")
        version = 1 if (row.version or 0) >= MAX_VERSION else (row.version or 0) + 1
        return _ask(row, station, SendLocalList(version, FULL), actor, origin, at, address)


def _ask(row: LocalList, station, command, actor, origin, at, address) -> StationCommand:
    stored = enqueue(
        station=station, command=command, actor=actor, origin=origin, at=at, deadline_s=DEADLINE_S, address=address
    )
    note_sent(row, stored, at=at)
    if row.state == ListState.NOT_SUPPORTED:
        row.state = ListState.OUT_OF_STEP
    row.save()
    return stored
