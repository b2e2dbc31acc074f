"""Asking something of a station: the row, its audit line, and the nudge to the gateway that holds it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from apps.chargers.choices import CommandOrigin, CommandState
from apps.chargers.engine import passwords
from apps.chargers.engine.masking import find_password, mask_secrets
from apps.chargers.messages.commands import (
    ChangeAvailability,
    Command,
    GetBaseReport,
    GetChargingProfiles,
    RawCall,
    RequestStartTransaction,
    RequestStopTransaction,
    Reset,
    build_command,
)
from apps.chargers.messages.commands.battery_swap import RequestBatterySwap
from apps.chargers.messages.commands.der import GetDERControl
from apps.chargers.messages.commands.device_model import GetReport
from apps.chargers.messages.commands.display import GetDisplayMessages
from apps.chargers.messages.commands.monitoring import GetMonitoringReport
from apps.chargers.models import ChargingStation, StationCommand, StationOperation
from apps.chargers.services.announcing import send_to_gateways
from apps.chargers.services.commands.ends import announce_ends
from apps.chargers.services.commands.expiry import forget_unsent_passwords
from apps.chargers.services.commands.sealing import seal
from apps.core import live
from apps.core.audit import record_audit
from apps.core.db.rowsets import holds_nul, without_nul
from apps.core.errors import DomainError

MAX_DEADLINE_S = 86_400
_PROVEN_BY_NUMBER = {
    GetBaseReport.name: "report.completed",
    GetReport.name: "report.completed",
    GetMonitoringReport.name: "report.completed",
    GetDisplayMessages.name: "report.completed",
    GetChargingProfiles.name: "report.completed",
    GetDERControl.name: "der.reported",
    RequestBatterySwap.name: "battery.swapped",
}
"""The fact, by its requestId, that proves a command, or a call of the same name that somebody wrote out (2.x)."""


class CommandRefused(DomainError):
    code = "command_refused"
    message = "This cannot be asked of the station."


class CommandNotCancellable(DomainError):
    code = "command_not_cancellable"
    message = "The command has been sent already and can no longer be taken back."


def enqueue(
    *,
    station: ChargingStation,
    command: Command,
    actor,
    origin: CommandOrigin,
    at: datetime,
    deadline_s: int = 60,
    address: str | None = None,
) -> StationCommand:
    """Ask ``command`` of ``station``; return its row, pending. Nobody waits here for the charger.

    ``deadline_s``: how long an absent charger is waited for, 1 to 86,400; then the command times out visibly. A newer
    wish for the availability of the same place supersedes one that was not sent yet. Secrets are stored encrypted
    until the command is settled, and masked everywhere else; a new charger password is valid beside the old one from
    now until the charger has answered. Raises ``CommandRefused``.
    """
    check_command(station, command, deadline_s)
    with transaction.atomic():
        if isinstance(command, ChangeAvailability):
            _supersede_availability(station, command, at)
        row = insert_for_station(
            station=station, commands=[command], actor=actor, origin=origin, at=at, deadline_s=deadline_s
        )[0]
        record_audit(
            actor=actor,
            action=f"station.command.{command.name}",
            subject=station,
            organisation=station.site.organisation,
            changes={name: [None, value] for name, value in row.arguments.items()},
            address=address,
        )
    return row


def insert_for_station(
    *,
    station: ChargingStation,
    commands: Sequence[Command],
    actor,
    origin: CommandOrigin,
    at: datetime,
    deadline_s: int,
    operation: StationOperation | None = None,
) -> list[StationCommand]:
    """Rows for ``commands`` in order, checked by ``check_command``; the gateway and open pages hear of them."""
    for command in commands:
        _expect_password(station, command)
    rows = insert_commands(
        [(station.pk, command) for command in commands],
        origin=origin,
        state=CommandState.PENDING,
        at=at,
        deadline_at=at + timedelta(seconds=deadline_s),
        requested_by=actor,
        operation=operation,
    )
    announce_commands([station.pk])
    nudge_station(station)
    return rows


def insert_commands(
    wishes: Sequence[tuple[int, Command]],
    *,
    origin: CommandOrigin,
    state: CommandState,
    at: datetime,
    deadline_at: datetime,
    requested_by=None,
    operation: StationOperation | None = None,
) -> list[StationCommand]:
    """Rows for ``(station key, command)``, in order; one statement. No checks, no audit, no nudge."""
    rows = []
    for station_id, command in wishes:
        arguments = without_nul(command.arguments())
        masked = mask_secrets(arguments)
        awaits, correlation = _promise(command)
        rows.append(
            StationCommand(
                station_id=station_id,
                name=command.name,
                arguments=masked,
                sealed=seal(arguments) if masked != arguments else "",
                state=state,
                origin=origin,
                requested_by=requested_by,
                created_at=at,
                deadline_at=deadline_at,
                awaits=awaits,
                correlation=correlation,
                operation=operation,
            )
        )
    return StationCommand.objects.bulk_create(rows)


def announce_commands(station_ids: Iterable[int]) -> None:
    """After commit, tell the gateways that hold these stations that there is something to send. One query."""
    send_to_gateways(station_ids, "command.ready")


def cancel(*, command: StationCommand, actor, at: datetime, address: str | None = None) -> None:
    """Take back a command that was not sent yet. Raises ``CommandNotCancellable``."""
    with transaction.atomic():
        done = StationCommand.objects.filter(pk=command.pk, state=CommandState.PENDING).update(
            state=CommandState.SUPERSEDED,
            settled_at=at,
            sealed="",
            explanation=f"Cancelled by {actor} before it was sent.",
        )
        if not done:
            raise CommandNotCancellable
        if command.sealed:
            forget_unsent_passwords([command.station_id])
        announce_ends([(command.pk, command.station_id, command.name, CommandState.SUPERSEDED.value, "")], at=at)
        record_audit(
            actor=actor,
            action="station.command.cancelled",
            subject=command.station,
            organisation=command.station.site.organisation,
            changes={"command": [command.name, None]},
            address=address,
        )
        nudge_station(command.station)
    command.refresh_from_db()


def nudge_station(station: ChargingStation) -> None:
    """After commit, refresh the open pages of one station."""
    live.nudge_on_commit(organisation_id=station.site.organisation_id, topics=[f"station:{station.pk}"])


def check_command(station: ChargingStation, command: Command, deadline_s: int) -> None:
    """Whether ``command`` may be asked of ``station`` now. Raises ``CommandRefused``."""
    if station.retired_at is not None:
        raise CommandRefused("This station is retired; nothing can be asked of it.")
    if station.registration == "Rejected":
        raise CommandRefused("This station is rejected; accept it first.")
    if not 1 <= deadline_s <= MAX_DEADLINE_S:
        raise CommandRefused(f"The deadline must be 1 to {MAX_DEADLINE_S} seconds.", field="deadline_s")
    if isinstance(command, RawCall) and holds_nul(command.arguments()):
        raise CommandRefused("NUL characters cannot be sent.", field="payload")
    secret = find_password(command.arguments())
    if secret is not None and not passwords.is_acceptable(secret):
        raise CommandRefused(passwords.RULE, field="value")
    try:
        build_command(command.name, command.arguments())
    except (KeyError, TypeError) as error:
        raise CommandRefused(f"This command cannot be built: {error}.") from error


def _expect_password(station: ChargingStation, command: Command) -> None:
    """Accept a new password already while it is on its way: its acceptance may be lost with the connection."""
    secret = find_password(command.arguments())
    if secret is not None:
        station.pending_password_hash = passwords.hash_password(secret)
        station.save(update_fields=["pending_password_hash"])


def _supersede_availability(station: ChargingStation, command: ChangeAvailability, at: datetime) -> None:
    """A wish for a whole EVSE replaces those for its connectors; one for a connector only its like."""
    pending = StationCommand.objects.filter(
        station=station, state=CommandState.PENDING, name=command.name, arguments__evse_id=command.evse_id
    )
    if command.connector_id is not None:
        pending = pending.filter(arguments__connector_id=command.connector_id)
    pending.update(state=CommandState.SUPERSEDED, settled_at=at, explanation="A newer command replaced it.")


def _promise(command: Command) -> tuple[str, str]:
    """``(awaits, correlation)``: the fact that would prove that the charger did it."""
    match command:
        case RequestStartTransaction():
            return "session.started", str(command.remote_start_id)
        case RequestStopTransaction():
            return "session.ended", command.transaction_id[:60]
        case Reset(evse_id=None):
            return "station.booted", ""
        case RawCall(action=action, payload={"requestId": int(number)}) if action in _PROVEN_BY_NUMBER:
            return _PROVEN_BY_NUMBER[action], str(number)
        case Command(name=name) if name in _PROVEN_BY_NUMBER:
            return _PROVEN_BY_NUMBER[name], str(command.request_id)
    return "", ""
