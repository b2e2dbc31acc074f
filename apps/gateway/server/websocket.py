"""One WebSocket as the ASGI application sees it."""

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from autobahn.websocket.protocol import TrafficStats
from daphne.ws_protocol import WebSocketFactory

from apps.gateway.server import frames
from apps.gateway.server.connection import EXTENSION
from apps.gateway.server.handshake import Headers, Upgrade, accept_response, refusal_response
from apps.gateway.server.inbox import Inbox
from apps.gateway.server.wire import Wire

if TYPE_CHECKING:
    from apps.gateway.server.daphne import GatewayServer

logger = logging.getLogger(__name__)


class GatewayWebSocket(Wire):
    """Translates between the wire and the messages of the ASGI specification 2.4."""

    task: asyncio.Task[None] | None = None

    def __init__(self, server: "GatewayServer", upgrade: Upgrade) -> None:
        super().__init__(server)
        self.inbox = Inbox(server.loop, limit=server.options.inbox_limit, on_drained=self.resume_reading_soon)
        self.client_addr: list[Any] | None = None
        self.path = ""
        self._upgrade = upgrade
        self._refusal: tuple[int, Headers] | None = None
        self._refusal_body = b""

    def begin(self, scope: dict[str, Any]) -> None:
        """Start the application, which accepts or refuses the handshake."""
        self.client_addr = scope["client"]
        self.path = scope["path"]
        scope["subprotocols"] = self._upgrade.subprotocols
        scope["extensions"] = {"websocket.http.response": {}, EXTENSION: self.info}
        self.server.protocol_connected(self)
        self.server.start_application(self, scope, receive=self.inbox.get, send=self.send_message)
        self.inbox.put_nowait({"type": "websocket.connect"})
        self.pulse.expect_handshake()

    # From the wire

    @property
    def is_application_behind(self) -> bool:
        return self.inbox.is_full

    def deliver(self, payload: bytes, *, is_binary: bool) -> None:
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

    def onClose(self, wasClean: bool, code: int | None, reason: str | None) -> None:
        """The connection is gone; the application hears of it unless it has already."""
        if self.failedByMe:
            code = self.localCloseCode
        elif wasClean:
            code = 1005 if code is None else code  # RFC 6455 7.1.5: a close frame without a code
            self.info.close_reason = self.info.close_reason or reason
        self._end(code or self.CLOSE_STATUS_CODE_ABNORMAL_CLOSE)

    def _end(self, code: int) -> None:
        if not self.muted:
            self.muted = True
            reason = self.info.close_reason or ""
            self.inbox.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
            self.inbox.detach()
            self.server.protocol_disconnected(self)

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
                status, headers = self._refusal
                self.refuse(status, headers, self._refusal_body)
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
        self.open()

    def _send(self, message: dict[str, Any]) -> None:
        text, payload = message.get("text"), message.get("bytes")
        if (text is None) == (payload is None):
            raise ValueError("websocket.send carries either text or bytes.")
        if self.state == self.STATE_CONNECTING:
            raise ValueError("The WebSocket is not accepted yet.")
        if self.state != self.STATE_OPEN:
            return
        if text is not None:
            self.sendFrame(frames.TEXT, text.encode("utf-8"))
        else:
            self.sendFrame(frames.BINARY, payload)

    # Endings

    def refuse(self, status: int, headers: Headers | None = None, body: bytes = b"") -> None:
        """Answer the handshake with an HTTP status and end. Raises ValueError for what cannot be sent."""
        if self.state != self.STATE_CONNECTING:
            return
        answer = refusal_response(status, headers=headers or [], body=body)
        self.info.close_reason = f"refused with {status}"
        self.sendData(answer)
        self.state = self.STATE_CLOSED
        self._closeConnection()
        self._end(self.CLOSE_STATUS_CODE_ABNORMAL_CLOSE)

    def expire_handshake(self) -> None:
        """The application has neither accepted nor refused in time."""
        self.refuse(503, [(b"Retry-After", b"10")])

    def go_away(self) -> None:
        """The server stops."""
        if self.state == self.STATE_CONNECTING:
            self.refuse(503, [(b"Retry-After", b"5")])
        else:
            self.close(1001, "server stopping")

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


class GatewayWebSocketFactory(WebSocketFactory):
    """Makes the protocols and holds what they share."""

    def __init__(self, server: "GatewayServer") -> None:
        super().__init__(server)
        # Autobahn counts traffic per connection in an object of fifteen numbers; one for all does.
        self.traffic_stats = TrafficStats()

    def build(self, upgrade: Upgrade) -> GatewayWebSocket:
        protocol = GatewayWebSocket(self.server_class, upgrade)
        protocol.factory = self
        return protocol
