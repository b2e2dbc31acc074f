"""One live socket of a station: frames in, answers and commands out."""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings

from apps.chargers.facts import Fact
from apps.chargers.messages.events import ChargerEvent
from apps.chargers.messages.replies import RegistrationStatus, Reply
from apps.core.ids import time_ordered_id
from apps.gateway import metrics
from apps.gateway.door import Admission
from apps.gateway.flood import TokenBucket
from apps.gateway.handlers import ANSWERED_AT_ONCE, ONLINE_SERVICES, READ_SERVICES, WRITE_SERVICES
from apps.gateway.handshake import ConnectRequest
from apps.gateway.protocol.connection import Connection
from apps.gateway.protocol.errors import ErrorCode
from apps.gateway.protocol.outcomes import (
    AnswerNow,
    AnswerRefused,
    CloseNow,
    CommandAnswered,
    CommandFailed,
    Inbound,
    Outcome,
    SentCall,
)
from apps.gateway.server.connection import EXTENSION

if TYPE_CHECKING:
    from apps.gateway.process import Gateway

log = structlog.get_logger(__name__)

Message = MutableMapping[str, Any]
KINDS = {2: "call", 3: "result", 4: "error", 5: "error", 6: "send"}
# Seconds of the agreed rate that a station may send at once: a replay after an offline period comes in a burst.
BURST_S = 4
BINARY_PREFIX_BYTES = 8
INTERNAL_ERROR_SAID = "The message could not be stored. Please send it again."


