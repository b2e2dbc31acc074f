"""The HTTP side: Daphne's, with limits on time and size, and the door through which WebSockets leave it."""

from functools import partial
from typing import TYPE_CHECKING, Any

from daphne.http_protocol import HTTPFactory, WebRequest
from OpenSSL import SSL
from twisted.internet.interfaces import IHandshakeListener, ISSLTransport
from twisted.web import http
from zope.interface import implementer

from apps.gateway.server.bodies import Pace, StreamedBody, http_scope
from apps.gateway.server.client_certificates import read_forwarded_certificates
from apps.gateway.server.handshake import BadUpgrade, Headers, decode_path, read_upgrade, wants_websocket
from apps.gateway.server.tls import certificates_of, describe_error
from apps.gateway.server.transport import end_writing

if TYPE_CHECKING:
    from apps.gateway.server.daphne import GatewayServer

HUNG_UP = "hung up"
_SCHEMES = frozenset(["http", "https", "ws", "wss"])


class GatewayRequest(WebRequest):
    """One HTTP request; a WebSocket handshake is handed to the WebSocket factory."""

    __hash__ = object.__hash__
    __eq__ = object.__eq__

    server: "GatewayServer"
    body: StreamedBody | None = None
    _pace: Pace | None = None

    def stream_body(self, method: bytes, uri: bytes, version: bytes) -> None:
        """Begin the application now, at the head's end; the body follows piece by piece."""
        self.method, self.uri, self.clientproto = method, uri, version
        self.path = uri.partition(b"?")[0]
        self.body = self.content = StreamedBody(self, self.server.loop)
        self.application_queue = self.body.inbox
        scope = http_scope(self, headers=self._clean_headers(), path=decode_path(self.path))
        scope["client"], scope["scheme"] = self.client_and_scheme()
        send = partial(self.server.handle_reply, self)
        self.server.start_application(self, scope, receive=self.body.inbox.get, send=send)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        if self.body is None:
            super().requestReceived(command, path, version)
        else:
            self.body.end()

    async def wait_for_reader(self) -> None:
        """Return when what was written has mostly gone; a reader that stands still is cut off."""
        if self._pace is None or self.finished or self.channel is None:
            return
        if not await self._pace.wait(at_most_s=self.server.options.idle_timeout_s) and self.channel is not None:
            self.channel.forceAbortClient()

    def handle_reply(self, message: dict[str, Any]) -> None:
        if message.get("more_body") and self._pace is None and not self.finished and self.channel is not None:
            self._pace = Pace()
            self.registerProducer(self._pace, True)
        super().handle_reply(message)

    def finish(self) -> None:
        if self.body is not None and not self.body.is_complete:
            self.channel.persistent = 0
        if self.producer:
            self.unregisterProducer()
        super().finish()

    def connectionLost(self, reason: Any) -> None:
        if self._pace is not None:
            self._pace.stopProducing()
        super().connectionLost(reason)

    def process(self) -> Any:
        # Daphne would let any client choose the root path of the application with this header.
        self.requestHeaders.removeHeader(b"Daphne-Root-Path")
        if wants_websocket(self.requestHeaders.getRawHeaders(b"Upgrade", ())):
            return self._upgrade()
        return super().process()

    def _upgrade(self) -> None:
        headers = self._clean_headers()
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
        websocket.info.tls_version = self.channel.tls_version
        websocket.info.peer_certificates = self._client_certificates()
        self.channel.hand_over(websocket)
        self.server.protocol_disconnected(self)
        websocket.begin(scope)

    def _clean_headers(self) -> Headers:
        """As Daphne has them: names with an underscore could pose as others further down (CVE-2015-0219)."""
        return [
            (name.lower(), value)
            for name, values in self.requestHeaders.getAllRawHeaders()
            if b"_" not in name
            for value in values
        ]

    def client_and_scheme(self) -> tuple[list[Any], str]:
        """Who asks, and by http or https: as a trusted proxy says, otherwise as the connection is."""
        peer, scheme = str(self.client.host), "https" if self.isSecure() else "http"
        if peer not in self.server.trusted_proxies:
            return [peer, self.client.port], scheme
        client = self.server.trusted_proxies.client_of(peer, self._values_of("X-Forwarded-For"))
        said = ",".join(self._values_of("X-Forwarded-Proto")).rpartition(",")[2].strip().lower()
        return [client, 0 if client != peer else self.client.port], said if said in _SCHEMES else scheme

    def _client_certificates(self) -> tuple[bytes, ...]:
        """What the client showed us; behind a trusted proxy that passes it on, what it showed there."""
        header = self.server.options.client_certificate_header
        if header and str(self.client.host) in self.server.trusted_proxies:
            return read_forwarded_certificates(self._values_of(header))
        return self.channel.client_certificates

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


