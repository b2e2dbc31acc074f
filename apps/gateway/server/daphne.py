"""The hardened Daphne server."""

import asyncio
import logging
import random
import signal
import socket
import threading
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from daphne.server import Server
from twisted.internet import reactor
from twisted.protocols.tls import TLSMemoryBIOFactory

from apps.core.shutdown import process_ends
from apps.gateway.server.http import GatewayChannel, GatewayHTTPFactory
from apps.gateway.server.inbox import Inbox
from apps.gateway.server.logs import begin_logging
from apps.gateway.server.options import ServerOptions
from apps.gateway.server.proxies import TrustedProxies
from apps.gateway.server.tls import KeyPair, TlsContexts
from apps.gateway.server.websocket import GatewayWebSocket, GatewayWebSocketFactory
from apps.gateway.server.wheel import TimerWheel

logger = logging.getLogger(__name__)

STOP_CHECK_S = 0.05
CLOSES_PER_SECOND = 5_000
"""Sockets closed per second when the server stops, so that their clients do not all come back in one instant."""


class GatewayServer(Server):
    """Daphne with limits, which hears of finished applications by callback.

    Daphne walks over all connections every second to find applications that have ended, and every two to check
    timeouts and send pings. Here nothing is done per connection unless something happens to it.

    ``connections`` holds the live protocols; ``tasks`` the running applications, which may outlive theirs.
    """

    def __init__(
        self,
        application: Callable[..., Awaitable[None]],
        *,
        options: ServerOptions,
        listening: socket.socket | None,
        secured: socket.socket | None = None,
        pairs: tuple[KeyPair, ...] = (),
        ready: Callable[[], None] | None = None,
        handshake_failed: Callable[[str, str], None] | None = None,
    ) -> None:
        super().__init__(
            application,
            endpoints=["adopted"],
            signal_handlers=False,
            websocket_timeout=-1,
            ready_callable=ready,
            server_name="",
        )
        self.options = options
        self.trusted_proxies = TrustedProxies(options.trusted_proxies)
        self.loop: asyncio.AbstractEventLoop = reactor._asyncioEventloop
        self.wheel = TimerWheel()
        self.connections: set[Any] = set()
        self.tasks: set[asyncio.Task[None]] = set()
        self.channels: set[GatewayChannel] = set()
        self.is_stopping = False
        self.port = listening.getsockname()[1] if listening else None
        self.tls_port = secured.getsockname()[1] if secured else None
        self.tls_contexts = TlsContexts(pairs) if secured else None
        self._listening, self._secured = listening, secured
        self._ports: list[Any] = []
        self._handshake_failed = handshake_failed
        self._stop_deadline_s = 0.0

    def run(self) -> None:
        """Serve until ``stop`` or, in the main thread, SIGINT or SIGTERM; a second signal ends at once."""
        begin_logging()
        asyncio.set_event_loop(self.loop)
        self.http_factory = GatewayHTTPFactory(self)
        self.ws_factory = GatewayWebSocketFactory(self)
        self._listen()
        self.wheel.start(self.loop)
        signals = (signal.SIGINT, signal.SIGTERM) if threading.current_thread() is threading.main_thread() else ()
        for number in signals:
            self.loop.add_signal_handler(number, self._begin_stop)
        if signals and self.tls_contexts is not None:
            self.loop.add_signal_handler(signal.SIGHUP, self.tls_contexts.reload_if_changed)
        reactor.callWhenRunning(self._announce)
        reactor.run(installSignalHandlers=False)
        for number in signals:
            self.loop.remove_signal_handler(number)

    def _listen(self) -> None:
        factories = [(self._listening, self.http_factory)]
        if self._secured is not None:
            factories.append((self._secured, TLSMemoryBIOFactory(self.tls_contexts, False, self.http_factory)))
        for bound, factory in factories:
            if bound is not None:
                self._ports.append(reactor.adoptStreamPort(bound.fileno(), bound.family, factory))
                bound.close()

    def handshake_failed(self, address: str, words: str) -> None:
        """A client got no further than TLS."""
        if self._handshake_failed is not None and not self.is_stopping:
            self._handshake_failed(address, words)

    def _announce(self) -> None:
        ports = [f"{self.port}"] if self.port is not None else []
        ports += [f"{self.tls_port} with TLS"] if self.tls_port is not None else []
        logger.info("Listening on port %s.", " and ".join(ports))
        if self.ready_callable is not None:
            self.ready_callable()

    # Protocols and their applications

    def protocol_connected(self, protocol: Any) -> None:
        self.connections.add(protocol)

    def protocol_disconnected(self, protocol: Any) -> None:
        """Give the application of a connection that has ended some time to end as well."""
        if protocol not in self.connections:
            return
        self.connections.discard(protocol)
        task = getattr(protocol, "task", None)
        if task is not None and not task.done():
            self.wheel.call_later(self.options.application_close_timeout_s, partial(self._cancel_late, task))

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Inbox:
        """Called by Daphne for an HTTP request."""
        scope["client"], scope["scheme"] = protocol.client_and_scheme()
        inbox = Inbox(self.loop)
        self.start_application(protocol, scope, receive=inbox.get, send=partial(self.handle_reply, protocol))
        return inbox

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        """The ``send`` of an HTTP application; without effect once the client is gone. Waits for a slow reader."""
        if protocol in self.connections:
            self.check_headers_type(message)
            protocol.handle_reply(message)
            await protocol.wait_for_reader()

    def start_application(self, protocol: Any, scope: dict[str, Any], *, receive: Any, send: Any) -> None:
        scope["asgi"] = {"version": "3.0", "spec_version": "2.4"}
        task = self.loop.create_task(self.application(scope, receive, send))
        protocol.task = task
        self.tasks.add(task)
        task.add_done_callback(partial(self._application_done, protocol))

    def _application_done(self, protocol: Any, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        protocol.task = None
        is_connected = protocol in self.connections
        exception = None if task.cancelled() else task.exception()
        if exception is not None:
            logger.error("Exception inside the application at %r.", protocol, exc_info=exception)
            if is_connected:
                protocol.handle_exception(exception)
        elif is_connected:
            protocol.application_returned()

    def _cancel_late(self, task: asyncio.Task[None]) -> None:
        if not task.done():
            logger.warning("An application did not end after its connection and was cancelled: %r", task)
            task.cancel()

    # Stopping

    def stop(self) -> None:
        """Stop gracefully; callable from any thread, returns at once."""
        self.loop.call_soon_threadsafe(self._begin_stop)

    def _begin_stop(self) -> None:
        """Accept nothing new, close sockets with 1001, let requests finish until the deadline."""
        if self.is_stopping:
            self._stop_deadline_s = 0.0
            return
        self.is_stopping = True
        process_ends.set()
        self._stop_deadline_s = self.loop.time() + self.options.stop_timeout_s
        for port in self._ports:
            port.stopListening()
        for channel in list(self.channels):
            channel.close_if_idle()
        sockets = [protocol for protocol in self.connections if isinstance(protocol, GatewayWebSocket)]
        spread_s = min(len(sockets) / CLOSES_PER_SECOND, self.options.stop_timeout_s / 2)
        for websocket in sockets:
            self.wheel.call_later(random.random() * spread_s, websocket.go_away)
        self._continue_stop()

    def _continue_stop(self) -> None:
        is_idle = not self.connections and not self.tasks
        if is_idle or self.loop.time() >= self._stop_deadline_s:
            self.loop.create_task(self._finish_stop())
        else:
            self.loop.call_later(STOP_CHECK_S, self._continue_stop)

    async def _finish_stop(self) -> None:
        if self.tasks:
            logger.warning("%s applications had not ended when the server stopped.", len(self.tasks))
            for task in self.tasks:
                task.cancel()
            await asyncio.wait(self.tasks, timeout=1)
        reactor.stop()
