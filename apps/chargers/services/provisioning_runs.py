"""After a boot: read a station's settings, then set what differs from its templates. Once per boot, never in a loop.

Each step is woken by a fact (boot, end of a command, complete report) and decides from rows alone, so it may be woken
twice or late. Nothing is sent to a station that does not provision by itself.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from apps.chargers.choices import CommandOrigin, CommandState, OperationState, ProvisioningStage
from apps.chargers.engine.templates import Key, wishes
from apps.chargers.models import (
    ChargingStation,
    ConfigurationDrift,
    DeviceVariable,
    StationCommand,
    StationOperation,
    StationProvisioning,
)
from apps.chargers.selectors.operations import commands_of, outcomes, state_of
from apps.chargers.services.commands.enqueueing import CommandRefused
from apps.chargers.services.commands.nudging import nudge_stations
from apps.chargers.services.drift import active_templates, find_drift, templates_of
from apps.chargers.services.locking import lock_station
from apps.chargers.services.operations import read_variables, set_variables
from apps.chargers.services.setting_addresses import address_of, identity_of, wish_of

MAX_ATTEMPTS = 3
"""How often we set the same variable to the same value by ourselves, over all boots."""
PATIENCE = timedelta(minutes=30)
DEADLINE_S = 300
_READING, _APPLYING = ProvisioningStage.READING, ProvisioningStage.APPLYING


def begin_run(*, station_id: int, booted_at: datetime, at: datetime) -> None:
    """A station booted at ``booted_at``: begin its run where templates speak of it. The same boot twice counts once."""
    with transaction.atomic():
        station = _station(station_id)
        if station is None or not _wants(station):
            return
        run = StationProvisioning.objects.filter(station=station).first()
        if run is not None and run.began_at >= booted_at:
            return
        run = run or StationProvisioning(station=station)
        run.stage, run.began_at, run.ended_at = _READING, booted_at, None
        run.reading = run.applying = None
        run.save()
        if not _inventory(station_id, booted_at):
            _read(run, station, at)
    continue_run(station_id=station_id, at=at)


def continue_run(*, station_id: int, at: datetime) -> None:
    """Something came from the station: take the next step if the one before has ended."""
    with transaction.atomic():
        station = _station(station_id)
        run = StationProvisioning.objects.filter(station=station_id, ended_at=None).first()
        if station is None or run is None:
            return
        if not _wants(station):
            _end(run, ProvisioningStage.FAILED, at)
        elif run.stage == _READING:
            _after_reading(run, station, at)
        elif run.stage == _APPLYING and run.applying is not None:
            _after_applying(run, run.applying, at)


def note_answers(*, command_id: int, at: datetime) -> None:
    """The end of a SetVariables: its words stand beside what still differs."""
    command = StationCommand.objects.filter(pk=command_id, name="SetVariables").first()
    if command is None:
        return
    words = {identity_of(outcome.address): outcome.status for outcome in outcomes([command])}
    for row in ConfigurationDrift.objects.filter(station=command.station_id).select_related("variable"):
        word = words.get(identity_of(address_of(row.variable)))
        if word is not None:
            ConfigurationDrift.objects.filter(pk=row.pk).update(last_word=word[:40], tried_at=at)


def end_forgotten_runs(now: datetime) -> int:
    """Runs that nothing moves any more; return how many. One statement."""
    forgotten = StationProvisioning.objects.filter(ended_at=None, began_at__lte=now - PATIENCE)
    return forgotten.update(stage=ProvisioningStage.FAILED, ended_at=now)


def _station(station_id: int) -> ChargingStation | None:
    station = ChargingStation.objects.filter(pk=station_id).first()
    return None if station is None else lock_station(station)


def _wants(station: ChargingStation) -> bool:
    if not station.provisioning_enabled or station.registration != "Accepted" or station.retired_at is not None:
        return False
    organisation_id = station.site.organisation_id
    return bool(templates_of(station, active_templates([organisation_id])[organisation_id]))


def _inventory(station_id: int, since: datetime) -> Sequence[StationCommand]:
    """What we asked by ourselves at this boot about everything."""
    return list(
        StationCommand.objects.filter(
            station=station_id, origin=CommandOrigin.AUTOMATION, operation=None, created_at__gte=since,
            name__in=("GetBaseReport", "GetVariables"),
        )
    )  # fmt: skip


def _read(run: StationProvisioning, station: ChargingStation, at: datetime) -> None:
    """Ask for what templates speak of, among what the station is known to have."""
    organisation_id = station.site.organisation_id
    templates = templates_of(station, active_templates([organisation_id])[organisation_id])
    rows = {_key(row): row for row in DeviceVariable.objects.filter(station=station).exclude(mutability="WriteOnly")}
    asked = wishes([(template.id, template.entries) for template in templates], rows)
    if not asked:
        _end(run, ProvisioningStage.DONE, at)
        return
    try:
        run.reading = read_variables(
            station=station, variables=[address_of(rows[key]) for key in sorted(asked)], actor=None,
            origin=CommandOrigin.AUTOMATION, at=at, deadline_s=DEADLINE_S,
        )  # fmt: skip
    except CommandRefused:
        _end(run, ProvisioningStage.FAILED, at)
        return
    run.save(update_fields=["reading"])


def _after_reading(run: StationProvisioning, station: ChargingStation, at: datetime) -> None:
    if run.reading is not None:
        state = state_of(commands_of(run.reading))
        if state is OperationState.RUNNING:
            return
        is_known = any(command.state == CommandState.ACCEPTED for command in commands_of(run.reading))
    else:
        asked = _inventory(station.pk, run.began_at)
        if any(not command.is_settled or command.confirm_due_at is not None for command in asked):
            return
        is_known = any(command.state in (CommandState.ACCEPTED, CommandState.CONFIRMED) for command in asked)
        if not is_known and DeviceVariable.objects.filter(station=station).exists():
            _read(run, station, at)
            return
    if not is_known:
        _end(run, ProvisioningStage.FAILED, at)
        return
    find_drift([station.pk], at=at)
    _apply(run, station, at)


def _apply(run: StationProvisioning, station: ChargingStation, at: datetime) -> None:
    rows = [
        row
        for row in ConfigurationDrift.objects.filter(station=station).select_related("variable").order_by("pk")
        if row.attempts < MAX_ATTEMPTS and row.variable.mutability != "ReadOnly"
    ]
    if not rows:
        _end(run, _verdict(station.pk), at)
        return
    try:
        run.applying = set_variables(
            station=station, variables=[wish_of(row.variable, row.wanted) for row in rows], actor=None,
            origin=CommandOrigin.AUTOMATION, at=at, deadline_s=DEADLINE_S,
        )  # fmt: skip
    except CommandRefused:
        _end(run, ProvisioningStage.DIFFERS, at)
        return
    ConfigurationDrift.objects.filter(pk__in=[row.pk for row in rows]).update(attempts=F("attempts") + 1, tried_at=at)
    run.stage = _APPLYING
    run.save(update_fields=["stage", "applying"])


def _after_applying(run: StationProvisioning, operation: StationOperation, at: datetime) -> None:
    if state_of(commands_of(operation)) is not OperationState.RUNNING:
        _end(run, _verdict(run.station_id), at)


def _verdict(station_id: int) -> ProvisioningStage:
    differs = ConfigurationDrift.objects.filter(station=station_id).exists()
    return ProvisioningStage.DIFFERS if differs else ProvisioningStage.DONE


def _end(run: StationProvisioning, stage: ProvisioningStage, at: datetime) -> None:
    run.stage, run.ended_at = stage, at
    run.save(update_fields=["stage", "ended_at"])
    nudge_stations([run.station_id])


def _key(row: DeviceVariable) -> Key:
    return (
        row.component, row.component_instance, row.evse_number, row.connector_number, row.variable,
        row.variable_instance, row.attribute,
    )  # fmt: skip
