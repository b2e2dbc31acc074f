"""What the measurements share: how large they are, and the deployments they use."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from tests.benchmarks.deployments import Deployment, embedded, production, production_missing
from tests.benchmarks.figures import Figure
from tests.support.server import ServerProcess


@dataclass(frozen=True)
class Scale:
    """How much is done. ``fleet``: stations connected at once; ``talkers``: of those that talk without pause.

    ``compares``: the baselines and the second mix of 2.0.1 are measured, too.
    """

    servers: tuple[str, ...] = ("daphne", "uvicorn")
    compares: bool = True
    fleet: int = 10_000
    small_fleet: int = 1_000
    talkers: int = 500
    talk_s: float = 10
    warm_up_s: float = 3
    calm_s: float = 12  # longer than the gateway takes to write when it heard of whom
    idle_s: float = 20
    paced_s: float = 30
    per_second: float = 400
    locks: int = 8
    commands: int = 300
    crash_s: float = 4
    sessions: tuple[int, ...] = (10, 100_000, 1_000_000)
    rated: int = 20_000
    documents: int = 160


QUICK = Scale(
    servers=("daphne",),
    compares=False,
    fleet=200,
    small_fleet=50,
    talkers=40,
    talk_s=1,
    warm_up_s=0.5,
    calm_s=1,
    idle_s=1,
    paced_s=1,
    per_second=100,
    locks=1,
    commands=5,
    crash_s=1,
    sessions=(10, 1_000),
    rated=200,
    documents=8,
)


@dataclass
class Context:
    """Deployments are made when first asked for and taken down by ``close``; ``figures`` are what was measured."""

    scale: Scale
    figures: list[Figure] = field(default_factory=list)
    _stack: ExitStack = field(default_factory=ExitStack)

    @cached_property
    def production_missing(self) -> str:
        """Why there is no production tier here; empty if there is."""
        return production_missing()

    @cached_property
    def production(self) -> Deployment:
        return self._stack.enter_context(production(self.scale.fleet))

    @cached_property
    def embedded(self) -> Deployment:
        return self._stack.enter_context(embedded(self.scale.small_fleet))

    @cached_property
    def main(self) -> Deployment:
        """The production tier where there is one, else the embedded."""
        return self.embedded if self.production_missing else self.production

    @property
    def fleet(self) -> int:
        """How many stations ``main`` has."""
        return self.scale.small_fleet if self.production_missing else self.scale.fleet

    def add(self, *figures: Figure) -> None:
        """Take figures and say them at once: a whole run takes minutes."""
        self.figures += figures
        for figure in figures:
            print(f"  {figure}", flush=True)

    def close(self) -> None:
        self._stack.close()


@contextmanager
def running(server: ServerProcess) -> Iterator[ServerProcess]:
    """A server, killed at the end: a graceful stop of ten thousand sockets is not what is measured."""
    server.start()
    try:
        yield server
    finally:
        server.kill()


async def rest(seconds: float = 1.0) -> None:
    """Let what was begun come to its end, so that it does not count for what comes next."""
    await asyncio.sleep(seconds)
