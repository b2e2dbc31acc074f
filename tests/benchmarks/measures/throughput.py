"""CPU per message and messages per second: every station says the next message when the last one was answered."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.benchmarks.baselines.process import baseline
from tests.benchmarks.context import Context, Scale, rest, running
from tests.benchmarks.deployments import CpuMeter, Deployment
from tests.benchmarks.dialogues import Dialogue, Dialogue16, Dialogue201, Transactions201
from tests.benchmarks.figures import Figure
from tests.benchmarks.stations import Fleet


@dataclass(frozen=True)
class Load:
    """What came of a time of talking: CPU is per acknowledged message, in µs."""

    server_us: float
    database_us: float
    per_second: float

    @property
    def cpu_us(self) -> float:
        return self.server_us + self.database_us


Baselines = Sequence[tuple[str, Load]]


async def measure(context: Context) -> None:
    scale = context.scale
    if not context.production_missing:
        for server in scale.servers:
            await _measure_production(context, server)
        if scale.compares:
            load = await product(context.production, scale, Dialogue201)
            context.add(_cpu("2.0.1 mix, PostgreSQL, daphne", "201_postgres_daphne", load, 300, 150))
    load = await product(context.embedded, scale, Dialogue16)
    context.add(_cpu("1.6 mix, SQLite, daphne", "16_sqlite", load), _rate("SQLite, daphne", "16_sqlite", load, 1500))


async def _measure_production(context: Context, server: str) -> None:
    scale, deployment, is_uvicorn = context.scale, context.production, server == "uvicorn"
    echo = await _baseline("echo", scale, Dialogue16, "echo", server)
    library = await _baseline("ocpp library", scale, Dialogue16, "library")
    load = await product(deployment, scale, Dialogue16, uvicorn=is_uvicorn)
    where, key = f"PostgreSQL, {server}", f"16_postgres_{server}"
    compared = [*echo, *library]
    context.add(_cpu(f"1.6 mix, {where}", key, load, 250, 120, compared), _rate(where, key, load, 4000, 8000, compared))
    compared = await _baseline("ocpp library", scale, Dialogue201, "library")
    load = await product(deployment, scale, Transactions201, uvicorn=is_uvicorn)
    context.add(_cpu(f"2.0.1 TransactionEvent, {where}", f"201_event_{server}", load, 300, 150, compared))


async def product(deployment: Deployment, scale: Scale, kind: type[Dialogue], *, uvicorn: bool = False) -> Load:
    """Load the product on ``deployment`` with the dialogue of ``kind``."""
    with running(deployment.server(uvicorn=uvicorn)) as server:
        return await talk(server.pid, server.port, scale, kind, deployment)


async def talk(pid: int, port: int, scale: Scale, kind: type[Dialogue], deployment: Deployment | None = None) -> Load:
    """Load a server that is running."""
    fleet = Fleet(kind, range(scale.talkers))
    await fleet.connect(port)
    await fleet.talk(scale.warm_up_s)
    meter = CpuMeter(pid, deployment)
    record = await fleet.talk(scale.talk_s)
    server_s, database_s = meter.seconds()
    answered = record.answered
    await fleet.settle()
    fleet.close()
    await rest()
    if record.errors or record.lost:
        raise RuntimeError(
            f"{len(record.errors)} errors, {len(record.lost)} lost: {record.errors[:2]} {record.lost[:2]}"
        )
    per_message = 1e6 / answered
    return Load(server_s * per_message, database_s * per_message, answered / scale.talk_s)


async def _baseline(name: str, scale: Scale, kind: type[Dialogue], module: str, *arguments: str) -> Baselines:
    """``[(name, load)]``; nothing where nothing is compared."""
    if not scale.compares:
        return []
    with baseline(module, *arguments) as server:
        return [(name, await talk(server.pid, server.port, scale, kind))]


def _cpu(
    title: str,
    key: str,
    load: Load,
    goal: float | None = None,
    stretch: float | None = None,
    compared: Baselines = (),
) -> Figure:
    parts = f"server {load.server_us:.0f} + database {load.database_us:.0f}"
    words = ", ".join(f"{name} {other.cpu_us:.0f}" for name, other in compared)
    return Figure(f"cpu_{key}", f"CPU per message, {title} ({parts})", load.cpu_us, "µs", goal, stretch, words)


def _rate(
    where: str, key: str, load: Load, goal: float, stretch: float | None = None, compared: Baselines = ()
) -> Figure:
    title = f"durable messages/s, 1.6 mix, {where}"
    words = ", ".join(f"{name} {other.per_second:,.0f}" for name, other in compared)
    return Figure(f"rate_{key}", title, load.per_second, "/s", goal, stretch, words, more_is_better=True)
