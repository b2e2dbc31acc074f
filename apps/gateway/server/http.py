"""The HTTP side: Daphne's, with limits on time and size, and the door through which WebSockets leave it."""

from typing import TYPE_CHECKING, Any

from daphne.http_protocol import HTTPFactory, WebRequest
from twisted.web import http

from apps.gateway.server.handshake import BadUpgrade, Headers, decode_path, read_upgrade, wants_websocket

if TYPE_CHECKING:
    from apps.gateway.server.daphne import GatewayServer

_SCHEMES = frozenset(["http", "https", "ws", "wss"])


class GatewayRequest(WebRequest):
    """One HTTP request; a WebSocket handshake is handed to the WebSocket factory."""

    __hash__ = object.__hash__
    __eq__ = object.__eq__

    server: "GatewayServer"

    def process(self) -> Any:
        # Daphne would let any client choose the root path of the application with this header.
        self.requestHeaders.removeHeader(b"Daphne-Root-Path")
        if wants_websocket(self.requestHeaders.getRawHeaders(b"Upgrade", ())):
            return self._upgrade()
        return super().process()

    def _upgrade(self) -> None:
        # As Daphne does for HTTP: names with an underscore could pose as others further down (CVE-2015-0219).
        headers = [
            (name.lower(), value)
            for name, values in self.requestHeaders.getAllRawHeaders()
            if b"_" not in name
            for value in values
        ]
        if self.server.is_stopping:
            self.answer(503, "The server is stopping.", [(b"Retry-After", b"5")])
            return
        try:
            upgrade = read_upgrade(method=self.method, version=self.clientproto, headers=headers)
            path = decode_path(self.path)
            query_string = self.uri.partition(b"?")[2]
            if not query_string.isascii():
                raise BadUpgrade(400, "The query is not percent-encoded correctly.")
        except BadUpgrade as error:
            self.answer(error.status, error.sentence, error.headers)
            return
        client, scheme = self.client_and_scheme()
        scope = {
            "type": "websocket",
            "http_version": "1.1",
            "scheme": "wss" if scheme in ("https", "wss") else "ws",
            "path": path,
            "raw_path": self.path,
            "root_path": self.server.root_path,
            "headers": headers,
            "query_string": query_string,
            "client": client,
            "server": [str(self.host.host), self.host.port],
        }
        websocket = self.server.ws_factory.build(upgrade)
        self.channel.hand_over(websocket)
        self.server.protocol_disconnected(self)
        websocket.begin(scope)

    def client_and_scheme(self) -> tuple[list[Any], str]:
        """Who asks, and by http or https: as a trusted proxy says, otherwise as the connection is."""
        peer, scheme = str(self.client.host), "https" if self.isSecure() else "http"
        if peer not in self.server.trusted_proxies:
            return [peer, self.client.port], scheme
        client = self.server.trusted_proxies.client_of(peer, self._values_of("X-Forwarded-For"))
        said = ",".join(self._values_of("X-Forwarded-Proto")).rpartition(",")[2].strip().lower()
        return [client, 0 if client != peer else self.client.port], said if said in _SCHEMES else scheme

    def _values_of(self, header: str) -> list[str]:
        return [value.decode("latin-1") for value in self.requestHeaders.getRawHeaders(header.encode(), [])]

    def answer(self, status: int, sentence: str, headers: Headers) -> None:
        """A short plain answer of the server's own."""
        self.setResponseCode(status)
        self.setHeader(b"Content-Type", b"text/plain; charset=utf-8")
        for name, value in headers:
            self.setHeader(name, value)
        self.write(sentence.encode())
        self.finish()

    def handle_exception(self, exception: BaseException) -> None:
        """The application failed; once the answer has begun, cutting it off is the only honest sign left."""
        if self.finished or self.channel is None:
            return
        if self._response_started:
            self.channel.forceAbortClient()
        else:
            super().handle_exception(exception)

    def application_returned(self) -> None:
        """The application ended; an answer that is not complete by now never will be."""
        self.handle_exception(RuntimeError("The application returned without a complete answer."))


