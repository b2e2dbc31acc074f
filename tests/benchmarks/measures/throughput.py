"""CPU per message and messages per second: every station says the next message when the last one was answered."""

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
    errors: int
    p50_ms: float

    @property
    def cpu_us(self) -> float:
        return self.server_us + self.database_us


async def measure(context: Context) -> list[Figure]:
    scale = context.scale
    echo = {kind: await _baseline(scale, Dialogue16, "echo", kind) for kind in ("daphne", "uvicorn")}
    library_16 = await _baseline(scale, Dialogue16, "library")
    library_201 = await _baseline(scale, Dialogue201, "library")
    figures = []
    if not context.production_missing:
        for server in ("daphne", "uvicorn"):
            load = await product(context.production, scale, Dialogue16, uvicorn=server == "uvicorn")
            compared = f"echo {echo[server].cpu_us:.0f}, ocpp library {library_16.cpu_us:.0f}"
            figures += _cpu(f"1.6 mix, PostgreSQL, {server}", f"16_postgres_{server}", load, 250, 120, compared)
            figures.append(
                Figure(
                    f"throughput_16_postgres_{server}",
                    f"durable messages/s, 1.6 mix, PostgreSQL, {server}",
                    load.per_second,
                    "/s",
                    4000,
                    8000,
                    f"echo {echo[server].per_second:.0f}, ocpp library {library_16.per_second:.0f}",
                    more_is_better=True,
                )
            )
            load = await product(context.production, scale, Transactions201, uvicorn=server == "uvicorn")
            compared = f"ocpp library {library_201.cpu_us:.0f}"
            figures += _cpu(
                f"2.0.1 TransactionEvent, PostgreSQL, {server}", f"201_event_{server}", load, 300, 150, compared
            )
        load = await product(context.production, scale, Dialogue201)
        figures += _cpu("2.0.1 mix, PostgreSQL, daphne", "201_postgres_daphne", load, 300, 150)
    load = await product(context.embedded, scale, Dialogue16)
    figures += _cpu("1.6 mix, SQLite, daphne", "16_sqlite", load, None, None)
    figures.append(
        Figure(
            "throughput_16_sqlite",
            "durable messages/s, 1.6 mix, SQLite, daphne",
            load.per_second,
            "/s",
            1500,
            more_is_better=True,
        )
    )
    return figures


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
    p50_ms = _median_ms(record.all_latencies_s())
    per_message = 1e6 / answered
    return Load(server_s * per_message, database_s * per_message, answered / scale.talk_s, len(record.errors), p50_ms)


async def _baseline(scale: Scale, kind: type[Dialogue], module: str, *arguments: str) -> Load:
    with baseline(module, *arguments) as server:
        return await talk(server.pid, server.port, scale, kind)


def _cpu(title: str, key: str, load: Load, goal: float | None, stretch: float | None, compared: str = ""):
    parts = f"server {load.server_us:.0f} + database {load.database_us:.0f}"
    return [Figure(f"cpu_{key}", f"CPU per message, {title} ({parts})", load.cpu_us, "µs", goal, stretch, compared)]


def _median_ms(values_s: list[float]) -> float:
    return 1000 * sorted(values_s)[len(values_s) // 2] if values_s else 0.0
