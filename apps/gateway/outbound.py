"""Commands on their way out: from rows to CALLs to settled rows.

A nudge on the process's channel says that a station of ours has a command waiting; every two seconds a sweep asks for
those whose nudge was lost. A row is claimed (pending → sent) in the writing lane, so two processes never send it both;
one CALL per station is open at a time, whatever the station itself is sending; the answer, the silence or the loss of
the socket settles the row.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import structlog
from channels.layers import get_channel_layer
from django.conf import settings

from apps.chargers.messages.commands import build_command
from apps.chargers.messages.replies import RegistrationStatus
from apps.chargers.services.commands import (
    Claim,
    ClaimedCommand,
    Settlement,
    claim_commands,
    stations_with_pending_commands,
)
from apps.gateway import metrics
from apps.gateway.protocol.errors import CommandNotExpressible
from apps.gateway.protocol.outcomes import CommandAnswered, CommandFailed, SentCall
from apps.gateway.settling import Settling, settle
from apps.gateway.station_socket import StationSocket

if TYPE_CHECKING:
    from apps.gateway.process import Gateway

log = structlog.get_logger(__name__)

# Some stations answer nothing until they have booted, and some never boot at a reconnect.
PATIENCE_BEFORE_BOOT_S = 10
BROKER_PAUSE_S = 1.0


@dataclass(slots=True)
class _Open:
    """A CALL that waits for its answer."""

    socket: StationSocket
    command_id: int
    sent: SentCall
    timer: asyncio.TimerHandle

    @property
    def wire(self) -> dict[str, Any]:
        """What went over it."""
        return {"action": self.sent.action, "request": self.sent.payload}


class Outbound:
    """The commands of this process's stations. All methods run on the loop."""

    def __init__(self, gateway: "Gateway") -> None:
        self._gateway = gateway
        self._loop = asyncio.get_running_loop()
        self._open: dict[int, _Open] = {}
        self._claiming: set[int] = set()
        self._settling: set[int] = set()
        self._more: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def listen(self, channel: str) -> None:
        """Take messages to this process until cancelled."""
        layer = get_channel_layer()
        while True:
            try:
                message = await layer.receive(channel)
            except Exception as error:  # the edge to the broker: commands are swept meanwhile
                log.warning("gateway.broker_away", error=repr(error)[:200])
                await asyncio.sleep(BROKER_PAUSE_S)
                continue
            self.hear(message)

    def hear(self, message: dict[str, Any]) -> None:
        """Take one message to this process."""
        match message.get("type"):
            case "command.ready":
                for station_id in message["station_ids"]:
                    self.wake(station_id)
            case "station.changed":
                self._gateway.refresh_soon(message["station_ids"])
            case "trust.changed":
                self._gateway.read_trust_soon()
            case "socket.superseded":
                self._gateway.sockets.supersede(message["station_id"], message["connection_id"])

    async def sweep(self) -> None:
        """Send what no nudge told of."""
        waiting = await self._gateway.ingest.query(lambda: stations_with_pending_commands(self._gateway.process_id))
        for station_id in waiting:
            self.wake(station_id)

    def wake(self, station_id: int) -> None:
        """Send the station's next command if one waits; while one is open, as soon as that is settled."""
        if station_id in self._claiming or station_id in self._open or station_id in self._settling:
            self._more.add(station_id)
            return
        socket = self._gateway.sockets.get(station_id)
        if socket is None or not self._may_send(socket):
            return
        self._more.discard(station_id)
        self._claiming.add(station_id)
        self._spawn(self._send_next(socket))

    def answered(self, socket: StationSocket, outcome: CommandAnswered | CommandFailed) -> None:
        """The station answered our CALL."""
        opened = self._take(socket, outcome.message_id)
        if opened is None:
            return
        wire = opened.wire
        if isinstance(outcome, CommandAnswered):
            metrics.commands["answered"] += 1
            settlement = Settlement.answered(opened.command_id, outcome.result, outcome.payload, _now(), **wire)
        else:
            metrics.commands["failed"] += 1
            settlement = Settlement.failed(
                opened.command_id, outcome.error_code, outcome.description, outcome.details, _now(), **wire
            )
        self._settle_soon(socket, settlement)

    def lost(self, socket: StationSocket) -> None:
        """The socket has ended or was replaced: nobody waits for its answer any more.

        Its registration's end (or the new one's beginning) settles the row, in the same transaction.
        """
        opened = self._open.get(socket.station_id)
        if opened is not None and opened.socket is socket:
            self._take(socket, opened.sent.message_id)
            metrics.commands["lost"] += 1

    def _may_send(self, socket: StationSocket) -> bool:
        if not socket.can_send or socket.connection.registration is RegistrationStatus.REJECTED:
            return False
        age_s = (_now() - socket.connected_at).total_seconds()
        patience_s = socket.context.quirks.silent_before_boot_s or PATIENCE_BEFORE_BOOT_S
        return socket.has_spoken or age_s > patience_s

    async def _send_next(self, socket: StationSocket) -> None:
        try:
            claim = Claim(socket.station_id, socket.connection_id, str(uuid4()), _now())
            command = await self._gateway.ingest.write(socket.station_id, claim_commands, claim)
            if command is not None:
                if command.has_followers:
                    self._more.add(socket.station_id)
                await self._send(socket, command)
        finally:
            self._claiming.discard(socket.station_id)
            self._wake_for_more(socket.station_id)

    async def _send(self, socket: StationSocket, command: ClaimedCommand) -> None:
        if self._gateway.sockets.get(socket.station_id) is not socket or not socket.can_send:
            return  # it went while the row was claimed, and its release settles the row
        try:
            neutral = build_command(command.name, command.arguments)
            sent = socket.connection.send_command(neutral, command.message_id)
        except (CommandNotExpressible, KeyError, TypeError) as error:
            metrics.commands["failed"] += 1
            self._settle_soon(socket, Settlement.impossible(command.id, str(error), _now()))
            return
        timer = self._loop.call_later(settings.OCPP_CALL_TIMEOUT_S, self._time_out, socket, sent.message_id)
        self._open[socket.station_id] = _Open(socket, command.id, sent, timer)
        metrics.commands["sent"] += 1
        await socket.send_call(sent)

    def _time_out(self, socket: StationSocket, message_id: str) -> None:
        socket.connection.time_out(message_id)
        opened = self._take(socket, message_id)
        if opened is not None:
            metrics.commands["timed_out"] += 1
            settlement = Settlement.timed_out(opened.command_id, _now(), **opened.wire)
            self._settle_soon(socket, settlement)

    def _take(self, socket: StationSocket, message_id: str) -> _Open | None:
        opened = self._open.get(socket.station_id)
        if opened is None or opened.socket is not socket or opened.sent.message_id != message_id:
            return None
        opened.timer.cancel()
        return self._open.pop(socket.station_id)

    def _settle_soon(self, socket: StationSocket, settlement: Settlement) -> None:
        self._settling.add(socket.station_id)
        self._spawn(self._settle(socket, settlement))

    async def _settle(self, socket: StationSocket, settlement: Settlement) -> None:
        try:
            await self._gateway.ingest.write(socket.station_id, settle, Settling(socket.context, settlement))
        finally:
            self._settling.discard(socket.station_id)
            self._wake_for_more(socket.station_id)

    def _wake_for_more(self, station_id: int) -> None:
        """Go on where something came meanwhile; what is still under way calls this again when it ends."""
        if station_id in self._more:
            self.wake(station_id)

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:  # the row stays as it is; the sweep of expired commands settles it
            log.warning("command.not_settled", error=repr(error)[:300])


def _now() -> datetime:
    return datetime.now(UTC)
