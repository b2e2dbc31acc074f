"""What may come of one received text. The caller acts on each, in order, and journals ``message_type``,
``message_id``, ``action`` and ``error_code``, which every outcome has.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from apps.chargers.messages.events import ChargerEvent
from apps.chargers.messages.results import CommandResult
from apps.gateway.protocol.frames import CALL, CALLERROR, CALLRESULT, CALLRESULTERROR, SEND


@dataclass(slots=True)
class Inbound:
    """A valid CALL, to be handled and then answered by ``Connection.reply`` or ``Connection.fail``, in order.

    A SEND (``is_answered`` false) is handled likewise, but nothing is said to it, whatever becomes of it.

    ``deviations`` are coded departures from the text (of the frame, of the schema in lenient mode, and those of the
    event and its readings), forgiven but to be recorded per station.
    """

    message_id: str
    action: str
    event: ChargerEvent
    payload: dict[str, Any]
    received_at: datetime
    deviations: tuple[str, ...] = ()
    error_code: str = ""
    message_type: int = CALL

    @property
    def is_answered(self) -> bool:
        return self.message_type != SEND


@dataclass(slots=True)
class AnswerNow:
    """``text`` has to be sent at once; nothing is to be handled.

    Either a CALLERROR (``error_code`` set) or, for a repeated CALL, the answer it had before (``error_code`` empty).
    ``payload`` is the refused payload where there was one.
    """

    text: str
    reason: str
    message_id: str
    action: str = ""
    error_code: str = ""
    payload: dict[str, Any] | None = None
    message_type: int = CALL


@dataclass(slots=True)
class CommandAnswered:
    """The charger's valid CALLRESULT to the CALL that was waiting. The next may be sent."""

    message_id: str
    action: str
    result: CommandResult
    payload: dict[str, Any]
    deviations: tuple[str, ...] = ()
    error_code: str = ""
    message_type: int = CALLRESULT


@dataclass(slots=True)
class CommandFailed:
    """The waiting CALL failed: by the charger's CALLERROR, or by an answer that cannot be read. The next may be sent.

    ``error_code`` is the charger's own word, or ours (``FormatViolation``, ``TypeConstraintViolation``, …) where its
    CALLRESULT was invalid; then ``message_type`` is 3, and ``text`` is the CALLRESULTERROR to be sent where the version
    has one.
    """

    message_id: str
    action: str
    error_code: str
    description: str
    details: dict[str, Any] = field(default_factory=dict)
    message_type: int = CALLERROR
    text: str = ""


@dataclass(slots=True)
class AnswerRefused:
    """The charger's CALLRESULTERROR: it could not use our answer to its CALL ``message_id``; to be noted."""

    message_id: str
    error_code: str
    description: str = ""
    action: str = ""
    message_type: int = CALLRESULTERROR


IgnoredReason = Literal[
    "late-answer",
    "unexpected-answer",
    "duplicate-in-flight",
    "unknown-message-type",
    "send-unreadable",
    "send-refused",
    "send-invalid",
    "closed",
]


@dataclass(slots=True)
class Ignored:
    """Nothing to do but to journal it."""

    reason: IgnoredReason
    message_id: str = ""
    action: str = ""
    error_code: str = ""
    message_type: int = 0


@dataclass(slots=True)
class CloseNow:
    """Close the socket with this WebSocket code: the peer talks no OCPP. It is always the last outcome."""

    code: int
    reason: str
    message_id: str = ""
    action: str = ""
    error_code: str = ""
    message_type: int = 0


Outcome = Inbound | AnswerNow | CommandAnswered | CommandFailed | AnswerRefused | Ignored | CloseNow


@dataclass(slots=True)
class SentCall:
    """A CALL of ours, ready to be written to the socket."""

    message_id: str
    action: str
    payload: dict[str, Any]
    text: str
