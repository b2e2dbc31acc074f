"""Ten thousand stations at one process: the storm, what a connection weighs, what idleness costs, who waits."""

import asyncio
import time
from dataclasses import dataclass, field

import psutil
import psycopg

from tests.benchmarks.context import Context, rest, running
from tests.benchmarks.deployments import CpuMeter, Deployment
from tests.benchmarks.dialogues import Dialogue16
from tests.benchmarks.figures import Figure
from tests.benchmarks.seed import identity_of
from tests.benchmarks.stations import Fleet, Record, Station, quantiles_ms

HEARTBEAT_INTERVAL_S = 300
STORM_WITHIN_S = 180
RETRY_AFTER_S = 1.0
LOCKED_S = 1.0


async def measure(context: Context) -> None:
    for server in ("daphne",) if context.production_missing else context.scale.servers:
        await _measure_under(context, server)


async def _measure_under(context: Context, server_name: str) -> None:
    scale, deployment = context.scale, context.main
    with running(deployment.server(uvicorn=server_name == "uvicorn")) as server:
        small = Fleet(Dialogue16, range(scale.small_fleet - 1))  # one is left to wake the server up
        context.add(await _memory(small, server, server_name))
        small.close()
        await rest(3)
    with running(deployment.server(uvicorn=server_name == "uvicorn")) as server:
        fleet = Fleet(Dialogue16, range(context.fleet))
        await _wake_up(server.port, context.fleet - 1)
        before_kib = _memory_kib(server.pid)
        storm = await _storm(fleet, server.port)
        context.add(*_storm_figures(storm, len(fleet.stations), server_name))
        await rest(scale.calm_s)
        context.add(_memory_figure(server.pid, before_kib, len(fleet.stations), server_name))
        context.add(await _idle(fleet, server.pid, deployment, scale.idle_s, server_name))
        fleet.stations, silent = fleet.stations[: scale.talkers], fleet.stations[scale.talkers :]
        calm = await _mix(fleet, scale.paced_s, scale.per_second)
        context.add(*_latency_figures(calm, f"{context.fleet:,} connected, {server_name}", server_name))
        if deployment.is_postgres:
            context.add(*await _beside_a_lock(fleet, deployment, context, calm, server_name))
        fleet.stations += silent
        fleet.close()
        await rest()


@dataclass
class Storm:
    seconds: float = 0.0
    failures: list[str] = field(default_factory=list)


async def _storm(fleet: Fleet, port: int) -> Storm:
    """Everybody connects and boots at once; who fails tries again after a second."""
    storm = Storm()
    begun_s = time.perf_counter()

    async def enter(station: Station) -> None:
        while True:
            try:
                await station.connect(port)
            except OSError as error:
                storm.failures.append(str(error))
                await asyncio.sleep(RETRY_AFTER_S)
                continue
            while not station.booted_s and not station.is_lost:
                await asyncio.sleep(0.2)
            if station.booted_s:
                return
            storm.failures.append(station.record.lost[-1])
            await asyncio.sleep(RETRY_AFTER_S)

    async with asyncio.timeout(STORM_WITHIN_S):
        await asyncio.gather(*map(enter, fleet.stations))
    storm.seconds = max(station.booted_s for station in fleet.stations) - begun_s
    return storm


def _storm_figures(storm: Storm, how_many: int, server_name: str) -> list[Figure]:
    title = f"{how_many:,} connect and boot at once, {server_name}"
    return [
        Figure(f"storm_{server_name}", f"{title}: until the last boot is stored", storm.seconds, "s", 15, 6),
        Figure(f"storm_failed_{server_name}", f"{title}: failed tries", len(storm.failures), "", 0),
    ]


async def _memory(fleet: Fleet, server, server_name: str) -> Figure:
    await _wake_up(server.port, len(fleet.stations))
    before_kib = _memory_kib(server.pid)
    await fleet.connect(server.port)
    await rest(2)
    return _memory_figure(server.pid, before_kib, len(fleet.stations), server_name)


async def _wake_up(port: int, number: int) -> None:
    """The first socket brings threads and connections into being that serve all."""
    first = Fleet(Dialogue16, [number])
    await first.connect(port)
    await rest()
    first.close()
    await rest()


