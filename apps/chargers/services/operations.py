"""Wishes for many variables or monitors at once, sent in as many calls as the station takes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.chargers.choices import CommandOrigin, OperationKind
from apps.chargers.engine.masking import mask_secrets
from apps.chargers.engine.splitting import split_items
from apps.chargers.facts import Lesson
from apps.chargers.messages.commands import Command, GetVariables, SetVariables
from apps.chargers.messages.commands.device_model import GetReport
from apps.chargers.messages.commands.monitoring import ClearVariableMonitoring, SetVariableMonitoring
from apps.chargers.messages.lessons import ItemsAnswered
from apps.chargers.models import ChargingStation, StationOperation
from apps.chargers.selectors.limits import message_limits
from apps.chargers.services.commands.enqueueing import CommandRefused, check_command, insert_for_station
from apps.core.audit import record_audit
from apps.core.db.rowsets import json_text, rows_from, run, without_nul
from apps.core.ids import reserve_numbers

MAX_ITEMS = 1_000
PATIENCE_S = 60
PATIENCE_PER_CALL_S = 15
"""How much longer an operation may wait for each call after the first: they go out one after the other."""

Item = Mapping[str, Any]


def read_variables(
    *,
    station: ChargingStation,
    variables: Sequence[Item],
    actor,
    origin: CommandOrigin,
    at: datetime,
    deadline_s: int = PATIENCE_S,
    address: str | None = None,
) -> StationOperation:
    """Ask for the values of ``variables`` (addresses as in ``GetVariables``). Raises ``CommandRefused``."""
    return _ask(
        OperationKind.READ_VARIABLES, GetVariables.name, lambda part: GetVariables(variables=part), station=station,
        items=variables, actor=actor, origin=origin, at=at, deadline_s=deadline_s, address=address,
    )  # fmt: skip


def set_variables(
    *,
    station: ChargingStation,
    variables: Sequence[Item],
    actor,
    origin: CommandOrigin,
    at: datetime,
    deadline_s: int = PATIENCE_S,
    address: str | None = None,
) -> StationOperation:
    """Set ``variables`` (addresses with ``value``); in 1.6 one key after the other. Raises ``CommandRefused``.

    A value is stored as the station's own only when the station says that it is in force.
    """
    return _ask(
        OperationKind.SET_VARIABLES, SetVariables.name, lambda part: SetVariables(variables=part), station=station,
        items=variables, actor=actor, origin=origin, at=at, deadline_s=deadline_s, address=address,
    )  # fmt: skip


def request_report(
    *,
    station: ChargingStation,
    criteria: Sequence[str] = (),
    variables: Sequence[Item] = (),
    actor,
    origin: CommandOrigin,
    at: datetime,
    deadline_s: int = PATIENCE_S,
    address: str | None = None,
) -> StationOperation:
    """Ask for a chosen report (2.x); many variables become several reports, each with its number."""
    if not variables:
        variables = ({},)  # one call for the criteria alone
    if not criteria and not variables[0]:
        raise CommandRefused("Name criteria, components, or both.")

    def build(part: tuple[Item, ...]) -> Command:
        number = reserve_numbers("ocpp_request", how_many=1)[0]
        return GetReport(request_id=number, criteria=tuple(criteria), variables=tuple(item for item in part if item))

    return _ask(
        OperationKind.REPORT, GetReport.name, build, station=station, items=variables, actor=actor, origin=origin,
        at=at, deadline_s=deadline_s, address=address,
    )  # fmt: skip


def set_monitors(
    *,
    station: ChargingStation,
    monitors: Sequence[Item],
    actor,
    origin: CommandOrigin,
    at: datetime,
    deadline_s: int = PATIENCE_S,
    address: str | None = None,
) -> StationOperation:
    """Add or replace ``monitors`` (as in ``SetVariableMonitoring``; 2.x). Raises ``CommandRefused``."""
    return _ask(
        OperationKind.SET_MONITORS, SetVariableMonitoring.name, lambda part: SetVariableMonitoring(monitors=part),
        station=station, items=monitors, actor=actor, origin=origin, at=at, deadline_s=deadline_s, address=address,
    )  # fmt: skip


def clear_monitors(
    *,
    station: ChargingStation,
    ids: Sequence[int],
    actor,
    origin: CommandOrigin,
    at: datetime,
    deadline_s: int = PATIENCE_S,
    address: str | None = None,
) -> StationOperation:
    """Remove the monitors with these numbers (2.x). Raises ``CommandRefused``."""

    def build(part: tuple[Item, ...]) -> Command:
        return ClearVariableMonitoring(ids=tuple(item["id"] for item in part))

    return _ask(
        OperationKind.CLEAR_MONITORS, ClearVariableMonitoring.name, build, station=station,
        items=[{"id": number} for number in ids], actor=actor, origin=origin, at=at, deadline_s=deadline_s,
        address=address,
    )  # fmt: skip


def learn_items(lessons: Sequence[Lesson[ItemsAnswered]]) -> None:
    """Keep what the station said of each item beside the command. One statement."""
    rows = [
        (
            lesson.command_id,
            json_text(
                mask_secrets(
                    [
                        {**item.address, "status": item.status, "reason": item.reason, **item.more}
                        for item in lesson.learnt.items
                    ]
                )
            ),
        )
        for lesson in lessons
    ]
    if not rows:
        return
    source, parameters = rows_from("v", {"id": "bigint", "items": "jsonb"}, rows)
    run(
        f"UPDATE chargers_stationcommand SET items = v.items FROM {source} WHERE chargers_stationcommand.id = v.id",
        parameters,
    )


def _ask(
    kind: OperationKind,
    message: str,
    build: Callable[[tuple[Item, ...]], Command],
    *,
    station: ChargingStation,
    items: Sequence[Item],
    actor,
    origin: CommandOrigin,
    at: datetime,
    deadline_s: int,
    address: str | None,
) -> StationOperation:
    if not 1 <= len(items) <= MAX_ITEMS:
        raise CommandRefused(f"Name 1 to {MAX_ITEMS:,} of them.")
    parts = split_items(items, message_limits(station, message))
    commands = [build(tuple(part)) for part in parts]
    deadline_s = min(deadline_s + PATIENCE_PER_CALL_S * (len(commands) - 1), 86_400)
    for command in commands:
        check_command(station, command, deadline_s)
    with transaction.atomic():
        operation = StationOperation.objects.create(
            station=station, kind=kind, origin=origin, requested_by=actor, created_at=at,
            wanted=mask_secrets(without_nul([dict(item) for item in items])),
        )  # fmt: skip
        insert_for_station(
            station=station, commands=commands, actor=actor, origin=origin, at=at, deadline_s=deadline_s,
            operation=operation,
        )  # fmt: skip
        record_audit(
            actor=actor,
            action=f"station.operation.{kind.value}",
            subject=station,
            organisation=station.site.organisation,
            changes={"items": [None, operation.wanted]},
            address=address,
        )
    return operation
