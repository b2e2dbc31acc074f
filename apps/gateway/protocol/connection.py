"""One charger's connection without its socket: texts in, outcomes out (sans-IO).

    connection = Connection("ocpp1.6", registration=station.registration)
    for outcome in connection.receive_text(text, received_at):
        match outcome:
            case Inbound():           # handle outcome.event, commit, then send connection.reply(id, reply)
            case AnswerNow():         # send outcome.text
            case CommandAnswered():   # settle the command with outcome.result
            case CommandFailed():     # send outcome.text, if there is one, and settle it as failed
            case AnswerRefused():     # note that the charger could not use our answer
            case CloseNow():          # close the socket
    sent = connection.send_command(command, message_id)   # only while connection.can_send

No clock, no I/O, no threads: timeouts are the caller's, who says ``time_out(message_id)``.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from apps.chargers.engine.quirks import DEFAULTS as NO_QUIRKS
from apps.chargers.engine.quirks import Quirks
from apps.chargers.messages.commands import Command
from apps.chargers.messages.replies import BootReply, RegistrationStatus, Reply
from apps.gateway.protocol.adapter import Adapter, adapter_for
from apps.gateway.protocol.errors import CommandNotExpressible, ErrorCode
from apps.gateway.protocol.frames import (
    CALL,
    CALLERROR,
    CALLRESULT,
    CALLRESULTERROR,
    SEND,
    Call,
    CallError,
    CallResult,
    CallResultError,
    FrameError,
    Send,
    build_call,
    build_call_error,
    build_call_result,
    build_call_result_error,
    parse_frame,
)
from apps.gateway.protocol.habits import mender
from apps.gateway.protocol.outcomes import (
    AnswerNow,
    AnswerRefused,
    CloseNow,
    CommandAnswered,
    CommandFailed,
    Ignored,
    IgnoredReason,
    Inbound,
    Outcome,
    SentCall,
)
from apps.gateway.protocol.schemas import Violation

# Answers that age (a clock, a verdict, an interval) are made anew, even where a charger always uses the same id.
NEVER_REPEATED = frozenset({"BootNotification", "Heartbeat", "Authorize"})
POLICY_VIOLATION = 1008  # RFC 6455 §7.4.1
NOT_TO_BE_SENT = "The command does not fit the schema of this OCPP version: {}: {}."


class ConnectionState(Enum):
    """What may be sent. Our CALLs and the charger's are independent: both may be open at once.

    OCPP-J 1.6 §4.1.1 and OCPP 2.0.1 part 4 §4.1.1 (synchronicity): no new CALL before the last one was answered or
    timed out.
    """

    READY = "ready"
    AWAITING_ANSWER = "awaiting answer"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Limits:
    """``garbage_in_a_row``: unreadable texts, one after the other, until the socket is closed (1008).

    ``remembered_answers``: answered CALLs kept to answer a repetition with the same words.
    """

    garbage_in_a_row: int = 20
    remembered_answers: int = 16


DEFAULT_LIMITS = Limits()


class Connection:
    """The protocol of one socket.

    ``version`` is the negotiated subprotocol (``ocpp1.6``, ``ocpp2.0.1``, ``ocpp2.1``); ``KeyError`` for another.
    ``lenient`` forgives what the schema forbids but sense allows, and reports it as deviations; ``quirks`` are habits
    of its model, undone before a payload is decoded.
    ``registration`` is what the station was last told; while Pending or Rejected, everything but BootNotification is
    refused with SecurityError (OCPP 1.6 errata 3.10; 2.0.1 B02.FR.09, B03.FR.07), but for what we asked it to send.
    ``None`` (never told) refuses nothing. It may be set at any time; a ``BootReply`` sets it too.
    """

    __slots__ = (
        "_adapter",
        "_answered",
        "_garbage",
        "_in_flight",
        "_invited",
        "_last_type",
        "_limits",
        "_mend",
        "_outstanding",
        "_timed_out",
        "lenient",
        "registration",
        "state",
    )

    def __init__(
        self,
        version: str,
        *,
        lenient: bool = False,
        registration: RegistrationStatus | None = None,
        limits: Limits = DEFAULT_LIMITS,
        quirks: Quirks = NO_QUIRKS,
    ) -> None:
        self._adapter: Adapter = adapter_for(version)
        self._last_type = SEND if self._adapter.has_send else CALLERROR
        self._limits = limits
        self._in_flight: dict[str, tuple[str, int]] = {}
        self._answered: OrderedDict[str, tuple[int, str]] | None = None
        self._outstanding: SentCall | None = None
        self._timed_out: deque[tuple[str, str]] | None = None
        self._invited: frozenset[str] = frozenset()
        self._garbage = 0
        self.lenient = lenient
        self._mend = mender(quirks)
        self.registration = registration
        self.state = ConnectionState.READY

    def live_with(self, quirks: Quirks) -> None:
        """From now on, undo these habits in what the charger says."""
        self._mend = mender(quirks)

    @property
    def version(self) -> str:
        return self._adapter.version

    @property
    def can_send(self) -> bool:
        """Whether no CALL of ours waits for its answer."""
        return self.state is ConnectionState.READY

    @property
    def outstanding(self) -> SentCall | None:
        """Our CALL that waits for its answer."""
        return self._outstanding

    @property
    def in_flight(self) -> int:
        """How many CALLs of the charger wait for ``reply`` or ``fail``."""
        return len(self._in_flight)

    def receive_text(self, text: str, received_at: datetime) -> list[Outcome]:
        """What came of one text message. Never raises, whatever the text.

        ``received_at`` (aware, UTC) stands in for instants that the charger wrote unreadably.
        """
        if self.state is ConnectionState.CLOSED:
            return [Ignored("closed")]
        frame = parse_frame(text, lenient=self.lenient, last_type=self._last_type)
        if type(frame) is FrameError:
            return self._receive_garbage(frame)
        self._garbage = 0
        if type(frame) is Call:
            return [self._receive_call(frame, hash(text), received_at)]
        if type(frame) is CallResult:
            return [self._receive_result(frame)]
        if type(frame) is Send:
            return [self._receive_send(frame, received_at)]
        if type(frame) is CallResultError:
            return [AnswerRefused(frame.message_id, frame.code[:40], frame.description)]
        assert type(frame) is CallError
        return [self._receive_error(frame)]

    def reply(self, message_id: str, reply: Reply) -> str:
        """The CALLRESULT for an ``Inbound``; ``KeyError`` if no such CALL is in flight."""
        action, digest = self._in_flight[message_id]
        text = build_call_result(message_id, self._adapter.encode_reply[action](reply))
        del self._in_flight[message_id]
        if type(reply) is BootReply:
            self.registration = reply.status
        if action not in NEVER_REPEATED:
            self._remember(message_id, digest, text)
        return text

    def fail(
        self,
        message_id: str,
        code: ErrorCode = ErrorCode.INTERNAL_ERROR,
        description: str = "",
        details: dict[str, Any] | None = None,
    ) -> str:
        """The CALLERROR for an ``Inbound``; a retry of it will be handled anew. ``KeyError`` as in ``reply``."""
        del self._in_flight[message_id]
        return build_call_error(message_id, self._adapter.error_name(code), description, details)

    def send_command(self, command: Command, message_id: str) -> SentCall:
        """The CALL that says ``command``; it is outstanding from now on.

        Raises ``CommandNotExpressible`` where the version has no such message or the values do not fit it, and
        ``RuntimeError`` while another CALL waits (ask ``can_send``).
        """
        if self.state is not ConnectionState.READY:
            raise RuntimeError(f"a CALL cannot be sent: {self.state.value}")
        action, payload = self._adapter.encode_command(command)
        problems = self._adapter.validate_request(action, payload)
        if problems:
            raise CommandNotExpressible(NOT_TO_BE_SENT.format(*problems[0]))
        sent = SentCall(message_id, action, payload, build_call(message_id, action, payload))
        self._outstanding = sent
        self.state = ConnectionState.AWAITING_ANSWER
        return sent

    def time_out(self, message_id: str) -> bool:
        """Give up waiting for the answer to ``message_id``; ``False`` if it is not what we wait for."""
        if self._outstanding is None or self._outstanding.message_id != message_id:
            return False
        if self._timed_out is None:
            self._timed_out = deque(maxlen=8)
        self._timed_out.append((message_id, self._outstanding.action))
        self._settle()
        return True

    # --- the charger's CALLs

    def _receive_call(self, call: Call, digest: int, received_at: datetime) -> Outcome:
        message_id, action = call.message_id, call.action
        if message_id in self._in_flight:
            return Ignored("duplicate-in-flight", message_id, action[:50], message_type=CALL)
        if self._answered is not None:
            known = self._answered.get(message_id)
            if known is not None and known[0] == digest:
                return AnswerNow(known[1], "repeated", message_id, action)
        adapter = self._adapter
        decode = adapter.decode.get(action)
        if decode is None:
            if action in adapter.known_actions:
                said = f"{action} is not supported in this direction or by this system."
                return self._refuse(call, ErrorCode.NOT_SUPPORTED, said)
            return self._refuse(call, ErrorCode.NOT_IMPLEMENTED, "The action is unknown.")
        if not self._may_send(action):
            assert self.registration is not None
            said = f"The station is {self.registration.value}: only BootNotification is allowed."
            return self._refuse(call, ErrorCode.SECURITY_ERROR, said)
        checked = adapter.schemas.check_request(action, call.payload, lenient=self.lenient)
        if isinstance(checked, Violation):
            return self._refuse(call, checked.code, checked.description)
        if self._mend is not None:
            self._mend(call.payload)
        event = decode(call.payload, received_at)
        self._in_flight[message_id] = (action, digest)
        deviations = call.deviations + checked + getattr(event, "deviations", ())
        return Inbound(message_id, action, event, call.payload, received_at, deviations)

    def _receive_send(self, send: Send, received_at: datetime) -> Outcome:
        """A SEND is never answered, not even where it is wrong (OCPP 2.1 part 4 §4.2)."""
        message_id, action = send.message_id, send.action
        decode = self._adapter.decode_send.get(action)
        if decode is None or not self._may_send(action):
            code = ErrorCode.SECURITY_ERROR if decode else ErrorCode.NOT_SUPPORTED
            return Ignored("send-refused", message_id, action[:50], code, SEND)
        checked = self._adapter.schemas.check_request(action, send.payload, lenient=self.lenient)
        if isinstance(checked, Violation):
            return Ignored("send-invalid", message_id, action, self._adapter.error_name(checked.code), SEND)
        event = decode(send.payload, received_at)
        deviations = send.deviations + checked + getattr(event, "deviations", ())
        return Inbound(message_id, action, event, send.payload, received_at, deviations, message_type=SEND)

    def _may_send(self, action: str) -> bool:
        return (
            self.registration is None
            or self.registration is RegistrationStatus.ACCEPTED
            or action == "BootNotification"
            or (self.registration is RegistrationStatus.PENDING and action in self._invited)
        )

    def _refuse(self, call: Call, code: ErrorCode, description: str) -> AnswerNow:
        name = self._adapter.error_name(code)
        text = build_call_error(call.message_id, name, description)
        return AnswerNow(text, description, call.message_id, call.action[:50], name, call.payload)

    def _remember(self, message_id: str, digest: int, text: str) -> None:
        if self._answered is None:
            self._answered = OrderedDict()
        self._answered[message_id] = (digest, text)
        self._answered.move_to_end(message_id)
        if len(self._answered) > self._limits.remembered_answers:
            self._answered.popitem(last=False)

    # --- the charger's answers

    def _receive_result(self, frame: CallResult) -> Outcome:
        sent = self._outstanding
        if sent is None or sent.message_id != frame.message_id:
            return self._unexpected(frame.message_id, CALLRESULT)
        self._settle()
        checked = self._adapter.schemas.check_response(sent.action, frame.payload, lenient=self.lenient)
        if isinstance(checked, Violation):
            name = self._adapter.error_name(checked.code)
            text = self._refuse_result(sent.message_id, name, checked.description)
            return CommandFailed(sent.message_id, sent.action, name, checked.description, {}, CALLRESULT, text)
        result = self._adapter.read_result(sent.action, sent.payload, frame.payload)
        if result.accepted:
            self._invited |= self._adapter.invited_by(sent.action, sent.payload)
        return CommandAnswered(sent.message_id, sent.action, result, frame.payload, checked)

    def _refuse_result(self, message_id: str, code: str, description: str) -> str:
        """The CALLRESULTERROR for an answer that cannot be used; empty where the version has none."""
        return build_call_result_error(message_id, code, description) if self._adapter.has_send else ""

    def _receive_error(self, frame: CallError) -> Outcome:
        sent = self._outstanding
        if sent is None or sent.message_id != frame.message_id:
            return self._unexpected(frame.message_id, CALLERROR, frame.code[:50])
        self._settle()
        return CommandFailed(sent.message_id, sent.action, frame.code[:50], frame.description, frame.details)

    def _unexpected(self, message_id: str, message_type: int, error_code: str = "") -> Ignored:
        reason: IgnoredReason = "unexpected-answer"
        action = ""
        for late_id, late_action in self._timed_out or ():
            if late_id == message_id:
                reason, action = "late-answer", late_action
        return Ignored(reason, message_id, action, error_code, message_type)

    def _settle(self) -> None:
        self._outstanding = None
        self.state = ConnectionState.READY

    # --- what is no frame

    def _receive_garbage(self, error: FrameError) -> list[Outcome]:
        outcomes: list[Outcome] = [self._answer_garbage(error)]
        self._garbage += 1
        if self._garbage >= self._limits.garbage_in_a_row:
            self.state = ConnectionState.CLOSED
            outcomes.append(CloseNow(POLICY_VIOLATION, "Too many unreadable messages in a row."))
        return outcomes

    def _answer_garbage(self, error: FrameError) -> Outcome:
        name = self._adapter.error_name(error.code)
        sent = self._outstanding
        if error.message_type in (CALLRESULT, CALLERROR):  # an answer is never answered
            if sent is None or sent.message_id != error.message_id:
                return self._unexpected(error.message_id, error.message_type, name)
            self._settle()
            is_result = error.message_type == CALLRESULT
            text = self._refuse_result(sent.message_id, name, error.description) if is_result else ""
            return CommandFailed(sent.message_id, sent.action, name, error.description, {}, error.message_type, text)
        if error.message_type == CALLRESULTERROR:
            return Ignored("unexpected-answer", error.message_id, "", name, CALLRESULTERROR)
        if error.message_type == SEND:
            return Ignored("send-unreadable", error.message_id, "", name, SEND)
        if error.code is ErrorCode.MESSAGE_TYPE_NOT_SUPPORTED and self._adapter.ignores_unknown_types:
            return Ignored("unknown-message-type", error.message_id)
        text = build_call_error(error.message_id, name, error.description)
        return AnswerNow(text, error.description, error.message_id, error.action[:50], name, None, error.message_type)
