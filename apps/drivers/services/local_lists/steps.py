"""Looking at a list that is due, and asking of its station the one thing that brings it nearer to its goal."""

from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction

from apps.chargers.choices import UNSETTLED_STATES, CommandOrigin, CommandState
from apps.chargers.messages.commands import Command
from apps.chargers.messages.commands.local_lists import (
    DIFFERENTIAL,
    FULL,
    GetLocalListVersion,
    SendLocalList,
)
from apps.chargers.models import StationCommand
from apps.chargers.services.commands import announce_commands, insert_commands
from apps.drivers.choices import ListState
from apps.drivers.engine.local_list import Limits, arguments_of, entry_of, first_message
from apps.drivers.models import LocalList, LocalListEntry
from apps.drivers.services.local_lists.contents import limits_of, refresh_contents
from apps.drivers.services.local_lists.keeping import is_kept, nudge
from apps.drivers.services.local_lists.marking import RECHECK

log = structlog.get_logger(__name__)
DEADLINE_S = 120
WAIT_FOR_ANSWER = timedelta(seconds=30)
WAIT_AFTER_ERROR = timedelta(minutes=10)
WAIT_FOR_STATION = timedelta(minutes=5)
MAX_VERSION = 2**31 - 2


def send_due_lists(*, at: datetime, limit: int = 200) -> int:
    """Take one step for every list that is due, each in a transaction of its own; return how many were looked at.

    Harmless beside itself: a list that somebody else looks at is left alone.
    """
    looked_at = 0
    for pk in list(LocalList.objects.due(at).values_list("pk", flat=True)[:limit]):
        try:
            looked_at += _look_at(pk, at)
        except Exception as error:  # an edge: one list that cannot be looked at must not hold up the others
            log.error("local_list.step_failed", local_list_id=pk, exc_info=error)
            LocalList.objects.filter(pk=pk).update(due_at=at + WAIT_AFTER_ERROR)
    return looked_at


def _look_at(pk: int, at: datetime) -> int:
    with transaction.atomic():
        row = _claim(pk, at)
        if row is None:
            return 0
        _take_step(row, at)
        row.save()
        nudge(row.station)
    return 1


def _claim(pk: int, at: datetime) -> LocalList | None:
    skip = connection.features.has_select_for_update_skip_locked
    rows = LocalList.objects.select_for_update(of=("self",), skip_locked=skip)
    rows = rows.select_related("station__site__organisation", "station__connection", "command")
    return rows.filter(pk=pk, due_at__lte=at).first()


def _take_step(row: LocalList, at: datetime) -> None:
    station = row.station
    kept = is_kept(station.pk)
    if station.retired_at is not None or not (kept or row.is_asked):
        row.due_at, row.state = None, ListState.BY_HAND
        return
    if row.state == ListState.NOT_SUPPORTED and not row.is_asked:
        row.due_at = None
        return
    if row.command is not None and row.command.state in UNSETTLED_STATES:
        row.due_at = at + WAIT_FOR_ANSWER
        return
    limits = limits_of(station.pk)
    refresh_contents(row, station, limits, at=at)
    command = _next_command(row, limits)
    if command is None:
        row.state, row.is_asked, row.problem = ListState.IN_STEP, False, ""
        row.due_at = at + RECHECK if kept else None
        return
    if not _is_reachable(row):
        row.state = row.state if row.state == ListState.CONFLICT else ListState.OUT_OF_STEP
        row.due_at = at + WAIT_FOR_STATION
        return
    send(row, command, at=at)


def _is_reachable(row: LocalList) -> bool:
    connection_row = getattr(row.station, "connection", None)
    return connection_row is not None and connection_row.is_online and row.station.registration != "Rejected"


def _next_command(row: LocalList, limits: Limits) -> Command | None:
    """The version is read first where it is not known and nobody asked for a list at once."""
    if row.must_be_read or (row.version is None and not row.must_be_full):
        return GetLocalListVersion()
    if row.must_be_full or not row.version:
        return full_update(row, limits)
    return _difference(row, limits)


def full_update(row: LocalList, limits: Limits) -> Command | None:
    wanted = row.entries.exclude(wanted="").order_by("rank", "pk")
    if not row.must_be_full and not wanted.exists():
        return None
    return _update(row, FULL, wanted[: limits.items], limits)


def _difference(row: LocalList, limits: Limits) -> Command | None:
    """What must not be accepted any more goes first."""
    differing = row.entries.out_of_step()
    removed = list(differing.filter(wanted="").order_by("pk")[: limits.items])
    changed = differing.exclude(wanted="").exclude(held="").order_by("rank")[: limits.items]
    new = differing.filter(held="").order_by("rank")[: limits.items]
    entries = [*removed, *changed, *new][: limits.items]
    return _update(row, DIFFERENTIAL, entries, limits) if entries else None


def _update(row: LocalList, update_type: str, entries, limits: Limits) -> SendLocalList:
    chosen = first_message([_entry(entry) for entry in entries], limits)
    version = 1 if (row.version or 0) >= MAX_VERSION else max(row.version or 0, 0) + 1
    return SendLocalList(version, update_type, tuple(arguments_of(entry) for entry in chosen))


def _entry(entry: LocalListEntry):
    return entry_of(entry.value, entry.type, entry.wanted)


def send(row: LocalList, command: Command, *, at: datetime, origin: CommandOrigin = CommandOrigin.AUTOMATION) -> None:
    """Enter ``command`` for the list's station and note on ``row``, which the caller saves, that it is under way."""
    (stored,) = insert_commands(
        [(row.station_id, command)],
        origin=origin,
        state=CommandState.PENDING,
        at=at,
        deadline_at=at + timedelta(seconds=DEADLINE_S),
    )
    announce_commands([row.station_id])
    note_sent(row, stored, at=at)


def note_sent(row: LocalList, command: StationCommand, *, at: datetime) -> None:
    """Wait for the answer to ``command``."""
    row.command = command
    row.sending_version = command.arguments.get("version")
    if row.sending_version is not None:
        row.state = ListState.SENDING
    row.due_at = at + WAIT_FOR_ANSWER
