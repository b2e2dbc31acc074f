"""What stations answer about their lists, whoever asked: by ourselves, by hand, or by a raw call."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from apps.chargers.choices import CommandState
from apps.chargers.facts import Lesson
from apps.chargers.messages.commands.local_lists import (
    FULL,
    GetLocalListVersion,
    LocalListAnswered,
    LocalListVersionTold,
    SendLocalList,
)
from apps.chargers.models import ChargingStation, StationCommand
from apps.drivers.choices import ListState
from apps.drivers.engine.local_list import fingerprint
from apps.drivers.models import LocalList, LocalListEntry
from apps.drivers.services.local_lists.contents import BATCH, count_held, tidy
from apps.drivers.services.local_lists.keeping import is_kept, list_of, nudge
from apps.drivers.services.local_lists.marking import RECHECK

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
MAX_INTEGER = 2**31 - 1
UNKNOWN_TO_STATION = frozenset({"NotImplemented", "NotSupported"})
NO_LISTS = "The station says that it has no local list."
COMMANDS = frozenset({GetLocalListVersion.name, SendLocalList.name})


@transaction.atomic
def learn_list_updates(lessons: Sequence[Lesson[LocalListAnswered]]) -> None:
    """Accepted: the station holds the version and the entries now. All else changes nothing of what it holds."""
    for lesson in lessons:
        row = _row(lesson.station.station_id)
        match lesson.learnt.status:
            case "Accepted":
                _take_over(row, lesson.learnt, lesson.at)
                _go_on(row, lesson.at)
            case "NotSupported":
                _give_up(row)
            case "VersionMismatch":
                row.must_be_full, row.state = True, ListState.CONFLICT
                _try_again(row, lesson.at, "The station holds another version; the whole list is sent.", at_once=True)
            case word:
                row.state = ListState.OUT_OF_STEP
                row.must_be_full = row.must_be_full or row.failures > 0
                _try_again(row, lesson.at, f"The station answered {word} to version {lesson.learnt.version}.")
        _save(row, lesson.command_id)


@transaction.atomic
def learn_list_versions(lessons: Sequence[Lesson[LocalListVersionTold]]) -> None:
    """A version that is not the one we believe in means that somebody else wrote the list: it is sent as a whole."""
    for lesson in lessons:
        row = _row(lesson.station.station_id)
        told, believed = _as_stored(lesson.learnt.version), row.version
        row.read_at, row.must_be_read = lesson.at, False
        if told < 0:
            _forget_held(row, lesson.at)
            _give_up(row)
        elif told == 0:
            row.version = 0
            _forget_held(row, lesson.at)
            _go_on(row, lesson.at)
        elif told == believed:
            _go_on(row, lesson.at)
        else:
            row.version, row.must_be_full = told, True
            row.state = ListState.CONFLICT
            if believed is not None:
                row.problem = f"The station holds version {told}, not {believed}."
            _plan(row, lesson.at)
        _save(row, lesson.command_id)


@transaction.atomic
def note_command_end(*, command_id: int, name: str, state: str, at: datetime) -> None:
    """Our question was not answered with a word: refused as unknown, lost, or never sent."""
    if name not in COMMANDS or state in (CommandState.ACCEPTED, CommandState.REJECTED):
        return
    row = LocalList.objects.select_for_update(of=("self",)).filter(command_id=command_id).first()
    if row is None:
        return
    command = StationCommand.objects.get(pk=command_id)
    if command.error_code in UNKNOWN_TO_STATION:
        _give_up(row)
    else:
        # Whether the station took it over is not known.
        row.must_be_read = command.sent_at is not None
        row.state = ListState.OUT_OF_STEP
        _try_again(row, at, command.explanation[:200])
    _save(row, command_id)


def _as_stored(version: int) -> int:
    return max(-1, min(version, MAX_INTEGER))


def _row(station_id: int) -> LocalList:
    return list_of(ChargingStation.objects.select_related("site").get(pk=station_id))


def _take_over(row: LocalList, sent: LocalListAnswered, at: datetime) -> None:
    if sent.update_type == FULL:
        row.entries.exclude(held="").update(held="")
        row.must_be_full = False
    stored = {(entry.key, entry.type): entry for entry in row.entries.all()} if sent.entries else {}
    new: dict[tuple[str, str], LocalListEntry] = {}
    changed = []
    for entry in sent.entries:
        identity = (entry.id_token.casefold()[:255], entry.type)
        known = stored.get(identity) or new.get(identity)
        if known is None:
            key, type_ = identity
            known = new[identity] = LocalListEntry(local_list=row, value=entry.id_token, key=key, type=type_)
        elif known.pk:
            changed.append(known)
        known.held = fingerprint(entry)
        known.status = known.status or entry.status
    LocalListEntry.objects.bulk_create(new.values(), batch_size=BATCH)
    LocalListEntry.objects.bulk_update(changed, ["held", "status"], batch_size=BATCH)
    tidy(row)
    row.version, row.failures, row.problem = _as_stored(sent.version), 0, ""
    count_held(row, at=at)


def _forget_held(row: LocalList, at: datetime) -> None:
    row.entries.exclude(held="").update(held="")
    tidy(row)
    count_held(row, at=at)


def _give_up(row: LocalList) -> None:
    row.state, row.problem, row.due_at = ListState.NOT_SUPPORTED, NO_LISTS, None
    row.version, row.is_asked, row.must_be_read, row.must_be_full = None, False, False, False


def _go_on(row: LocalList, at: datetime) -> None:
    """In step, or one difference nearer to it."""
    if not (row.is_asked or is_kept(row.station_id)):
        row.state, row.due_at = ListState.BY_HAND, None
        return
    is_done = bool(row.version) and not row.must_be_full and not row.entries.out_of_step().exists()
    row.state = ListState.IN_STEP if is_done else ListState.OUT_OF_STEP
    if is_done:
        row.problem, row.failures = "", 0
    _plan(row, at + RECHECK if is_done and not row.is_asked else at)


def _plan(row: LocalList, due_at: datetime) -> None:
    row.due_at = due_at if row.is_asked or is_kept(row.station_id) else None
    if row.due_at is None:
        row.state = ListState.BY_HAND


def _try_again(row: LocalList, at: datetime, problem: str, *, at_once: bool = False) -> None:
    """After a pause that doubles with every failure."""
    pause = min(FIRST_PAUSE * 2 ** min(row.failures, 10), LONGEST_PAUSE)
    row.problem = problem
    _plan(row, at if at_once and row.failures == 0 else at + pause)
    row.failures += 1


def _save(row: LocalList, command_id: int) -> None:
    if row.command_id == command_id:
        row.command, row.sending_version = None, None
    row.save()
    nudge(row.station)
