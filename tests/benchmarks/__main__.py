"""``python -m tests.benchmarks [names] [--quick]``: measure, print the table, write ``var/bench.json``."""

import argparse
import asyncio
import gc
import importlib
import os
import platform
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks.context import QUICK, Context, Scale
from tests.benchmarks.figures import table, write_json
from tests.support.server import ROOT

MEASURES = ("throughput", "fleet", "commands", "crash", "pages", "rating", "documents")


def main(arguments: list[str]) -> int:
    """0 where everything could be measured, whether or not the goals were reached."""
    options = _parse(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chargenet.settings")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that databases are dropped and servers ended
    context = Context(QUICK if options.quick else Scale())
    if context.production_missing:
        print(f"Without PostgreSQL and Redis: {context.production_missing}")
    try:
        for name in options.names or MEASURES:
            begun_s = time.monotonic()
            _run(name, context)
            print(f"{name}: {time.monotonic() - begun_s:.0f} s", flush=True)
    finally:
        context.close()
        figures = context.figures
        print(table(figures))
        about = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "python": platform.python_version()}
        write_json(figures, options.json, cores=os.cpu_count(), quick=options.quick, **about)
    return 0


def _run(name: str, context: Context) -> None:
    measure = importlib.import_module(f"tests.benchmarks.measures.{name}").measure
    gc.collect()
    try:
        import uvloop
    except ImportError:
        asyncio.run(measure(context))
    else:
        uvloop.run(measure(context))


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(MEASURES))
    parser.add_argument("--quick", action="store_true", help="a smoke run; its figures mean nothing")
    parser.add_argument("--json", type=Path, default=ROOT / "var" / "bench.json", help="where the figures go")
    options = parser.parse_args(arguments)
    unknown = set(options.names) - set(MEASURES)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(MEASURES)}")
    return options


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