def _memory_figure(pid: int, before_kib: float, how_many: int, server_name: str) -> Figure:
    each_kib = (_memory_kib(pid) - before_kib) / how_many
    title = f"memory per idle connection at {how_many:,}, {server_name}"
    return Figure(f"memory_{how_many}_{server_name}", title, each_kib, "KiB", 40, 30)


def _memory_kib(pid: int) -> float:
    return psutil.Process(pid).memory_full_info().uss / 1024


async def _idle(fleet: Fleet, pid: int, deployment: Deployment, seconds: float, server_name: str) -> Figure:
    """Nothing but the server's pings and heartbeats at their interval."""
    meter = CpuMeter(pid, deployment)
    per_second = len(fleet.stations) / HEARTBEAT_INTERVAL_S
    await fleet.talk_paced(seconds, per_second=per_second, say=Station.heartbeat)
    share = 100 * sum(meter.seconds()) / seconds
    title = f"idle CPU, {len(fleet.stations):,} connected, pings and heartbeats, {server_name}"
    return Figure(f"idle_cpu_{server_name}", title, share, "% of a core", 3, 1)


async def _mix(fleet: Fleet, seconds: float, per_second: float) -> Record:
    """A part of the stations talks, each somewhere else in its dialogue; the others stay silent."""
    await fleet.talk(2)
    await fleet.settle()
    record = fleet.start_over()
    await fleet.talk_paced(seconds, per_second=per_second)
    await fleet.settle()
    if record.errors or record.lost:
        raise RuntimeError(f"{record.errors[:2]} {record.lost[:2]}")
    return record


def _latency_figures(record: Record, where: str, server_name: str) -> list[Figure]:
    figures = []
    for action in ("authorize", "status", "start", "values", "stop"):
        p50, p95, p99 = record.quantiles_ms(action)
        bounds = (25, 10) if action == "authorize" else (None, None)
        title = f"{action} p99 (p50 {p50:.1f}, p95 {p95:.1f}), {where}"
        figures.append(Figure(f"{action}_p99_{server_name}", title, p99, "ms", *bounds))
    return figures


async def _beside_a_lock(
    fleet: Fleet, deployment: Deployment, context: Context, calm: Record, server_name: str
) -> list[Figure]:
    """The same load while the row of one station, which keeps talking, is held for a second, again and again."""
    scale = context.scale
    victim, *others = fleet.stations
    calm_p99 = {"authorize": calm.quantiles_ms("authorize")[2], "all": quantiles_ms(calm.all_latencies_s())[2]}
    record = fleet.start_over()
    victim.record = Record()
    fleet.stations = others
    seconds = scale.locks * (LOCKED_S + 1)
    locking = asyncio.to_thread(_hold_rows, deployment, scale.locks)
    await asyncio.gather(locking, fleet.talk_paced(seconds, per_second=scale.per_second), _nag(victim, seconds))
    fleet.stations = [victim, *others]
    await fleet.settle()
    measured = {"authorize": record.quantiles_ms("authorize")[2], "all": quantiles_ms(record.all_latencies_s())[2]}
    return [
        Figure(
            f"locked_{name}_p99_{server_name}",
            f"{what} p99 while another station's row is locked for a second, {server_name}",
            measured[name],
            "ms",
            2 * calm_p99[name],
            baseline=f"undisturbed {calm_p99[name]:.1f}",
        )
        for name, what in (("authorize", "authorize"), ("all", "any message's"))
    ]


async def _nag(victim: Station, seconds: float) -> None:
    """Let the station whose row is locked say something ten times a second, once it has its answer."""
    until_s = time.monotonic() + seconds
    while time.monotonic() < until_s:
        if not victim.is_busy:
            victim.say()
        await asyncio.sleep(0.1)


def _hold_rows(deployment: Deployment, times: int) -> None:
    identity = identity_of(0)
    with psycopg.connect(deployment.database.url) as connection:
        for _ in range(times):
            with connection.transaction():
                connection.execute(
                    "SELECT 1 FROM charging_sessions_chargingsession WHERE station_id = (SELECT id FROM"
                    " chargers_chargingstation WHERE identity = %s) FOR UPDATE",
                    [identity],
                )
                connection.execute("SELECT 1 FROM chargers_chargingstation WHERE identity = %s FOR UPDATE", [identity])
                time.sleep(LOCKED_S)
            time.sleep(1)
