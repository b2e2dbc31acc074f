"""How long a command takes until the charger's answer is stored, and how many a second."""

import asyncio
import http.client
import json
import time
from collections.abc import Callable

import psycopg

from tests.benchmarks.context import Context, rest, running
from tests.benchmarks.deployments import Deployment
from tests.benchmarks.dialogues import Dialogue16
from tests.benchmarks.figures import Figure
from tests.benchmarks.seed import identity_of
from tests.benchmarks.stations import Fleet, quantiles_ms
from tests.support.server import ServerProcess

UNSETTLED = "('pending', 'sent')"
WITHIN_S = 60


async def measure(context: Context) -> None:
    """The stations answer at once, so the figures are ours alone."""
    if context.production_missing:
        return
    scale, deployment = context.scale, context.production
    with running(deployment.server()) as server:
        fleet = Fleet(Dialogue16, range(scale.small_fleet))
        await fleet.connect(server.port)
        await rest(2)
        posted = await asyncio.to_thread(_post_one_by_one, deployment, server, scale.commands)
        enqueued = await asyncio.to_thread(_enqueue_one_by_one, deployment, scale.commands)
        per_second = await asyncio.to_thread(_enqueue_many, deployment, scale.small_fleet)
        fleet.close()
        await rest()
    context.add(
        _latency(
            "command_enqueued", "remote command, from its service call until the answer is stored", enqueued, 5, 2
        ),
        _latency("command_posted", "remote command, POST to the API until the answer is stored", posted),
        Figure(
            "commands_per_second", "remote commands answered and stored", per_second, "/s", 1000, more_is_better=True
        ),
    )


def _latency(key: str, title: str, values_s: list[float], goal: float | None = None, stretch: float | None = None):
    p50, _, p99 = quantiles_ms(values_s)
    return Figure(f"{key}_p50", f"{title}, p50 (p99 {p99:.1f} ms)", p50, "ms", goal, stretch)


def _post_one_by_one(deployment: Deployment, server: ServerProcess, how_many: int) -> list[float]:
    """From before the POST until another connection sees the settled row."""
    client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = {"Authorization": f"Token {deployment.access['token']}", "Content-Type": "application/json"}
    body = json.dumps({"action": "TriggerMessage", "payload": {"requestedMessage": "Heartbeat"}})

    def post(number: int) -> int:
        path = f"/api/v1/stations/{identity_of(number)}/commands/"
        client.request("POST", path, body, headers)
        answer = client.getresponse()
        content = answer.read()
        if answer.status != 201:
            raise RuntimeError(f"{answer.status} {content[:300]!r}")
        return json.loads(content)["id"]

    return _until_settled(deployment, how_many, post)


def _enqueue_one_by_one(deployment: Deployment, how_many: int) -> list[float]:
    """From before the service call, in a process of its own, until that process sees the settled row."""
    return json.loads(deployment.run("-m", "tests.benchmarks.enqueue", "one-by-one", str(how_many)))


def _enqueue_many(deployment: Deployment, how_many: int) -> float:
    """Commands per second, of ``how_many`` enqueued in one transaction, from its commit to the last stored answer."""
    return json.loads(deployment.run("-m", "tests.benchmarks.enqueue", "at-once", str(how_many)))


def _until_settled(deployment: Deployment, how_many: int, enqueue: Callable[[int], int]) -> list[float]:
    values_s = []
    with psycopg.connect(deployment.database.url, autocommit=True) as connection:
        for number in range(how_many):
            begun_s = time.perf_counter()
            key = enqueue(number)
            while connection.execute(
                f"SELECT 1 FROM chargers_stationcommand WHERE id = %s AND state IN {UNSETTLED}", [key]
            ).fetchone():
                if time.perf_counter() - begun_s > WITHIN_S:
                    raise TimeoutError(f"command {key} is not settled")
            values_s.append(time.perf_counter() - begun_s)
            time.sleep(0.005)
    return values_s
