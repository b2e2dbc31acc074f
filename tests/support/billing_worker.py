"""A worker of billing runs as a process of its own, which may kill itself at a chosen point.

    python -m tests.support.billing_worker 2026-04-02T12:00:00+00:00 drafted:in

``select``: when accounts are looked up; ``<stage>:in``: in the second batch, or for the second account, of what follows
that stage, done but not committed; ``<stage>:after``: when it is committed. Without one it works until nothing is due.
"""

import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime

FEW = 3


def kill_itself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dying(function: Callable, *, at_call: int) -> Callable:
    """``function``, after whose ``at_call``-th return the process is gone."""
    calls = []

    def call(*args, **kwargs):
        result = function(*args, **kwargs)
        calls.append(None)
        if len(calls) == at_call:
            kill_itself()
        return result

    return call


def prepare(point: str) -> None:
    from apps.invoicing.services import inner_stages, outer_stages, stages

    stages.BATCH = stages.LEASED = FEW
    outer_stages.take_step = lambda stage, *, invoice_id, at: None
    stage, _, when = point.partition(":")
    if point == "select":
        inner_stages.accounts_of = dying(inner_stages.accounts_of, at_call=1)
    elif when == "in" and stage in inner_stages.STEPS:
        inner_stages.STEPS[stage] = dying(inner_stages.STEPS[stage], at_call=2)
    elif when == "in":
        outer_stages.take_step = _dying_step(stage)
    elif when == "after":
        done = stages._do
        dies = dying(done, at_call=2)
        stages._do = lambda run, now, at: (dies if now == stage else done)(run, now, at)


def _dying_step(stage: str) -> Callable:
    dies = dying(lambda *args, **kwargs: None, at_call=2)
    return lambda now, *, invoice_id, at: dies() if now == stage else None


def main(at: str, point: str = "") -> None:
    import django

    django.setup()
    prepare(point)
    from apps.invoicing.services.stages import work

    while work(at=datetime.fromisoformat(at)):
        pass


if __name__ == "__main__":
    main(*sys.argv[1:])
