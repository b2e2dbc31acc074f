"""kill -9 in the middle of everything: what was acknowledged is in the database, and nothing is there twice."""

import asyncio
from collections import defaultdict
from datetime import datetime

from tests.benchmarks.context import Context
from tests.benchmarks.deployments import Deployment
from tests.benchmarks.dialogues import Dialogue16, Dialogue201
from tests.benchmarks.figures import Figure
from tests.benchmarks.seed import identity_of
from tests.benchmarks.stations import Fleet

Fact = tuple[int, str, str, str]


async def measure(context: Context) -> None:
    deployments = [("SQLite", context.embedded)]
    if not context.production_missing:
        deployments.append(("PostgreSQL", context.production))
    for name, deployment in deployments:
        # Other measurements may have used these stations and instants before.
        before = deployment.fetch("SELECT COALESCE(MAX(id), 0) FROM charging_sessions_chargingsession")[0][0]
        facts = await _facts_until_killed(context, deployment)
        lost, doubled = await asyncio.to_thread(_compare, deployment, facts, before)
        title = f"of {len(facts):,} acknowledged messages at kill -9, {name}"
        context.add(
            Figure(f"lost_{name}", f"lost {title}", lost, "", 0),
            Figure(f"doubled_{name}", f"transactions stored twice {title}", doubled, "", 0),
        )


async def _facts_until_killed(context: Context, deployment: Deployment) -> list[Fact]:
    """What the server had acknowledged when it was killed under full load; half of the stations speak each version."""
    scale = context.scale
    how_many = min(scale.talkers, scale.small_fleet)
    server = deployment.server().start()
    fleet = Fleet(Dialogue16, range(0, how_many, 2))
    newer = Fleet(Dialogue201, range(1, how_many, 2))
    fleet.stations += newer.stations
    fleet.start_over()
    await fleet.connect(server.port)
    record = fleet.start_over(keeps_facts=True)
    for station in fleet.stations:
        station.on_answer = type(station).say
        station.say()
    await asyncio.sleep(scale.crash_s)
    await asyncio.to_thread(server.kill)
    await fleet.wait_for(lambda: all(station.is_lost for station in fleet.stations), within_s=20)
    fleet.close()
    if not record.facts:
        raise RuntimeError("nothing was acknowledged before the server was killed")
    return record.facts


def _compare(deployment: Deployment, facts: list[Fact], before: int) -> tuple[int, int]:
    """(acknowledged facts without a row, transactions after the session ``before`` with more than one row)."""
    stations = dict(deployment.fetch("SELECT identity, id FROM chargers_chargingstation"))
    stored = _stored(deployment)
    doubled = deployment.fetch(
        f"SELECT station_id, started_reported_at FROM charging_sessions_chargingsession WHERE id > {before}"
        " GROUP BY station_id, started_reported_at HAVING COUNT(*) > 1"
    )
    lost = 0
    for number, action, instant, transaction in facts:
        if action == "authorize":
            continue  # a question, nothing to be stored
        key = (stations[identity_of(number)], _seconds(instant))
        if key not in stored[action] or (action == "start" and stored["start"][key] != transaction):
            lost += 1
    return lost, len(doubled)


def _stored(deployment: Deployment) -> dict[str, dict[tuple[int, int], str]]:
    """For each action the (station, second) of its rows."""
    queries = {
        "status": "SELECT station_id, occurred_at, '' FROM chargers_connectorstatusevent",
        "values": "SELECT station_id, at, '' FROM charging_sessions_metervalue",
        "start": "SELECT station_id, started_reported_at, transaction_id FROM charging_sessions_chargingsession",
        "stop": "SELECT station_id, ended_reported_at, '' FROM charging_sessions_chargingsession"
        " WHERE ended_reported_at IS NOT NULL",
    }
    stored: dict[str, dict[tuple[int, int], str]] = defaultdict(dict)
    for action, sql in queries.items():
        for station, at, transaction in deployment.fetch(sql):
            stored[action][station, _seconds(at)] = transaction
    return stored


def _seconds(instant: str | datetime) -> int:
    """Unix time; SQLite hands out text without a zone, which is UTC."""
    if isinstance(instant, str):
        instant = datetime.fromisoformat(instant if instant[-1:] == "Z" or "+" in instant else instant + "+00:00")
    return int(instant.timestamp())