class StationSocket:
    """A connected station.

    Frames are taken one at a time: the next is read when the last one was answered, so a station's messages keep their
    order and what it sends meanwhile waits in the server's small inbox, then in its own buffers. ``has_spoken`` once
    a message of its was answered; ``last_frame_at`` and ``frames_rejected`` are read by the housekeeping.
    """

    __slots__ = (
        "_bucket",
        "_gateway",
        "_info",
        "_is_closing",
        "_send",
        "_sent_at_s",
        "admission",
        "connected_at",
        "connection",
        "connection_id",
        "context",
        "frames_rejected",
        "has_spoken",
        "last_frame_at",
        "last_frame_s",
        "request",
        "station_id",
        "trust",
    )

    def __init__(
        self,
        gateway: "Gateway",
        admission: Admission,
        request: ConnectRequest,
        send: Callable[[Message], Awaitable[None]],
        scope: MutableMapping[str, Any],
    ) -> None:
        credentials = admission.credentials
        self.connection_id = time_ordered_id()
        self.context = credentials.context(admission.version)
        self.station_id = self.context.station_id
        self.request = request
        self.admission = admission
        self.trust = admission.trust
        self.connection = Connection(
            admission.version,
            lenient=credentials.is_lenient,
            registration=RegistrationStatus(credentials.registration),
            quirks=credentials.quirks,
        )
        now_s = time.monotonic()
        self.connected_at = self.last_frame_at = datetime.now(UTC)
        self.last_frame_s = now_s
        self.frames_rejected = 0
        self.has_spoken = False
        rate = settings.OCPP_FRAMES_PER_SECOND
        self._bucket = TokenBucket(rate=rate, burst=rate * BURST_S, now_s=now_s)
        self._gateway = gateway
        self._send = send
        self._info = (scope.get("extensions") or {}).get(EXTENSION)
        self._is_closing = False
        self._sent_at_s = 0.0

    @property
    def rtt_ms(self) -> float | None:
        """Round trip of the last ping, where the server measures it."""
        return self._info.rtt_ms if self._info is not None else None

    # --- in

    async def serve(self, receive: Callable[[], Awaitable[Message]]) -> str:
        """Take messages until the socket is gone; returns why it went, in words."""
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                return self._farewell(message)
            if self._is_closing:
                continue
            text = message.get("text")
            if text is None:
                self._journal_binary(message.get("bytes") or b"")
                await self.close(1003, "OCPP is sent as text, not as binary frames")
                continue
            await self._take(text)

    async def close(self, code: int, reason: str) -> None:
        """Close the socket; what it still sends is not looked at."""
        if not self._is_closing:
            self._is_closing = True
            if self._info is not None:
                self._info.close_reason = self._info.close_reason or reason
            await self._send({"type": "websocket.close", "code": code, "reason": reason})

    def _farewell(self, message: Message) -> str:
        code = message.get("code") or 1005
        words = message.get("reason") or (self._info.close_reason if self._info is not None else "") or ""
        return f"{words} ({code})" if words else f"closed with code {code}"

    async def _take(self, text: str) -> None:
        now_s = time.monotonic()
        received_at = datetime.now(UTC)
        self.last_frame_s = now_s
        self.last_frame_at = received_at
        self._gateway.heard.add(self)
        for outcome in self.connection.receive_text(text, received_at):
            await self._act(outcome, text, received_at, now_s)
        pause_s = self._bucket.take(now_s)
        if pause_s:
            self._gateway.notes.deviation(self.station_id, "flood", "")
            await asyncio.sleep(pause_s)

    async def _act(self, outcome: Outcome, text: str, received_at: datetime, now_s: float) -> None:
        if type(outcome) is Inbound:
            self._journal_inbound(outcome, text, received_at, KINDS[outcome.message_type])
            await self._handle(outcome, text, now_s)
        elif type(outcome) is AnswerNow:
            kind = KINDS.get(outcome.message_type, "bad") if outcome.action else "bad"
            self._journal_inbound(outcome, text, received_at, kind)
            await self._answer_now(outcome, now_s)
        elif type(outcome) is CommandAnswered or type(outcome) is CommandFailed:
            pair_ms = int((now_s - self._sent_at_s) * 1000)
            self._journal_inbound(outcome, text, received_at, KINDS.get(outcome.message_type, "bad"), pair_ms)
            self._note_deviations(getattr(outcome, "deviations", ()), text)
            if type(outcome) is CommandFailed and outcome.text:
                await self._answer(outcome.text, outcome.action, outcome.message_id, outcome.error_code, now_s)
            self._gateway.outbound.answered(self, outcome)
        elif type(outcome) is AnswerRefused:
            self._journal_inbound(outcome, text, received_at, "error")
            self._gateway.notes.deviation(self.station_id, "answer-refused", text)
        elif type(outcome) is CloseNow:
            await self.close(outcome.code, outcome.reason)
        else:
            self._journal_inbound(outcome, text, received_at, "bad")
            self._gateway.notes.deviation(self.station_id, outcome.reason, text)

    async def _handle(self, inbound: Inbound, text: str, now_s: float) -> None:
        if inbound.deviations:
            self._note_deviations(inbound.deviations, text)
        if not inbound.is_answered:
            await self._take_in(inbound, text)
            return
        try:
            reply = await self._reply_to(inbound.event, inbound.received_at)
            answer = self.connection.reply(inbound.message_id, reply)
            error_code = ""
        except Exception as error:  # the edge to the charger: whatever went wrong, it gets an answer and tries again
            log.warning("frame.failed", station=self.context.identity, action=inbound.action, error=repr(error)[:300])
            answer = self.connection.fail(inbound.message_id, ErrorCode.INTERNAL_ERROR, INTERNAL_ERROR_SAID)
            error_code = ErrorCode.INTERNAL_ERROR.value
            self.frames_rejected += 1
        metrics.messages[inbound.action, error_code or "ok"] += 1
        await self._answer(answer, inbound.action, inbound.message_id, error_code, now_s)
        if not self.has_spoken:
            self.has_spoken = True
            self._gateway.outbound.wake(self.station_id)

    async def _take_in(self, inbound: Inbound, text: str) -> None:
        """Handle what is sent unanswered; that it could not be stored is only noted."""
        try:
            await self._reply_to(inbound.event, inbound.received_at)
            metrics.messages[inbound.action, "ok"] += 1
        except Exception as error:  # the edge to the charger: nobody waits, and the next one is on its way
            log.warning("frame.failed", station=self.context.identity, action=inbound.action, error=repr(error)[:300])
            metrics.messages[inbound.action, ErrorCode.INTERNAL_ERROR.value] += 1
            self._gateway.notes.deviation(self.station_id, "send-lost", text)
            self.frames_rejected += 1

    async def _reply_to(self, event: ChargerEvent, received_at: datetime) -> Reply:
        kind = type(event)
        at_once = ANSWERED_AT_ONCE.get(kind)
        if at_once is not None:
            return at_once(event, received_at)
        fact = Fact(self.context, event, received_at)
        service = READ_SERVICES.get(kind)
        if service is not None:
            return await self._gateway.ingest.read(self.station_id, service, fact)
        online = ONLINE_SERVICES.get(kind)
        if online is not None:
            return await self._gateway.ingest.online.ask(online.answer, online.without, fact)
        return await self._gateway.ingest.write(self.station_id, WRITE_SERVICES[kind], fact)

    async def _answer_now(self, outcome: AnswerNow, now_s: float) -> None:
        if outcome.error_code:
            self.frames_rejected += 1
            metrics.messages[outcome.action if outcome.error_code != "NotImplemented" else "", outcome.error_code] += 1
        await self._answer(outcome.text, outcome.action, outcome.message_id, outcome.error_code, now_s)

    async def _answer(self, text: str, action: str, message_id: str, error_code: str, now_s: float) -> None:
        if self._is_closing:
            return
        await self._send({"type": "websocket.send", "text": text})
        self._gateway.journal.add(
            station_id=self.station_id,
            connection_id=self.connection_id,
            at=datetime.now(UTC),
            is_inbound=False,
            kind="error" if error_code else "result",
            text=text,
            action=action,
            message_id=message_id,
            error_code=error_code,
            pair_ms=int((time.monotonic() - now_s) * 1000),
        )

    # --- out

    async def send_call(self, sent: SentCall) -> None:
        """Write a CALL of ours."""
        self._sent_at_s = time.monotonic()
        await self._send({"type": "websocket.send", "text": sent.text})
        self._gateway.journal.add(
            station_id=self.station_id,
            connection_id=self.connection_id,
            at=datetime.now(UTC),
            is_inbound=False,
            kind="call",
            text=sent.text,
            action=sent.action,
            message_id=sent.message_id,
        )

    @property
    def can_send(self) -> bool:
        """Whether a CALL of ours may go out now."""
        return not self._is_closing and self.connection.can_send

    # --- notes

    def _note_deviations(self, codes: tuple[str, ...], text: str) -> None:
        for code in codes:
            self._gateway.notes.deviation(self.station_id, code, text)

    def _journal_binary(self, payload: bytes) -> None:
        """Note that something came which is no OCPP; its beginning is enough to tell what it was."""
        self._gateway.journal.add(
            station_id=self.station_id,
            connection_id=self.connection_id,
            at=datetime.now(UTC),
            is_inbound=True,
            kind="bad",
            text=f"binary frame of {len(payload)} bytes: {payload[:BINARY_PREFIX_BYTES].hex(' ')}",
        )

    def _journal_inbound(
        self, outcome: Outcome, text: str, received_at: datetime, kind: str, pair_ms: int | None = None
    ) -> None:
        self._gateway.journal.add(
            station_id=self.station_id,
            connection_id=self.connection_id,
            at=received_at,
            is_inbound=True,
            kind=kind,
            text=text,
            action=outcome.action,
            message_id=outcome.message_id,
            error_code=outcome.error_code,
            pair_ms=pair_ms,
        )
