"""How many sessions are priced and rated per second, and how long a running cost takes: CPU time of one core."""

import json

from tests.benchmarks.context import Context
from tests.benchmarks.figures import Figure
from tests.benchmarks.rating import price_per_second, running_cost_p99_ms


async def measure(context: Context) -> None:
    """The engine by itself, then with rows in and out of the database."""
    how_many = context.scale.rated
    context.add(
        Figure(
            "rated_engine", "sessions of 3 periods priced with breakdown, CPU of one core", price_per_second(how_many),
            "/s", 20_000, more_is_better=True,
        ),
        Figure("running_cost_p99", "running cost of a session, p99", running_cost_p99_ms(how_many), "ms", 1),
    )  # fmt: skip
    if context.production_missing:
        return
    stored = json.loads(context.production.run("-m", "tests.benchmarks.rating", str(how_many)))
    context.add(
        Figure(
            "rated_stored", "sessions rated and stored, CPU of the rater", stored["per_cpu_second"], "/s", 2_000,
            more_is_better=True,
        ),
        Figure("rated_stored_wall", "sessions rated and stored, by the clock", stored["per_second"], "/s"),
    )  # fmt: skip
