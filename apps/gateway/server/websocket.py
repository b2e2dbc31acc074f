"""One WebSocket between Twisted and the ASGI application."""

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from autobahn.util import encode_truncate
from autobahn.websocket.protocol import TrafficStats
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from txaio import make_logger

from apps.gateway.server import frames
from apps.gateway.server.connection import EXTENSION, ConnectionInfo
from apps.gateway.server.handshake import Headers, Upgrade, accept_response, refusal_response
from apps.gateway.server.inbox import Inbox
from apps.gateway.server.liveness import Pulse
from apps.gateway.server.transport import is_plain_tcp, unsent_bytes, write_now

if TYPE_CHECKING:
    from apps.gateway.server.daphne import GatewayServer

logger = logging.getLogger(__name__)

EARLY_DATA_LIMIT_BYTES = 65_536
"""Bytes kept for a client that sends frames before it was accepted; then reading pauses."""

_SENDABLE_CODES = frozenset([1000, 1001, 1002, 1003, *range(1007, 1015), *range(3000, 5000)])


class GatewayWebSocket(WebSocketProtocol):
    """Daphne's protocol with limits: frame size, unprocessed messages, unsent bytes, silence.

    Handshake and whole frames are read by ``handshake`` and ``frames``; fragments, close frames and everything
    irregular by Autobahn. Its states: CONNECTING until the application accepts, OPEN, CLOSING once a close
    frame was sent, CLOSED.
    """

    # Autobahn copies its options to every connection and formats them all for a debug line that nobody reads
    # (half a millisecond each). Here they are attributes of the class and nothing is left to copy.
    CONFIG_ATTRS: list[str] = []
    logOctets = logFrames = trackTimings = False
    utf8validateIncoming = False  # Text is decoded, hence validated, once, in ``_deliver``.
    applyMask = requireMaskedClientFrames = True
    maskServerFrames = False
    autoFragmentSize = 0
    failByDrop = False
    echoCloseCodeReason = True
    openHandshakeTimeout = 0  # ``expire_handshake`` instead.
    autoPingInterval = autoPingTimeout = 0  # ``Pulse`` instead.
    log = make_logger(level="error")

    task: asyncio.Task[None] | None = None

    __hash__ = object.__hash__
    __eq__ = object.__eq__

    def __init__(self, server: "GatewayServer") -> None:
        super().__init__()
        options = server.options
        self.server = server
        self.maxFramePayloadSize = self.maxMessagePayloadSize = options.frame_limit_bytes
        self.closeHandshakeTimeout = options.close_timeout_s
        self.info = ConnectionInfo()
        self.inbox = Inbox(server.loop, limit=options.inbox_limit, on_drained=self._resume_soon)
        self.pulse = Pulse(self, wheel=server.wheel, options=options)
        self.is_reading_paused = False
        self.client_addr: list[Any] | None = None
        self.path = ""
        self._upgrade: Upgrade | None = None
        self._refusal: tuple[int, Headers] | None = None
        self._refusal_body = b""

    # From the network

    def connectionMade(self) -> None:
        """The HTTP side has handed over its transport."""
        self._is_direct = is_plain_tcp(self.transport)
        self._connectionMade()
        # Kept by Autobahn for features that are off; together half the weight of a connection.
        self.trafficStats = self.factory.traffic_stats
        self.is_open = self.send_queue = self.utf8validator = self._transport_details = None

    def begin(self, upgrade: Upgrade, scope: dict[str, Any]) -> None:
        """Start the application for a valid handshake request; it accepts or refuses."""
        self.client_addr = scope["client"]
        self.path = scope["path"]
        self._upgrade = upgrade
        scope["subprotocols"] = upgrade.subprotocols
        scope["extensions"] = {"websocket.http.response": {}, EXTENSION: self.info}
        self.server.protocol_connected(self)
        self.server.start_application(self, scope, receive=self.inbox.get, send=self.send_message)
        self.inbox.put_nowait({"type": "websocket.connect"})
        self.server.wheel.call_later(self.server.options.connect_timeout_s, self.expire_handshake)

    def dataReceived(self, data: bytes) -> None:
        self.pulse.heard()
        if self.failedByMe or self.state == self.STATE_CLOSED:
            return
        self.data = self.data + data if self.data else data
        if self.state != self.STATE_CONNECTING:
            self.consumeData()
        elif len(self.data) > EARLY_DATA_LIMIT_BYTES:
            self._pause_reading()

    def consumeData(self) -> None:
        """Take frames from the buffer until it is used up or the application is too far behind."""
        while self.data and not self.failedByMe and self.state != self.STATE_CLOSED:
            if self.state == self.STATE_OPEN and self.current_frame is None and self._take_whole_frames():
                return
            if not self.data or not self.processData():
                return

    def _take_whole_frames(self) -> bool:
        """Deliver the regular frames at the head of the buffer; True if reading was paused."""
        buffer, position = self.data, 0
        limit_bytes = self.maxFramePayloadSize
        while self.state == self.STATE_OPEN:
            if self.inbox.is_full:
                self._pause_reading()
                break
            frame = frames.read_whole_frame(buffer, position, limit_bytes=limit_bytes, in_message=self.inside_message)
            if frame is None:
                break
            position = frame.end
            if frame.opcode == frames.PING:
                self.onPing(frame.payload)
            elif frame.opcode == frames.PONG:
                self.onPong(frame.payload)
            else:
                self._deliver(frame.payload, is_binary=frame.opcode == frames.BINARY)
        self.data = buffer[position:] if position else buffer
        return self.is_reading_paused

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        """A message that Autobahn put together."""
        self._deliver(payload, is_binary=isBinary)

    def onPong(self, payload: bytes) -> None:
        self.pulse.pong(payload)

    def _deliver(self, payload: bytes, *, is_binary: bool) -> None:
        if self.muted or self.state != self.STATE_OPEN:
            return
        if is_binary:
            self.inbox.put_nowait({"type": "websocket.receive", "bytes": payload})
            return
        try:
            text = payload.decode("utf-8")
        except UnicodeDecodeError:
            self._fail_connection(self.CLOSE_STATUS_CODE_INVALID_PAYLOAD, "text is not UTF-8")
            return
        self.inbox.put_nowait({"type": "websocket.receive", "text": text})

    def connectionLost(self, reason: Any) -> None:
        self.pulse.stop()
        super().connectionLost(reason)
        if self.closeHandshakeTimeoutCall is not None:
            self.closeHandshakeTimeoutCall.cancel()
            self.closeHandshakeTimeoutCall = None
        self.is_closed = None  # Autobahn lets it refer back to this object.

    def onClose(self, wasClean: bool, code: int | None, reason: str | None) -> None:
        """The connection is gone; the application hears of it unless it has already."""
        if self.failedByMe:
            code = self.localCloseCode
        elif wasClean:
            code = 1005 if code is None else code
            self.info.close_reason = self.info.close_reason or reason
        self._end(code or self.CLOSE_STATUS_CODE_ABNORMAL_CLOSE)

    def _end(self, code: int) -> None:
        if not self.muted and self._upgrade is not None:
            self.muted = True
            reason = self.info.close_reason or ""
            self.inbox.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
            self.server.protocol_disconnected(self)

    # Back-pressure

    def _pause_reading(self) -> None:
        self.is_reading_paused = True
        self.transport.pauseProducing()

    def _resume_soon(self) -> None:
        if self.is_reading_paused:
            self.server.loop.call_soon(self._resume_reading)

    def _resume_reading(self) -> None:
        """Go on with what is buffered, then with the network unless that was too much already."""
        if not self.is_reading_paused:
            return
        self.is_reading_paused = False
        self.pulse.heard()
        self.consumeData()
        if not self.is_reading_paused:
            self.transport.resumeProducing()

    # From the application

    async def send_message(self, message: dict[str, Any]) -> None:
        """The application's ``send``. After the end of the connection it does nothing.

        Raises ValueError for a message that is wrong or out of place.
        """
        if not self.muted:
            self.handle_reply(message)

    def handle_reply(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "websocket.send":
            self._send(message)
        elif kind == "websocket.accept":
            self._accept(message.get("subprotocol"), message.get("headers", ()))
        elif kind == "websocket.close":
            if self.state == self.STATE_CONNECTING:
                self.refuse(403)
            else:
                self.close(message.get("code") or 1000, message.get("reason") or "")
        elif kind == "websocket.http.response.start":
            self._require_connecting(kind)
            self._refusal = (message["status"], list(message.get("headers", ())))
        elif kind == "websocket.http.response.body":
            self._require_connecting(kind)
            if self._refusal is None:
                raise ValueError("websocket.http.response.body came before websocket.http.response.start.")
            self._refusal_body += message.get("body", b"")
            if not message.get("more_body", False):
                self.refuse(*self._refusal, body=self._refusal_body)
        else:
            raise ValueError(f"A WebSocket takes no message of type {kind!r}.")

    def _require_connecting(self, kind: str) -> None:
        if self.state != self.STATE_CONNECTING:
            raise ValueError(f"{kind} came after the WebSocket was accepted.")

    def _accept(self, subprotocol: str | None, headers: Headers) -> None:
        self._require_connecting("websocket.accept")
        if subprotocol is not None and subprotocol not in self._upgrade.subprotocols:
            raise ValueError(f"The client did not offer the subprotocol {subprotocol!r}.")
        self.sendData(accept_response(self._upgrade.key, subprotocol=subprotocol, headers=headers))
        self.state = self.STATE_OPEN
        self.websocket_version = 13
        self.inside_message = False
        self.current_frame = None
        self.pulse.start()
        if self.data or self.is_reading_paused:
            self.is_reading_paused = True
            self._resume_soon()

    def _send(self, message: dict[str, Any]) -> None:
        text, payload = message.get("text"), message.get("bytes")
        if (text is None) == (payload is None):
            raise ValueError("websocket.send carries either text or bytes.")
        if self.state == self.STATE_CONNECTING:
            raise ValueError("The WebSocket is not accepted yet.")
        if self.state != self.STATE_OPEN:
            return
        if text is not None:
            self.sendData(frames.write_frame(frames.TEXT, text.encode("utf-8")))
        else:
            self.sendData(frames.write_frame(frames.BINARY, payload))

    def handle_exception(self, exception: BaseException) -> None:
        """The application failed."""
        if self.state == self.STATE_CONNECTING:
            self.refuse(500)
        else:
            self.close(1011, "internal error")

    def application_returned(self) -> None:
        """The application ended by itself while the connection goes on."""
        if self.state == self.STATE_CONNECTING:
            logger.error("The application returned without accepting or refusing %r.", self)
            self.refuse(500)
        else:
            self.close(1000, "")

    # Endings

    def refuse(self, status: int, headers: Headers | None = None, body: bytes = b"") -> None:
        """Answer the handshake with an HTTP status and end."""
        if self.state != self.STATE_CONNECTING:
            return
        answer = refusal_response(status, headers=headers or [], body=body)
        self.info.close_reason = f"refused with {status}"
        self.sendData(answer)
        self.state = self.STATE_CLOSED
        self.wasClean = False
        self._closeConnection()
        self._end(self.CLOSE_STATUS_CODE_ABNORMAL_CLOSE)

    def expire_handshake(self) -> None:
        """The application has neither accepted nor refused in time."""
        self.refuse(503, [(b"Retry-After", b"10")])

    def close(self, code: int, reason: str) -> None:
        """Start the closing handshake. Raises ValueError for a code that must not be sent (RFC 6455 7.4)."""
        if code not in _SENDABLE_CODES:
            raise ValueError(f"{code} is not a close code that can be sent.")
        if self.state == self.STATE_OPEN:
            self.info.close_reason = self.info.close_reason or reason or None
            self.sendCloseFrame(code=code, reasonUtf8=encode_truncate(reason, 123) if reason else None)
            self._resume_reading()

    def go_away(self) -> None:
        """The server stops."""
        if self.state == self.STATE_CONNECTING:
            self.refuse(503, [(b"Retry-After", b"5")])
        else:
            self.close(1001, "server stopping")

    def abort(self, reason: str) -> None:
        """Drop the connection without a close frame; the application gets 1006 and the reason."""
        if self.state != self.STATE_CLOSED:
            self.info.close_reason = reason
            self.wasClean = False
            self.dropConnection(abort=True)

    def _fail_connection(self, code: int = 1001, reason: str = "going away") -> None:
        """The peer broke the protocol: say so, then only listen for the end of what it sends.

        Closing at once would reset the connection, and the peer might never see the close frame.
        """
        if self.state == self.STATE_OPEN:
            self.failedByMe = True
            self.info.close_reason = reason
            self.sendCloseFrame(code=code, reasonUtf8=encode_truncate(reason, 123))
            self.transport.loseWriteConnection()
        self.data = b""

    def _protocol_violation(self, reason: str) -> bool:
        self._fail_connection(self.CLOSE_STATUS_CODE_PROTOCOL_ERROR, reason)
        return True  # Stop reading frames.

    def _invalid_payload(self, reason: str) -> bool:
        self._fail_connection(self.CLOSE_STATUS_CODE_INVALID_PAYLOAD, reason)
        return True

    def _closeConnection(self, abort: bool = False) -> None:
        super()._closeConnection(abort)
        if not abort:
            # A peer that does not read would keep the last bytes, and this connection, for ever.
            self.server.wheel.call_later(self.server.options.close_timeout_s, self.transport.abortConnection)

    # To the network

    def send_ping(self, payload: bytes) -> None:
        if self.state == self.STATE_OPEN:
            self.sendFrame(frames.PING, payload)

    def sendFrame(self, opcode: int, payload: bytes = b"", **_unused: Any) -> None:
        """Every frame of Autobahn's (pong, close) goes this way too."""
        self.sendData(frames.write_frame(opcode, payload))

    def sendData(self, data: bytes, sync: bool = False, chopsize: int | None = None) -> None:
        if self.state == self.STATE_CLOSED:
            return
        if not self._is_direct:
            self.transport.write(data)
            return
        write_now(self.transport, data)
        if unsent_bytes(self.transport) > self.server.options.output_limit_bytes:
            self.abort("the client does not read")

    def check_timeouts(self) -> None:
        """Nothing: every timeout of a WebSocket runs on the wheel."""


class GatewayWebSocketFactory(WebSocketFactory):
    """Makes the protocols and holds what they share."""

    def __init__(self, server: "GatewayServer") -> None:
        super().__init__(server)
        self.server_class: GatewayServer = server
        # Autobahn counts traffic per connection in an object of fifteen numbers; one for all does.
        self.traffic_stats = TrafficStats()

    def buildProtocol(self, addr: Any) -> GatewayWebSocket:
        protocol = GatewayWebSocket(self.server_class)
        protocol.factory = self
        return protocol
