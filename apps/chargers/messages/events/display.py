"""What a station tells of its display."""

from dataclasses import dataclass

from apps.chargers.messages.display import DisplayContent
from apps.chargers.messages.events.base import ChargerEvent


@dataclass(frozen=True, slots=True)
class DisplayMessagesNotified(ChargerEvent):
    """NotifyDisplayMessages: one part of the answer to GetDisplayMessages."""

    request_id: int
    to_be_continued: bool
    messages: tuple[DisplayContent, ...]
    deviations: tuple[str, ...] = ()