@implementer(IHandshakeListener)
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
        self.tls_version: str | None = None
        self.client_certificates: tuple[bytes, ...] = ()
        self._is_head_timed = True  # since the connection was made
        self._is_body_refused = False

    def connectionMade(self) -> None:
        self.server.channels.add(self)
        super().connectionMade()

    def handshakeCompleted(self) -> None:
        """Called by Twisted when TLS stands."""
        connection = self.transport.getHandle()
        self.tls_version = connection.get_protocol_version_name()
        self.client_certificates = certificates_of(connection)

    def connectionLost(self, reason: Any) -> None:
        self.server.channels.discard(self)
        if self.tls_version is None and ISSLTransport.providedBy(self.transport):
            self._report_failed_handshake(reason.value)
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
        is_streamed = self._is_streamed()
        if self.length is not None and self.length > limit and not is_streamed:
            self._refuse_body()
            return
        super().allHeadersReceived()
        self._is_head_timed = False
        if is_streamed:
            self.requests[-1].stream_body(self._command, self._path, self._version)
        if self.length != 0:
            self.setTimeout(self._idle_s)

    def _is_streamed(self) -> bool:
        """Whether the body goes on as it comes. What cannot be read takes the usual way to its refusal."""
        if not self._path.startswith(self.server.options.streamed_paths) or not self._path.isascii():
            return False
        try:
            decode_path(self._path.partition(b"?")[0])
            self._version.partition(b"/")[2].decode("ascii"), self._command.decode("ascii")
        except (BadUpgrade, UnicodeDecodeError):
            return False
        return True

    def rawDataReceived(self, data: bytes) -> None:
        if self.websocket is not None:
            self.websocket.dataReceived(data)
        elif not self._is_body_refused:
            super().rawDataReceived(data)
            self._check_body_size()

    def pause_reading(self) -> None:
        self._networkProducer.pauseProducing()

    def resume_reading(self) -> None:
        if not self._waitingForTransport:
            self._networkProducer.resumeProducing()

    def requestDone(self, request: GatewayRequest) -> None:
        if request.body is not None and not request.body.is_complete:
            self._end_after_early_answer(request)
            return
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
        if ISSLTransport.providedBy(transport):
            transport.wrappedProtocol = websocket
        else:
            transport.protocol = websocket
        websocket.makeConnection(transport)

    def close_if_idle(self) -> None:
        """End a connection that carries no request, or only the beginning of one."""
        if not self.requests or self._is_head_timed:
            self.loseConnection()

    def _report_failed_handshake(self, error: BaseException) -> None:
        peer = self.transport.getPeer()
        words = describe_error(error) if isinstance(error, SSL.Error) else HUNG_UP
        self.server.handshake_failed(str(peer.host), words)

    def _check_body_size(self) -> None:
        request = self.requests[-1] if self.requests and not self._handlingRequest else None
        if request is not None and request.content.tell() > self.server.options.body_limit_bytes:
            self._refuse_body()

    def _end_after_early_answer(self, request: GatewayRequest) -> None:
        """The application answered while the body was coming: as for a refused body."""
        self.requests.remove(request)
        self._is_body_refused = True
        self._networkProducer.resumeProducing()
        end_writing(self.transport)
        self.setTimeout(self.server.options.close_timeout_s)

    def _refuse_body(self) -> None:
        """Answer 413, then only listen for a while: closing at once would reset the connection unread."""
        self._is_body_refused = True
        self.transport.write(b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        end_writing(self.transport)
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
