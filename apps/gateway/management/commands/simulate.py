"""``manage.py simulate``: simulated chargers against any central system."""

import asyncio
import logging
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.gateway.simulator.fleet import load_fleet, run_fleet
from apps.gateway.simulator.misbehaviour import TABLE, UnknownMisbehaviour, misbehaviours_for
from apps.gateway.simulator.spec import VERSIONS, SpecError, StationSpec

VENDORS = {"1.6": ("Wallbox Works", "Pulse 11"), "2.0.1": ("Northgrid", "Duo 22"), "2.1": ("Gridmate", "Bidi 22")}


class Command(BaseCommand):
    help = "Run simulated chargers against a central system until Ctrl-C. -v 2 prints a line per event."
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """`--version` means OCPP's here, not Django's."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("--url", default="ws://127.0.0.1:8000/ocpp", help="gateway address without the identity")
        add("--count", type=int, default=1, help="number of stations")
        add("--version", choices=(*VERSIONS, "mixed"), default="mixed", help="version of OCPP")
        add("--prefix", default="SIM", help="identities are PREFIX-001, PREFIX-002, …")
        add("--password", help="Basic authentication password of every station")
        add("--token", action="append", default=[], help="an id token that drivers use; may be given several times")
        add("--connectors", type=int, default=1, help="EVSEs per station")
        add("--dc", action="store_true", help="150 kW DC instead of 11 kW AC")
        add("--arrivals", type=float, default=6, help="cars per hour and EVSE")
        add("--meter-interval", type=float, default=30, help="seconds between meter values, until told otherwise")
        add("--faults", type=float, default=0, help="probability that a session ends in a fault, 0 to 1")
        add("--offline", type=float, default=0, help="network outages per hour and station")
        add("--speed", type=float, default=1, help="how many times faster than real time cars charge, come and go")
        add("--duration", type=float, help="stop after so many seconds")
        add("--seed", type=int, help="repeatable cars, tokens and moments")
        add("--fleet", type=Path, help="JSON list of stations instead of --count and its companions")
        add("--misbehave", default="", help="comma-separated names from --list-misbehaviours")
        add("--list-misbehaviours", action="store_true", help="print the names and what each does")

    def handle(self, **options: Any) -> None:
        if options["list_misbehaviours"]:
            for name, kind in sorted(TABLE.items()):
                self.stdout.write(f"{name:28} {kind.sentence} ({', '.join(kind.versions)})")
            return
        try:
            specs = load_fleet(options["fleet"]) if options["fleet"] else list(_specs(options))
            for spec in specs:
                misbehaviours_for(spec.misbehave, spec.version)
        except (SpecError, UnknownMisbehaviour, OSError) as error:
            raise CommandError(str(error)) from error
        if options["speed"] <= 0:
            raise CommandError("--speed must be above 0")
        self._talk(options["verbosity"])
        self.stdout.write(f"{len(specs)} simulated chargers towards {options['url']}; Ctrl-C ends them.")
        self.stdout.flush()
        asyncio.run(_run(specs, options))
        self.stdout.write("All simulated chargers have stopped.")

    def _talk(self, verbosity: int) -> None:
        """-v 0 and 1: only what went wrong. -v 2: a line per event. -v 3: every detail."""
        handler = logging.StreamHandler(self.stdout)
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
        logger = logging.getLogger("apps.gateway.simulator")
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel({2: logging.INFO, 3: logging.DEBUG}.get(verbosity, logging.WARNING))


def _specs(options: dict[str, Any]) -> Iterator[StationSpec]:
    for index in range(options["count"]):
        version = VERSIONS[index % len(VERSIONS)] if options["version"] == "mixed" else options["version"]
        vendor, model = VENDORS[version]
        yield StationSpec(
            identity=f"{options['prefix']}-{index + 1:03}",
            version=version,
            password=options["password"],
            vendor=vendor,
            model=model,
            kind="dc" if options["dc"] else "ac",
            connectors=options["connectors"],
            max_power_kw=150 if options["dc"] else 11,
            tokens=tuple(options["token"]),
            arrivals_per_hour=options["arrivals"],
            fault_probability=options["faults"],
            offline_per_hour=options["offline"],
            meter_interval_s=options["meter_interval"],
            misbehave=tuple(name for name in options["misbehave"].split(",") if name),
        )


async def _run(specs: list[StationSpec], options: dict[str, Any]) -> None:
    stop_event = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop_event.set)
    if options["duration"] is not None:
        loop.call_later(options["duration"], stop_event.set)
    await run_fleet(specs, url=options["url"], speed=options["speed"], seed=options["seed"], stop_event=stop_event)
