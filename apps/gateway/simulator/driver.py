"""A simulated station in the hands of a test: nothing happens but what the test asks for.

    async with SimulatedStation(url="ws://127.0.0.1:8000/ocpp", identity="CP1", version="2.0.1",
                                password="…") as station:      # connected, not booted
        await station.boot()                                   # boot + status of every connector
        await station.plug_in(evse=1)
        assert await station.authorise("TAG") == "Accepted"
        transaction = await station.start(evse=1, token="TAG") # .id, .answer, .meter_start_wh
        await station.meter(evse=1, power_w=7360, energy_wh=transaction.meter_start_wh + 500)
        await station.stop(evse=1)                             # reason Local
        await station.plug_out(evse=1)

It answers every request of the central system as a station of its version does (`v16/answers.py`,
`v201/answers.py`), carries out remote start and stop, really reconnects on Reset, and does nothing else by
itself: no heartbeats, no meter values, no reconnect. What is sent and received is in `frames`.

    station.on("Reset", {"status": "Rejected"})                # another answer; a function may raise CallError;
    station.on("Reset", lambda payload: None)                  # None: never answers
    payload = await station.expect_call("RemoteStartTransaction", timeout_s=5)
    answer = await station.call("DataTransfer", {"vendorId": "x"})   # exactly this; CallError(code, description)
    await station.send_text("[2,")                             # exactly this text
    await station.go_offline(); await station.start(evse=1, token="TAG"); await station.reconnect()  # replayed
    await station.drop()                                       # TCP reset, no close frame

`misbehave=["duplicate-start", …]` applies deviations by name to everything but `call` and `send_text`.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from apps.gateway.simulator.build import build_station
from apps.gateway.simulator.conversation import Override
from apps.gateway.simulator.delivery import Message
from apps.gateway.simulator.dialect import BootAnswer
from apps.gateway.simulator.errors import CallError, CallTimeout, ConnectionRefused, NotConnected
from apps.gateway.simulator.evse import Evse, Status, Transaction
from apps.gateway.simulator.physics import Car, Sample
from apps.gateway.simulator.spec import StationSpec
from apps.gateway.simulator.tape import Frame
from apps.gateway.simulator.v201 import device_model, monitoring

__all__ = ["CallError", "CallTimeout", "ConnectionRefused", "Frame", "NotConnected", "SimulatedStation", "Status"]


class SimulatedStation:
    """One station under a test's control. `url` is the gateway's address without the identity.

    `version` 1.6 or 2.0.1; `spec` takes any field of `StationSpec` (kind="dc", connectors=2, vendor=…).
    Timeouts are short and messages are tried once, so that a test fails quickly: see `call_timeout_s`,
    `message_attempts`, `retry_interval_s`. `station` is the simulated station itself for anything not offered here.
    """

    def __init__(
        self,
        *,
        url: str,
        identity: str,
        version: str = "1.6",
        password: str | None = None,
        misbehave: Iterable[str] = (),
        seed: int = 1,
        speed: float = 1,
        call_timeout_s: float = 10,
        message_attempts: int = 1,
        retry_interval_s: float = 0.05,
        reboot_s: float = 0.05,
        **spec: Any,
    ) -> None:
        self.station = build_station(
            StationSpec(identity=identity, version=version, password=password, misbehave=tuple(misbehave), **spec),
            url=url,
            seed=seed,
            speed=speed,
            keep_frames=None,
            call_timeout_s=call_timeout_s,
            message_attempts=message_attempts,
            retry_interval_s=retry_interval_s,
            ping_interval_s=None,
        )
        self.station.reboot_s = reboot_s
        self._expected: dict[str, int] = {}

    # --- the connection -----------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.station.shut_down()

    async def connect(self) -> None:
        """Dial. Raises ConnectionRefused with `http_status` 401, 404, … when the server does not upgrade."""
        await self.station.open()

    async def reconnect(self, *, boot: bool | None = None) -> None:
        """Dial again, boot (unless told or misbehaving otherwise), and wait until all that was queued is answered."""
        boot = self.station.boots_on_reconnect if boot is None else boot
        self.station.boot_is_due = boot
        await self.station.open()
        if boot:
            await self.station.boot()
        else:
            self.station.delivery.resume()
        await self.station.delivery.drained()

    async def go_offline(self) -> None:
        """Close in good order; what a transaction has to tell is queued until `reconnect`."""
        await self.station.close()

    async def drop(self) -> None:
        """Cut the TCP connection without a close frame."""
        self.station.delivery.pause()
        if self.station.link:
            await self.station.link.drop()

    @property
    def connected(self) -> bool:
        return self.station.connected

    @property
    def close_code(self) -> int | None:
        """The WebSocket close code, once the connection is closed."""
        return self.station.link.close_code if self.station.link else None

    @property
    def subprotocol(self) -> str | None:
        return self.station.link.subprotocol if self.station.link else None

    async def wait_closed(self, timeout_s: float = 5) -> int | None:
        """Wait for the connection to end; returns the close code. Raises TimeoutError."""
        if self.station.link is not None:
            async with asyncio.timeout(timeout_s):
                await self.station.link.closed.wait()
        return self.close_code

    # --- life of a station --------------------------------------------------------------------------

    async def boot(self, reason: str = "PowerUp") -> BootAnswer:
        """BootNotification and, when accepted, every status. Returns (status, interval_s)."""
        return await self.station.boot(reason)

    async def heartbeat(self) -> dict:
        """Returns the answer (`currentTime`)."""
        return await self.station.heartbeat()

    async def authorise(self, token: str) -> str:
        """Returns the token's status: Accepted, Blocked, Invalid, …"""
        return await self.station.authorize(token)

    async def present(self, token: str, evse: int = 1) -> str:
        """A card is held to the reader, online or offline: starts or stops by itself. Returns the token's status."""
        return await self.station.present(self.evse(evse), token)

    async def plug_in(self, evse: int = 1, car: Car | None = None) -> None:
        """A car arrives: Preparing on 1.6, Occupied on 2.x."""
        await self.station.plug_in(self.evse(evse), car)

    async def plug_out(self, evse: int = 1) -> None:
        """The car leaves: Available."""
        await self.station.plug_out(self.evse(evse))

    async def start(
        self, evse: int = 1, token: str | None = None, *, meter_start_wh: float | None = None
    ) -> Transaction:
        """Begin a transaction (StartTransaction or TransactionEvent Started). Raises CallError, CallTimeout."""
        if meter_start_wh is not None:
            self.evse(evse).meter.register_wh = meter_start_wh
        return await self.station.start(self.evse(evse), token=token)

    async def meter(
        self, evse: int = 1, *, seconds: float = 0, context: str = "Sample.Periodic", **values: Any
    ) -> Sample:
        """Charge for `seconds` and send what the meter reads, with any field of `Sample` overruled.

        For example ``meter(seconds=900)`` or ``meter(energy_wh=12_500, power_w=7_360)``; a given energy becomes the
        register's. Raises CallError, CallTimeout.
        """
        sample = replace(self.station.let_time_pass(self.evse(evse), seconds), **values)
        self.evse(evse).meter.register_wh = sample.energy_wh
        return await self.station.meter(self.evse(evse), sample, context=context)

    async def set_variable(self, component: str, name: str, value: str, *, evse: int | None = None) -> None:
        """A variable of the device model (2.x) takes another value by itself; monitors of it tell."""
        place = {"name": component} | ({"evse": {"id": evse}} if evse else {})
        await monitoring.change(self.station, device_model.key(place, {"name": name}), value)

    async def suspend(self, evse: int = 1, by: str = "EV") -> None:
        """Energy pauses, by the EV or by the EVSE."""
        await self.station.change_status(self.evse(evse), Status(f"Suspended{by}"))

    async def resume(self, evse: int = 1) -> None:
        """Energy flows again."""
        await self.station.change_status(self.evse(evse), Status.CHARGING)

    async def stop(self, evse: int = 1, *, reason: str = "Local", meter_stop_wh: float | None = None) -> Transaction:
        """End the transaction. Raises CallError, CallTimeout."""
        if meter_stop_wh is not None:
            self.evse(evse).meter.register_wh = meter_stop_wh
        return await self.station.stop(self.evse(evse), reason=reason)

    async def fault(self, evse: int = 1, error_code: str = "GroundFailure") -> None:
        """The EVSE breaks; a running transaction ends."""
        await self.station.fault(self.evse(evse), error_code)

    async def repair(self, evse: int = 1) -> None:
        """The fault is gone."""
        await self.station.repair(self.evse(evse))

    def evse(self, number: int = 1) -> Evse:
        """State, meter and transaction of one EVSE."""
        return self.station.evses[number]

    # --- frames -------------------------------------------------------------------------------------

    async def call(self, action: str, payload: dict, *, message_id: str | None = None, alone: bool = True) -> dict:
        """Send a CALL exactly as given and return the answer's payload.

        `alone=False` sends at once although an earlier CALL waits. Raises CallError, CallTimeout, NotConnected.
        """
        return await self.station.call(action, payload, message_id=message_id, alone=alone)

    async def send(self, action: str, payload: dict) -> dict:
        """Like `call`, but through the misbehaviours."""
        return await self.station.send(Message(action, payload))

    async def send_unanswered(self, action: str, payload: dict) -> None:
        """Send a SEND exactly as given (2.1). Raises NotConnected."""
        await self.station.send_unanswered(action, payload)

    async def send_text(self, raw: str) -> None:
        """Send a text frame exactly as given."""
        await self._send_raw(raw)

    async def send_bytes(self, raw: bytes) -> None:
        """Send a binary frame."""
        await self._send_raw(raw)

    async def _send_raw(self, raw: str | bytes) -> None:
        if self.station.link is None:
            raise NotConnected(f"{self.station.spec.identity} was never connected")
        await self.station.link.send(raw)

    def on(self, action: str, answer: dict | Override) -> None:
        """Answer an action of the central system differently: a payload, or a (coroutine) function of the request.

        The function returns a payload, or None for no answer at all, or raises CallError.
        """
        self.station.overrides[action] = (lambda _: answer) if isinstance(answer, dict) else answer

    @property
    def frames(self) -> list[Frame]:
        """Everything sent and received, oldest first: `.sent`, `.data`, `.message`, `.action`, `.payload`."""
        return list(self.station.tape.frames)

    def sent(self, action: str) -> list[dict]:
        """The payloads of the CALLs of one action that the station sent."""
        return [frame.payload for frame in self.frames if frame.sent and frame.action == action]

    def received(self, action: str) -> list[dict]:
        """The payloads of the CALLs of one action that the central system sent."""
        return [frame.payload for frame in self.frames if not frame.sent and frame.action == action]

    async def expect_call(self, action: str, timeout_s: float = 5) -> dict:
        """The payload of the central system's next request of that action, counted from the last expectation.

        Raises TimeoutError.
        """
        seen = self._expected.get(action, 0)
        await self.wait_until(lambda: len(self.received(action)) > seen, timeout_s)
        self._expected[action] = seen + 1
        return self.received(action)[seen]

    async def expect_frame(self, condition: Callable[[Frame], object], timeout_s: float = 5) -> Frame:
        """The first frame, past or coming, that meets the condition. Raises TimeoutError."""
        await self.wait_until(lambda: any(condition(frame) for frame in self.frames), timeout_s)
        return next(frame for frame in self.frames if condition(frame))

    async def expect_sent(self, action: str, timeout_s: float = 5, *, times: int = 1) -> dict:
        """The payload of the `times`-th CALL of that action the station sends (counted from the beginning)."""
        await self.wait_until(lambda: len(self.sent(action)) >= times, timeout_s)
        return self.sent(action)[times - 1]

    async def wait_until(self, condition: Callable[[], object], timeout_s: float = 5) -> None:
        """Wait for a condition that changes with frames. Raises TimeoutError."""
        await self.station.tape.wait_for(condition, timeout_s)
