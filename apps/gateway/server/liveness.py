"""What time does to one connection: a deadline for the handshake, then our own pings."""

import random
import struct
from time import monotonic
from typing import Protocol

from apps.gateway.server.connection import ConnectionInfo
from apps.gateway.server.options import ServerOptions
from apps.gateway.server.wheel import TimerWheel

JITTER = 0.1
"""Share by which each interval is lengthened or shortened, so that pings of many connections never align."""


class Pingable(Protocol):
    """What the pulse needs of a connection."""

    info: ConnectionInfo

    @property
    def is_reading_paused(self) -> bool: ...
    def send_ping(self, payload: bytes) -> None: ...
    def expire_handshake(self) -> None: ...
    def abort(self, reason: str) -> None: ...


class Pulse:
    """Pings one connection and drops it when nothing at all comes back in time.

    The first ping comes at a random moment within the interval. Any bytes received after a ping are a sign of
    life (a slow link may take longer than the timeout to bring the pong behind a large message); only the pong
    gives the round trip. While we have paused reading, silence is our own doing and is not held against the peer.

    Daphne pings all connections in one burst; with thousands this blocks everything else for a while.
    """

    __slots__ = ("_connection", "_is_waiting", "_options", "_sent_at_s", "_serial", "_wheel")

    def __init__(self, connection: Pingable, *, wheel: TimerWheel, options: ServerOptions) -> None:
        self._connection: Pingable | None = connection
        self._wheel = wheel
        self._options = options
        self._serial = 0
        self._sent_at_s = 0.0
        self._is_waiting = False

    def expect_handshake(self) -> None:
        """The application has so long to accept or refuse."""
        self._wheel.call_later(self._options.connect_timeout_s, self._expire_handshake)

    def start(self) -> None:
        """The connection is open; ask for signs of life from now on."""
        if self._options.ping_interval_s:
            self._wheel.call_later(random.random() * self._options.ping_interval_s, self._ping)

    def stop(self) -> None:
        """Forget the connection, so that entries left in the wheel do not keep it in memory."""
        self._connection = None

    def heard(self) -> None:
        """Bytes came in."""
        self._is_waiting = False

    def pong(self, payload: bytes) -> None:
        """A pong came in; one that answers no ping of ours is legal and means nothing (RFC 6455 5.5.3)."""
        if self._connection is not None and self._serial and payload == struct.pack("!I", self._serial):
            self._connection.info.rtt_ms = (monotonic() - self._sent_at_s) * 1000

    def _expire_handshake(self) -> None:
        if self._connection is not None:
            self._connection.expire_handshake()

    def _ping(self) -> None:
        if self._connection is None:
            return
        interval_s = self._options.ping_interval_s
        self._wheel.call_later(interval_s * random.uniform(1 - JITTER, 1 + JITTER), self._ping)
        if self._is_waiting:
            return
        self._serial = self._serial % 0xFFFFFFFF + 1
        self._sent_at_s = monotonic()
        self._is_waiting = True
        self._connection.send_ping(struct.pack("!I", self._serial))
        self._wheel.call_later(self._options.ping_timeout_s, self._check)

    def _check(self) -> None:
        if self._connection is None or not self._is_waiting:
            return
        remaining_s = self._sent_at_s + self._options.ping_timeout_s - monotonic()
        if remaining_s > 0:
            return  # The ping this check belonged to was answered; a later one has its own check.
        if self._connection.is_reading_paused:
            self._wheel.call_later(self._options.ping_timeout_s, self._check)
        else:
            self._connection.abort("ping timeout")
