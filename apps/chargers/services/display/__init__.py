"""Messages on displays: set, read back, cleared."""

from apps.chargers.services.display.answers import learn_clearings, learn_readings, learn_settings, note_unanswered
from apps.chargers.services.display.asking import (
    UnableToShow,
    clear_message,
    read_messages,
    set_message,
    supported,
    why_no_display,
)
from apps.chargers.services.display.reports import record_display_messages

__all__ = [
    "UnableToShow",
    "clear_message",
    "learn_clearings",
    "learn_readings",
    "learn_settings",
    "note_unanswered",
    "read_messages",
    "record_display_messages",
    "set_message",
    "supported",
    "why_no_display",
]
