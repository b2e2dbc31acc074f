"""The bytes of one WebSocket: frames in and out, limits, endings. What they mean is the subclass's part."""

from typing import TYPE_CHECKING, Any

from autobahn.util import encode_truncate
from daphne.ws_protocol import WebSocketProtocol
from txaio import make_logger

from apps.gateway.server import frames
from apps.gateway.server.connection import ConnectionInfo
from apps.gateway.server.liveness import Pulse
from apps.gateway.server.transport import carrier_of, end_writing, is_plain_tcp, unsent_bytes, write_now

if TYPE_CHECKING:
    from apps.gateway.server.daphne import GatewayServer

EARLY_DATA_LIMIT_BYTES = 65_536
"""Bytes kept for a client that sends frames before it was accepted; then reading pauses."""
FRAGMENT_LIMIT = 4_096
"""Fragments of one message. Each costs memory even when it is empty, so the size limit alone is not enough."""

_SENDABLE_CODES = frozenset([1000, 1001, 1002, 1003, *range(1007, 1015), *range(3000, 5000)])


class Wire(WebSocketProtocol):
    """Daphne's protocol with limits: frame size, messages not yet processed, unsent bytes, silence.

    Whole frames are read by ``frames``; fragments, close frames and everything irregular by Autobahn. Its states:
    CONNECTING until the application accepts, OPEN, CLOSING once a close frame was sent, CLOSED.
    """

    # Autobahn copies its options to every connection and formats them all for a debug line that nobody reads
    # (half a millisecond each). Here they are attributes of the class and nothing is left to copy.
    CONFIG_ATTRS: list[str] = []
    logOctets = logFrames = trackTimings = False
    utf8validateIncoming = False  # Text is decoded, hence validated, by the subclass.
    applyMask = requireMaskedClientFrames = True
    maskServerFrames = False
    autoFragmentSize = 0
    failByDrop = False
    echoCloseCodeReason = True
    openHandshakeTimeout = 0  # The subclass has its own.
    autoPingInterval = autoPingTimeout = 0  # ``Pulse`` instead.
    log = make_logger(level="error")

    __hash__ = object.__hash__
    __eq__ = object.__eq__

    def __init__(self, server: "GatewayServer") -> None:
        super().__init__()
        options = server.options
        self.server = server
        self.maxFramePayloadSize = self.maxMessagePayloadSize = options.frame_limit_bytes
        self.closeHandshakeTimeout = options.close_timeout_s
        self.info = ConnectionInfo()
        self.pulse = Pulse(self, wheel=server.wheel, options=options)
        self.is_reading_paused = False

    @property
    def is_application_behind(self) -> bool:
        """Whether no further message should be delivered for now."""
        raise NotImplementedError

    def deliver(self, payload: bytes, *, is_binary: bool) -> None:
        """A whole message has arrived."""
        raise NotImplementedError

    # Coming in

    def connectionMade(self) -> None:
        """The HTTP side has handed over its transport."""
        self._is_direct = is_plain_tcp(self.transport)
        self._connectionMade()
        # Kept by Autobahn for features that are off; together half the weight of a connection.
        self.trafficStats = self.factory.traffic_stats
        self.is_open = self.send_queue = self.utf8validator = self._transport_details = None

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
        while self._has_more and not self.failedByMe and self.state != self.STATE_CLOSED:
            if self.state == self.STATE_OPEN and self.current_frame is None and self._take_whole_frames():
                return
            if not self._has_more or not self.processData():
                return

    @property
    def _has_more(self) -> bool:
        """Whether Autobahn has something to do: bytes, or a frame without payload that has begun and must end."""
        return bool(self.data) or (self.current_frame is not None and self.current_frame.length == 0)

    def _take_whole_frames(self) -> bool:
        """Deliver the regular frames at the head of the buffer; True if reading was paused."""
        buffer, position = self.data, 0
        limit_bytes = self.maxFramePayloadSize
        while self.state == self.STATE_OPEN:
            if self.is_application_behind:
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
                self.deliver(frame.payload, is_binary=frame.opcode == frames.BINARY)
        if position and not self.failedByMe:
            self.data = buffer[position:]
        return self.is_reading_paused

    def onMessageFrameBegin(self, length: int) -> None:
        if len(self.message_data) >= FRAGMENT_LIMIT:
            self._fail_connection(self.CLOSE_STATUS_CODE_MESSAGE_TOO_BIG, "too many fragments")
        super().onMessageFrameBegin(length)

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        """A message that Autobahn put together."""
        self.deliver(payload, is_binary=isBinary)

    def onPong(self, payload: bytes) -> None:
        self.pulse.pong(payload)

    def connectionLost(self, reason: Any) -> None:
        self.pulse.stop()
        super().connectionLost(reason)
        if self.closeHandshakeTimeoutCall is not None:
            self.closeHandshakeTimeoutCall.cancel()
            self.closeHandshakeTimeoutCall = None
        self.is_closed = None  # Autobahn lets it refer back to this object.

    # Back-pressure

    def _pause_reading(self) -> None:
        self.is_reading_paused = True
        self.transport.pauseProducing()

    def resume_reading_soon(self) -> None:
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

    # Going out

    def open(self) -> None:
        """The handshake has been answered with 101; frames may flow."""
        self.state = self.STATE_OPEN
        self.websocket_version = 13
        self.inside_message = False
        self.current_frame = None
        self.pulse.start()
        if self.data:
            self.is_reading_paused = True
            self.resume_reading_soon()

    def send_ping(self, payload: bytes) -> None:
        if self.state == self.STATE_OPEN:
            self.sendFrame(frames.PING, payload)

    def sendFrame(self, opcode: int, payload: bytes = b"", **_unused: Any) -> None:
        """Every frame of Autobahn's (pong, close) goes this way too."""
        self.sendData(frames.write_frame(opcode, payload))

    def sendData(self, data: bytes, sync: bool = False, chopsize: int | None = None) -> None:
        if self.state == self.STATE_CLOSED:
            return
        if self._is_direct:
            write_now(self.transport, data)
        else:
            self.transport.write(data)
        if unsent_bytes(carrier_of(self.transport)) > self.server.options.output_limit_bytes:
            self.abort("the client does not read")

    # Endings

    def close(self, code: int, reason: str) -> None:
        """Start the closing handshake. Raises ValueError for a code that must not be sent (RFC 6455 7.4)."""
        if code not in _SENDABLE_CODES:
            raise ValueError(f"{code} is not a close code that can be sent.")
        if self.state == self.STATE_OPEN:
            self.pulse.stop()
            self.info.close_reason = self.info.close_reason or reason or None
            self.sendCloseFrame(code=code, reasonUtf8=encode_truncate(reason, 123) if reason else None)
            self._resume_reading()

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
            self.pulse.stop()
            self.failedByMe = True
            self.info.close_reason = reason
            self.sendCloseFrame(code=code, reasonUtf8=encode_truncate(reason, 123))
            end_writing(self.transport)
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

    def check_timeouts(self) -> None:
        """Nothing: every timeout of a WebSocket runs on the wheel."""
