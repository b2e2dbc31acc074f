"""A message as a station told it, or accepted it, written down."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from apps.chargers.choices import DisplayMessageState
from apps.chargers.messages.display import DisplayContent
from apps.chargers.models import DisplayMessage, DisplayRead
from apps.chargers.services.bounds import keep_newest
from apps.chargers.services.deviations import Deviation, note_deviations

LARGEST = 2**63 - 1
GONE = "Asked again, the station had it no more."


MOST_INSTALLED = 500
"""Messages of one station that it says it has; one more is answered and not kept."""
MOST_ENDED = 500
"""Messages of one station that it has no more; older ones are forgotten."""
_ENDED = f"state IN ('{DisplayMessageState.REPLACED.value}', '{DisplayMessageState.CLEARED.value}')"


def install(station_id: int, content: DisplayContent, at: datetime, *, status: str = "", command_id=None) -> None:
    """The station has this message: its row says so, and what had its number before is replaced."""
    if content.number > LARGEST:
        return
    rows = DisplayMessage.objects.filter(station_id=station_id, number=content.number)
    mine = rows.filter(command_id=command_id).first() if command_id else None
    installed = rows.filter(state=DisplayMessageState.INSTALLED)
    if mine is None and (same := installed.first()) is not None and command_id is None:
        mine = same
    replaced = installed.exclude(pk=mine.pk if mine else None).update(
        state=DisplayMessageState.REPLACED, ended_at=at, explanation="A newer message took its place."
    )
    if mine is None and not replaced and _has_too_many(station_id):
        note_deviations([Deviation(station_id, "too-many-display-messages", f"message {content.number}")], at)
        return
    values = {**values_of(content), "state": DisplayMessageState.INSTALLED, "told_at": at}
    if status:
        values |= {"status_word": status[:60], "explanation": ""}
    if mine is not None:
        DisplayMessage.objects.filter(pk=mine.pk).update(**values)
        return
    DisplayMessage.objects.create(
        station_id=station_id, number=content.number, asked_at=at, command_id=command_id, **values
    )


def forget_long_ended(station_ids: Iterable[int]) -> None:
    """Of messages that stations have no more, remember the newest."""
    keep_newest(DisplayMessage._meta.db_table, station_ids, MOST_ENDED, by="ended_at", only=_ENDED)


def _has_too_many(station_id: int) -> bool:
    installed = DisplayMessage.objects.filter(station_id=station_id, state=DisplayMessageState.INSTALLED)
    return installed.count() >= MOST_INSTALLED


def forget_untold(read: DisplayRead, at: datetime) -> None:
    """Once a reading of everything is complete, what the station did not tell is shown no more. Repeatable."""
    if read.completed_at is None or read.is_filtered:
        return
    installed = DisplayMessage.objects.filter(station=read.station_id, state=DisplayMessageState.INSTALLED)
    installed.filter(told_at__lt=read.started_at).exclude(number__in=read.numbers).update(
        state=DisplayMessageState.CLEARED, ended_at=at, explanation=GONE
    )


def values_of(content: DisplayContent) -> dict:
    return {
        "content": content.text.content,
        "format": content.text.format[:10],
        "language": content.text.language[:8],
        "extra": [asdict(text) for text in content.extra],
        "priority": content.priority[:20],
        "shown_in": content.state[:20],
        "starts_at": content.starts_at,
        "ends_at": content.ends_at,
        "transaction_id": content.transaction_id[:36],
    }
