"""Asking a station to show something, to stop showing it, and to say what it shows."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction

from apps.chargers.choices import CommandOrigin, DisplayMessageState, OcppVersion
from apps.chargers.messages.commands.display import ClearDisplayMessage, GetDisplayMessages, SetDisplayMessage
from apps.chargers.models import ChargingStation, DeviceVariable, DisplayMessage, StationCommand
from apps.chargers.services.commands import enqueue
from apps.core.errors import DomainError
from apps.core.ids import reserve_numbers

FORMATS = ("UTF8", "ASCII", "HTML", "URI")
PRIORITIES = ("NormalCycle", "InFront", "AlwaysFront")
STATES = ("Charging", "Faulted", "Idle", "Unavailable")
_VARIABLES = {"SupportedFormats": "formats", "SupportedPriorities": "priorities", "SupportedStates": "states"}


class UnableToShow(DomainError):
    code = "unable_to_show"
    message = "This cannot be shown on the display."


@dataclass(frozen=True, slots=True)
class Supported:
    """What a station's display can do, as it told; what it did not tell is assumed as the version has it."""

    formats: tuple[str, ...] = FORMATS
    priorities: tuple[str, ...] = PRIORITIES
    states: tuple[str, ...] = STATES


def supported(station: ChargingStation) -> Supported:
    """Formats, priorities and states of ``station``'s display, from its device model."""
    rows = DeviceVariable.objects.filter(
        station=station, component="DisplayMessageCtrlr", variable__in=_VARIABLES, attribute="Actual"
    )
    told = {}
    for variable, value, values_list in rows.values_list("variable", "value", "values_list"):
        words = tuple(word.strip() for word in (value or values_list or "").split(",") if word.strip())
        if words:
            told[_VARIABLES[variable]] = words
    return Supported(**told)


def why_no_display(station: ChargingStation) -> str:
    """Why ``station`` cannot be asked to show messages, in one sentence; ``""`` where it can."""
    if station.protocol == OcppVersion.OCPP16:
        return "Messages on the display begin with OCPP 2; this station speaks 1.6."
    return ""


def set_message(
    *,
    station: ChargingStation,
    content: str,
    actor,
    origin: CommandOrigin,
    at: datetime,
    priority: str = "NormalCycle",
    format: str = "UTF8",
    language: str = "",
    shown_in: str = "",
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    transaction_id: str = "",
    number: int | None = None,
    deadline_s: int = 60,
    address: str | None = None,
) -> DisplayMessage:
    """Ask ``station`` to show ``content``; the row, asked. ``number`` replaces the message of that id.

    Raises ``UnableToShow``, ``CommandRefused``; whether the display can do it, the station says.
    """
    if reason := why_no_display(station):
        raise UnableToShow(reason)
    if not content.strip():
        raise UnableToShow("Write what shall be shown.", field="content")
    if ends_at is not None and ends_at <= max(starts_at or at, at):
        raise UnableToShow("It ends before it begins, or has ended already.", field="ends_at")
    with transaction.atomic():
        number = number or reserve_numbers("display_message", how_many=1)[0]
        command = SetDisplayMessage(
            message_id=number, content=content, priority=priority, format=format, language=language or None,
            state=shown_in or None, starts_at=_text(starts_at), ends_at=_text(ends_at),
            transaction_id=transaction_id or None,
        )  # fmt: skip
        row = enqueue(
            station=station, command=command, actor=actor, origin=origin, at=at, deadline_s=deadline_s, address=address
        )
        return DisplayMessage.objects.create(
            station=station, number=number, content=content, format=format, language=language, priority=priority,
            shown_in=shown_in, starts_at=starts_at, ends_at=ends_at, transaction_id=transaction_id, asked_at=at,
            requested_by=actor, command=row,
        )  # fmt: skip


def clear_message(
    *,
    message: DisplayMessage,
    actor,
    origin: CommandOrigin,
    at: datetime,
    deadline_s: int = 60,
    address: str | None = None,
) -> StationCommand:
    """Ask the station to show it no more. Raises ``UnableToShow`` where it does not."""
    if message.state != DisplayMessageState.INSTALLED:
        raise UnableToShow("The display does not show this message.")
    return enqueue(
        station=message.station, command=ClearDisplayMessage(message_id=message.number), actor=actor, origin=origin,
        at=at, deadline_s=deadline_s, address=address,
    )  # fmt: skip


def read_messages(
    *,
    station: ChargingStation,
    actor,
    origin: CommandOrigin,
    at: datetime,
    numbers: tuple[int, ...] = (),
    priority: str = "",
    state: str = "",
    deadline_s: int = 60,
    address: str | None = None,
) -> StationCommand:
    """Ask what the display shows; without a filter, everything. Raises ``UnableToShow``."""
    if reason := why_no_display(station):
        raise UnableToShow(reason)
    command = GetDisplayMessages(
        request_id=reserve_numbers("ocpp_request", how_many=1)[0],
        message_ids=numbers or None,
        priority=priority or None,
        state=state or None,
    )
    return enqueue(
        station=station, command=command, actor=actor, origin=origin, at=at, deadline_s=deadline_s, address=address
    )


def _text(instant: datetime | None) -> str | None:
    if instant is None:
        return None
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
