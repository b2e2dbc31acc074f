"""Messages on the display in 2.0.1 (block O)."""

from datetime import datetime
from typing import Any

from apps.chargers.messages.commands.display import (
    ClearDisplayMessage,
    DisplayMessageAnswered,
    DisplayMessageCleared,
    DisplayReadAnswered,
    GetDisplayMessages,
    SetDisplayMessage,
)
from apps.chargers.messages.display import DisplayContent, DisplayText
from apps.chargers.messages.events.display import DisplayMessagesNotified
from apps.chargers.messages.results import CommandResult
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder, ResultDecoder
from apps.gateway.protocol.fields import encode_empty
from apps.gateway.protocol.results import read_status, with_lesson
from apps.gateway.protocol.timestamps import parse_timestamp


def decode_notify_display_messages(payload: dict[str, Any], received_at: datetime) -> DisplayMessagesNotified:
    deviations: list[str] = []
    return DisplayMessagesNotified(
        request_id=int(payload["requestId"]),
        to_be_continued=payload.get("tbc", False),
        messages=tuple(read_message(info, deviations) for info in payload.get("messageInfo", ())),
        deviations=tuple(dict.fromkeys(deviations)),
    )


def read_message(info: dict[str, Any], deviations: list[str]) -> DisplayContent:
    """A MessageInfoType; 2.1 adds ``messageExtra``."""
    return DisplayContent(
        number=int(info["id"]),
        priority=info["priority"],
        text=_text(info["message"]),
        state=info.get("state", ""),
        starts_at=_instant(info.get("startDateTime"), deviations),
        ends_at=_instant(info.get("endDateTime"), deviations),
        transaction_id=info.get("transactionId", ""),
        extra=tuple(_text(text) for text in info.get("messageExtra", ())),
    )


def _text(message: dict[str, Any]) -> DisplayText:
    return DisplayText(message["content"], message["format"], message.get("language", ""))


def _instant(text: str | None, deviations: list[str]) -> datetime | None:
    if text is None:
        return None
    instant, deviation = parse_timestamp(text)
    if deviation:
        deviations.append(deviation)
    return instant


def encode_set_display_message(command: SetDisplayMessage) -> tuple[str, dict[str, Any]]:
    message = {"format": command.format, "content": command.content}
    if command.language:
        message["language"] = command.language
    fields = {
        "state": command.state,
        "startDateTime": command.starts_at,
        "endDateTime": command.ends_at,
        "transactionId": command.transaction_id,
        "messageExtra": list(command.extra) if command.extra else None,
    }
    info = {"id": command.message_id, "priority": command.priority, "message": message}
    return "SetDisplayMessage", {"message": info | {name: value for name, value in fields.items() if value}}


def encode_get_display_messages(command: GetDisplayMessages) -> tuple[str, dict[str, Any]]:
    fields = {
        "id": list(command.message_ids) if command.message_ids else None,
        "priority": command.priority,
        "state": command.state,
    }
    payload: dict[str, Any] = {"requestId": command.request_id}
    return "GetDisplayMessages", payload | {name: value for name, value in fields.items() if value}


def encode_clear_display_message(command: ClearDisplayMessage) -> tuple[str, dict[str, Any]]:
    return "ClearDisplayMessage", {"id": command.message_id}


def read_set_display_message(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    result = read_status(request, response)
    content = read_message(request["message"], [])
    return with_lesson(result, DisplayMessageAnswered(content, result.accepted, result.status))


def read_get_display_messages(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    result = read_status(request, response)
    learnt = DisplayReadAnswered(
        request_id=int(request["requestId"]),
        is_told=result.accepted,
        is_filtered=any(name in request for name in ("id", "priority", "state")),
        numbers=tuple(int(number) for number in request.get("id", ())),
        priority=request.get("priority", ""),
        state=request.get("state", ""),
    )
    return with_lesson(result, learnt)


def read_clear_display_message(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    result = read_status(request, response)
    return with_lesson(result, DisplayMessageCleared(int(request["id"]), result.accepted, result.status))


DECODE: dict[str, Decoder] = {"NotifyDisplayMessages": decode_notify_display_messages}
ENCODE_REPLY: dict[str, ReplyEncoder] = {"NotifyDisplayMessages": encode_empty}
ENCODE: dict[str, CommandEncoder] = {
    SetDisplayMessage.name: encode_set_display_message,
    GetDisplayMessages.name: encode_get_display_messages,
    ClearDisplayMessage.name: encode_clear_display_message,
}
DECODE_RESULT: dict[str, ResultDecoder] = {
    "SetDisplayMessage": read_set_display_message,
    "GetDisplayMessages": read_get_display_messages,
    "ClearDisplayMessage": read_clear_display_message,
}
