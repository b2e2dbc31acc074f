"""Simulated stations of the load generator, driven by callbacks: no task and no queue per station."""

import asyncio
import gc
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from tests.benchmarks.dialogues import HEARTBEAT, Dialogue
from tests.benchmarks.seed import PASSWORD, identity_of, token_of
from tests.benchmarks.wire import Link, upgrade_request

_CALL, _ERROR = b"[2,", b"[4,"
_IDLE, _BUSY = False, True


@dataclass
class Record:
    """What came of the messages: seconds until the answer by action, errors, lost connections.

    With ``keeps_facts`` every acknowledged fact is kept: ``(station number, action, its instant, transaction)``.
    """

    latencies_s: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[bytes] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    calls_answered: int = 0
    keeps_facts: bool = False
    facts: list[tuple[int, str, str, str]] = field(default_factory=list)

    @property
    def answered(self) -> int:
        return sum(map(len, self.latencies_s.values()))

    def quantiles_ms(self, action: str) -> tuple[float, float, float]:
        """p50, p95 and p99 of an action, in ms."""
        return quantiles_ms(self.latencies_s.get(action, []))

    def all_latencies_s(self) -> list[float]:
        return [value for values in self.latencies_s.values() for value in values]


def quantiles_ms(values_s: Sequence[float]) -> tuple[float, float, float]:
    """p50, p95 and p99 in ms; zeros where nothing was measured."""
    if not values_s:
        return (0.0, 0.0, 0.0)
    ordered = sorted(values_s)
    return tuple(1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.95, 0.99))


class Station:
    """One charger: connects, boots, then says what it is told to; answers every CALL with Accepted."""

    __slots__ = ("_action", "_sent_s", "booted_s", "dialogue", "is_busy", "is_lost", "link", "on_answer", "record")

    def __init__(self, dialogue: Dialogue, record: Record) -> None:
        self.dialogue = dialogue
        self.record = record
        self.link: Link | None = None
        self.is_busy = self.is_lost = False
        self.booted_s = 0.0
        self.on_answer: Callable[[Station], None] | None = None
        self._action = ""
        self._sent_s = 0.0

    async def connect(self, port: int, *, boots: bool = True) -> None:
        """Open the socket. Raises ``OSError`` when it cannot."""
        identity = identity_of(self.dialogue.number)
        request = upgrade_request(
            f"/ocpp/{identity}", subprotocol=self.dialogue.subprotocol, identity=identity, password=PASSWORD
        )
        self.is_lost = False
        link = Link(request, on_open=self._boot if boots else _nothing, on_text=self._on_text, on_lost=self._on_lost)
        self.link = link
        await asyncio.get_running_loop().create_connection(lambda: link, "127.0.0.1", port)

    def say(self) -> None:
        """Send the next message of the dialogue."""
        self._action, payload = self.dialogue.next_message()
        self._send(payload)

    def heartbeat(self) -> None:
        self._action = "heartbeat"
        self._send(self.dialogue.plain(HEARTBEAT))

    def close(self) -> None:
        if self.link is not None and self.link.transport is not None:
            self.on_answer = None
            self.link.on_lost = _nothing
            self.link.transport.abort()

    def _boot(self) -> None:
        self._action = "boot"
        self._send(self.dialogue.boot)

    def _send(self, payload: bytes) -> None:
        if not self.is_lost:
            self.is_busy = True
            self._sent_s = time.perf_counter()
            self.link.send(payload)

    def _on_text(self, text: bytes) -> None:
        if text.startswith(_CALL):
            self.record.calls_answered += 1
            self.link.send(b'[3,"%b",{"status":"Accepted"}]' % text.split(b'"', 2)[1])
            return
        now_s = time.perf_counter()
        action, record = self._action, self.record
        if text.startswith(_ERROR):
            record.errors.append(text[:200])
        else:
            record.latencies_s[action].append(now_s - self._sent_s)
            if action == "boot":
                self.booted_s = now_s
            else:
                self.dialogue.took(text)
                if record.keeps_facts:
                    dialogue = self.dialogue
                    record.facts.append((dialogue.number, action, dialogue.said_at, dialogue.transaction.decode()))
        self.is_busy = False
        if self.on_answer is not None:
            self.on_answer(self)

    def _on_lost(self, reason: str) -> None:
        if not self.is_lost:
            self.is_lost = True
            self.record.lost.append(reason)


class Fleet:
    """Stations of one kind at one server."""

    def __init__(self, kind: type[Dialogue], numbers: Iterable[int]) -> None:
        self.record = Record()
        self.stations = [Station(kind(number, token=token_of(number)), self.record) for number in numbers]

    async def connect(self, port: int, *, at_once: int = 200, boots: bool = True, within_s: float = 120) -> None:
        """Connect all, ``at_once`` of them at a time, and wait until each has an accepted boot."""
        gate = asyncio.Semaphore(at_once)

        async def enter(station: Station) -> None:
            async with gate:
                await station.connect(port, boots=boots)

        await asyncio.gather(*map(enter, self.stations))
        if boots:
            await self.wait_for(lambda: all(station.booted_s for station in self.stations), within_s=within_s)
        gc.collect()
        gc.freeze()

    async def wait_for(self, condition: Callable[[], bool], *, within_s: float) -> None:
        deadline_s = time.monotonic() + within_s
        while not condition():
            if time.monotonic() > deadline_s:
                raise TimeoutError(f"{self.record.lost[:3]} {self.record.errors[:3]}")
            await asyncio.sleep(0.01)

    def start_over(self, **options) -> Record:
        """A new record, from now on."""
        self.record = Record(**options)
        for station in self.stations:
            station.record = self.record
        return self.record

    async def talk(self, seconds: float) -> Record:
        """Everybody says the next message as soon as the last one was answered. Returns what was answered."""
        record = self.start_over()
        for station in self.stations:
            station.on_answer = Station.say
            if not station.is_busy:
                station.say()
        await asyncio.sleep(seconds)
        for station in self.stations:
            station.on_answer = None
        return record

    async def settle(self, *, within_s: float = 20) -> None:
        """Wait until nothing is under way."""
        await self.wait_for(lambda: not any(s.is_busy and not s.is_lost for s in self.stations), within_s=within_s)

    async def talk_paced(self, seconds: float, *, per_second: float, say: Callable[[Station], None] = Station.say):
        """So many messages per second of all together, whoever is not waiting for an answer, in random order."""
        loop = asyncio.get_running_loop()
        order = self.stations[:]
        random.Random(1).shuffle(order)
        begun_s, sent, at = loop.time(), 0, 0
        while (elapsed_s := loop.time() - begun_s) < seconds:
            while sent < elapsed_s * per_second:
                station = order[at % len(order)]
                at += 1
                sent += 1
                if not station.is_busy and not station.is_lost:
                    say(station)
            await asyncio.sleep(0.002)
        return self.record

    def close(self) -> None:
        for station in self.stations:
            station.close()


def _nothing(*_: object) -> None:
    return None
