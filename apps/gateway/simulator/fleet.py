"""Many stations in one process, living by their plans."""

import asyncio
import logging
from collections.abc import Iterable
from pathlib import Path
from random import Random

import orjson

from apps.gateway.simulator.build import build_station
from apps.gateway.simulator.life import Life
from apps.gateway.simulator.plan import plan_for
from apps.gateway.simulator.spec import SpecError, StationSpec, spec_from_dict

logger = logging.getLogger(__name__)
CONNECTS_PER_SECOND = 20


def load_fleet(path: Path) -> list[StationSpec]:
    """Stations from a JSON list of objects with the fields of `StationSpec`. Raises SpecError, OSError."""
    try:
        data = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise SpecError(f"{path} is not JSON: {error}") from error
    if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
        raise SpecError(f"{path}: a list of stations is expected")
    return [spec_from_dict(item) for item in data]


async def run_fleet(
    specs: Iterable[StationSpec],
    *,
    url: str,
    speed: float = 1,
    seed: int | None = None,
    stop_event: asyncio.Event,
) -> None:
    """Run stations until `stop_event` is set, then close them all in good order.

    `url` is the gateway's address without identities (``ws://127.0.0.1:8000/ocpp``); `seed` makes cars, tokens and
    moments repeatable. One station's failure is logged and ends no other. Raises UnknownMisbehaviour.
    """
    stations = [build_station(spec, url=url, seed=seed, speed=speed) for spec in specs]
    spread_s = len(stations) / CONNECTS_PER_SECOND
    rng = Random(seed)
    tasks = [
        asyncio.create_task(Life(station, plan_for(station.spec)).run(after_s=rng.uniform(0, spread_s)))
        for station in stations
    ]
    for task, station in zip(tasks, stations, strict=True):
        task.add_done_callback(lambda done, identity=station.spec.identity: _report(done, identity))
    await stop_event.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _report(task: asyncio.Task, identity: str) -> None:
    if not task.cancelled() and (error := task.exception()):
        logger.error("%s stopped living: %r", identity, error, exc_info=error)