class GatewayChannel(http.HTTPChannel):
    """One HTTP connection.

    ``timeOut`` of Twisted restarts with every byte, so a client that drips its headers is never cut off; here
    a request head has ``header_timeout_s`` in all, and only bodies and idle connections may take longer.
    """

    requestFactory = GatewayRequest

    def __init__(self, server: "GatewayServer") -> None:
        super().__init__()
        self.server = server
        self.websocket: Any = None
        self._is_head_timed = True  # since the connection was made
        self._is_body_refused = False

    def connectionMade(self) -> None:
        self.server.channels.add(self)
        super().connectionMade()

    def connectionLost(self, reason: Any) -> None:
        self.server.channels.discard(self)
        super().connectionLost(reason)

    def dataReceived(self, data: bytes) -> None:
        if not self._is_head_timed and not self._handlingRequest and self._transferDecoder is None:
            self._is_head_timed = True
            self.setTimeout(self._header_s)
        super().dataReceived(data)

    def resetTimeout(self) -> None:
        """Called by Twisted for every piece of data: counts as progress only within a body."""
        if not self._is_head_timed and not self._is_body_refused:
            super().resetTimeout()

    def allHeadersReceived(self) -> None:
        limit = self.server.options.body_limit_bytes
        if self.length is not None and self.length > limit:
            self._refuse_body()
            return
        super().allHeadersReceived()
        self._is_head_timed = False
        if self.length != 0:
            self.setTimeout(self._idle_s)

    def rawDataReceived(self, data: bytes) -> None:
        if self.websocket is not None:
            self.websocket.dataReceived(data)
        elif not self._is_body_refused:
            super().rawDataReceived(data)
            self._check_body_size()

    def requestDone(self, request: GatewayRequest) -> None:
        if self.server.is_stopping:
            self.persistent = 0
        self._savedTimeOut = self._idle_s
        super().requestDone(request)

    def timeoutConnection(self) -> None:
        if self.requests and not self._handlingRequest and not self._is_body_refused:
            self.transport.write(b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        super().timeoutConnection()

    def hand_over(self, websocket: Any) -> None:
        """From here on the transport belongs to the WebSocket; nothing keeps this object alive."""
        transport = self.transport
        self._networkProducer.unregisterProducer()
        self.setTimeout(None)
        self.server.channels.discard(self)
        self.requests.clear()
        self.websocket = websocket
        transport.protocol = websocket
        websocket.makeConnection(transport)

    def close_if_idle(self) -> None:
        """End a connection that carries no request, or only the beginning of one."""
        if not self.requests or self._is_head_timed:
            self.loseConnection()

    def _check_body_size(self) -> None:
        request = self.requests[-1] if self.requests and not self._handlingRequest else None
        if request is not None and request.content.tell() > self.server.options.body_limit_bytes:
            self._refuse_body()

    def _refuse_body(self) -> None:
        """Answer 413, then only listen for a while: closing at once would reset the connection unread."""
        self._is_body_refused = True
        self.transport.write(b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        self.transport.loseWriteConnection()
        self.setTimeout(self.server.options.close_timeout_s)

    @property
    def _idle_s(self) -> float:
        return self.server.options.idle_timeout_s

    @property
    def _header_s(self) -> float:
        return self.server.options.header_timeout_s


class GatewayHTTPFactory(HTTPFactory):
    """Makes the channels. HTTP/1.1 only: HTTP/2 belongs to a proxy, and its wrapper would cost every socket."""

    def __init__(self, server: "GatewayServer") -> None:
        super().__init__(server)
        self.timeOut = server.options.header_timeout_s

    def buildProtocol(self, addr: Any) -> GatewayChannel:
        channel = GatewayChannel(self.server)
        channel.factory = self
        channel.timeOut = self.timeOut
        channel.callLater = self.reactor.callLater
        return channel

    def acceptableProtocols(self) -> list[bytes]:
        return [b"http/1.1"]
