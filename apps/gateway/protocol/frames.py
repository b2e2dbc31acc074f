"""OCPP-J framing: text to frames and back, for every version (OCPP-J 1.6 §4.2; OCPP 2.0.1 and 2.1 part 4 §4.2).

``parse_frame`` never raises, whatever the text: what cannot be read becomes a ``FrameError``.
"""

from dataclasses import dataclass, field
from typing import Any

import orjson

from apps.gateway.protocol.errors import ErrorCode

CALL = 2
CALLRESULT = 3
CALLERROR = 4
CALLRESULTERROR = 5  # from 2.1 on
SEND = 6  # from 2.1 on

NO_ID = "-1"
MAX_ID_LENGTH = 36
MAX_ECHOED_ID_LENGTH = 255
MAX_DEPTH = 64  # the deepest message of OCPP has about ten levels
MAX_DESCRIPTION_LENGTH = 255


@dataclass(slots=True)
class Call:
    """``[2, id, action, payload]``: a request. ``deviations`` are coded departures of the frame, forgiven."""

    message_id: str
    action: str
    payload: dict[str, Any]
    deviations: tuple[str, ...] = ()


@dataclass(slots=True)
class CallResult:
    """``[3, id, payload]``: a good answer."""

    message_id: str
    payload: dict[str, Any]


@dataclass(slots=True)
class CallError:
    """``[4, id, code, description, details]``: a bad answer. Missing description or details are forgiven."""

    message_id: str
    code: str
    description: str = ""
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class CallResultError:
    """``[5, id, code, description, details]``: what is wrong with a CALLRESULT that was received (2.1)."""

    message_id: str
    code: str
    description: str = ""
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Send:
    """``[6, id, action, payload]``: a message that nobody answers (2.1). ``deviations`` as in ``Call``."""

    message_id: str
    action: str
    payload: dict[str, Any]
    deviations: tuple[str, ...] = ()


@dataclass(slots=True)
class FrameError:
    """A text that is no frame. ``message_id`` is ``"-1"`` where none could be read, ``message_type`` 0 likewise."""

    code: ErrorCode
    description: str
    message_id: str = NO_ID
    message_type: int = 0
    action: str = ""


Frame = Call | CallResult | CallError | CallResultError | Send | FrameError


def parse_frame(text: str, *, lenient: bool = False, last_type: int = CALLERROR) -> Frame:
    """Read one frame. ``lenient`` forgives ids longer than 36 characters (up to 255).

    ``last_type`` is the highest message type of the version: ``CALLERROR``, from 2.1 on ``SEND``.
    """
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError:
        return FrameError(ErrorCode.RPC_FRAMEWORK_ERROR, "The message is not valid JSON.")
    if type(message) is not list or not message:
        return FrameError(ErrorCode.RPC_FRAMEWORK_ERROR, "The message is not a JSON array with elements.")
    if text.count("[") + text.count("{") > MAX_DEPTH and _is_too_deep(message):
        return FrameError(ErrorCode.RPC_FRAMEWORK_ERROR, "The message is nested too deeply.")
    message_type = message[0]
    readable_id = message[1] if len(message) > 1 else None
    if type(message_type) is not int or not CALL <= message_type <= last_type:
        return FrameError(
            ErrorCode.MESSAGE_TYPE_NOT_SUPPORTED, "The message type is not supported.", _echo(readable_id), 0
        )
    limit = MAX_ECHOED_ID_LENGTH if lenient else MAX_ID_LENGTH
    if type(readable_id) is not str or not 0 < len(readable_id) <= limit or "\0" in readable_id:
        return FrameError(
            ErrorCode.FORMAT_VIOLATION,
            f"The message id is not a string of 1 to {MAX_ID_LENGTH} characters.",
            _echo(readable_id),
            message_type,
        )
    if "\\" in text and "\\u0000" in text:
        message = without_nul(message)
        frame = _read_body(message_type, readable_id, message)
        if type(frame) is Call or type(frame) is Send:
            frame.deviations += ("nul-character",)
    else:
        frame = _read_body(message_type, readable_id, message)
    if len(readable_id) > MAX_ID_LENGTH and (type(frame) is Call or type(frame) is Send):
        frame.deviations += ("message-id-too-long",)
    return frame


def _read_body(message_type: int, message_id: str, message: list[Any]) -> Frame:
    if message_type == CALL:
        if len(message) == 4:
            _, _, action, payload = message
            if type(action) is str and type(payload) is dict:
                return Call(message_id, action, payload)
        description = "A CALL is [2, id, action, payload], the action a string and the payload an object."
        action = message[2] if len(message) > 2 and type(message[2]) is str else ""
        return FrameError(ErrorCode.FORMAT_VIOLATION, description, message_id, CALL, action)
    if message_type == CALLRESULT:
        if len(message) == 3 and type(message[2]) is dict:
            return CallResult(message_id, message[2])
        description = "A CALLRESULT is [3, id, payload], the payload an object."
        return FrameError(ErrorCode.FORMAT_VIOLATION, description, message_id, CALLRESULT)
    if message_type == SEND:
        if len(message) == 4 and type(message[2]) is str and type(message[3]) is dict:
            return Send(message_id, message[2], message[3])
        description = "A SEND is [6, id, action, payload], the action a string and the payload an object."
        return FrameError(ErrorCode.FORMAT_VIOLATION, description, message_id, SEND)
    kind = CallError if message_type == CALLERROR else CallResultError
    if len(message) >= 3 and type(message[2]) is str:
        said = message[3] if len(message) > 3 and type(message[3]) is str else ""
        details = message[4] if len(message) > 4 and type(message[4]) is dict else {}
        return kind(message_id, message[2], said, details)
    description = f"A {kind.__name__.upper()} is [{message_type}, id, code, description, details]."
    return FrameError(ErrorCode.FORMAT_VIOLATION, description, message_id, message_type)


def build_call(message_id: str, action: str, payload: dict[str, Any]) -> str:
    """The text of a CALL."""
    return orjson.dumps([CALL, message_id, action, payload]).decode()


def build_call_result(message_id: str, payload: dict[str, Any]) -> str:
    """The text of a CALLRESULT."""
    return orjson.dumps([CALLRESULT, message_id, payload]).decode()


def build_call_error(message_id: str, code: str, description: str = "", details: dict[str, Any] | None = None) -> str:
    """The text of a CALLERROR; the description is cut at the 255 characters that the text allows."""
    return orjson.dumps([CALLERROR, message_id, code, description[:MAX_DESCRIPTION_LENGTH], details or {}]).decode()


def build_call_result_error(message_id: str, code: str, description: str = "") -> str:
    """The text of a CALLRESULTERROR, likewise."""
    return orjson.dumps([CALLRESULTERROR, message_id, code, description[:MAX_DESCRIPTION_LENGTH], {}]).decode()


def _echo(candidate: object) -> str:
    """An id fit to be sent back, so that even a faulty sender can match the answer."""
    if type(candidate) is int:
        return str(candidate)
    if type(candidate) is str and 0 < len(candidate) <= MAX_ECHOED_ID_LENGTH and "\0" not in candidate:
        return candidate
    return NO_ID


def _is_too_deep(message: list[Any]) -> bool:
    level: list[Any] = [message]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for node in level
            for child in (node.values() if type(node) is dict else node)
            if type(child) is dict or type(child) is list
        ]
        if not level:
            return False
    return True


def without_nul(value: Any) -> Any:
    """The same value without U+0000, which no database text can hold (C buffers sent with their padding)."""
    if type(value) is str:
        return value.replace("\0", "")
    if type(value) is list:
        return [without_nul(item) for item in value]
    if type(value) is dict:
        return {key.replace("\0", ""): without_nul(item) for key, item in value.items()}
    return value
