"""The steps of a change of the security profile: each follows the charger's answer to the last. Idempotent."""

from datetime import datetime, timedelta

from django.db import transaction

from apps.chargers.choices import UNFINISHED_CHANGES, CommandOrigin, CommandState, OcppVersion, ProfileChangeState
from apps.chargers.engine.profile_change import explain_failure
from apps.chargers.messages.commands import Command, Reset, SetVariables
from apps.chargers.messages.commands.network import SetNetworkProfile
from apps.chargers.models import ChargingStation, SecurityProfileChange, StationCommand, StationConnection
from apps.chargers.services.commands import CommandRefused, enqueue
from apps.chargers.services.commands.nudging import nudge_stations
from apps.chargers.services.security.network_profiles import PRIORITY
from apps.chargers.services.security.profile_change import ANSWER_WITHIN_S, SLACK
from apps.core.audit import record_audit

STEPS = frozenset({SetVariables.name, SetNetworkProfile.name, Reset.name})
RESTART_WITHIN = timedelta(hours=1)
IDLE_WITHIN = timedelta(hours=24)
"""A restart that was only scheduled waits for the end of a session."""
_AGREED = (CommandState.ACCEPTED, CommandState.CONFIRMED)
_UNCERTAIN = ("", "connection lost")
_BATCH = 100


@transaction.atomic
def advance_profile_change(*, command_id: int, at: datetime) -> None:
    """Take the next step of the change that waited for this command, if one does."""
    change = _unfinished().filter(command=command_id).select_for_update(of=("self",)).first()
    if change is None:
        return
    command = StationCommand.objects.get(pk=command_id)
    change.words = ": ".join(filter(None, (command.status_word, command.error_code)))[:300]
    state = ProfileChangeState(change.state)
    if state is ProfileChangeState.REBOOTING:
        return
    is_agreed = command.state in _AGREED
    if not is_agreed and not (_may_have_happened(command) and _restarts_by(change, command)):
        _fail(change, command.explanation or "no answer", at)
        return
    try:
        _next_step(change, command, at)
    except CommandRefused as refusal:
        _fail(change, refusal.message, at)


@transaction.atomic
def note_boot_during_change(*, station_id: int, at: datetime) -> None:
    """A charger that restarted, and came back with its old profile, did not take the new one."""
    change = _unfinished().filter(station=station_id, state=ProfileChangeState.REBOOTING, is_migration=False)
    row = change.select_for_update(of=("self",)).select_related("command").first()
    if row is None or row.command is None or row.command.settled_at is None:
        return
    connection = StationConnection.objects.filter(station=station_id).first()
    if connection is None or connection.connected_at is None or connection.connected_at <= row.command.settled_at:
        return
    profile = connection.security_profile or 0
    if profile < row.profile_wanted:
        _fail(row, f"it restarted and came back with profile {profile}", at)


def expire_profile_changes(now: datetime) -> int:
    """Fail changes whose step is overdue; return how many. Sweeps may overlap."""
    overdue = list(_unfinished().filter(due_at__lte=now).order_by("due_at").values_list("pk", flat=True)[:_BATCH])
    return sum(_expire(pk, now) for pk in overdue)


@transaction.atomic
def _expire(pk: int, now: datetime) -> bool:
    change = _unfinished().filter(pk=pk, due_at__lte=now).select_for_update(of=("self",)).first()
    if change is None:
        return False
    rebooting = change.state == ProfileChangeState.REBOOTING
    _fail(change, "it was not seen with it in time" if rebooting else "no answer came in time", now)
    return True


def _unfinished():
    return SecurityProfileChange.objects.filter(state__in=UNFINISHED_CHANGES)


def _may_have_happened(command: StationCommand) -> bool:
    """Whether the charger may have done what it did not answer to: the connection went, or nothing came."""
    is_lost = command.state in (CommandState.FAILED, CommandState.TIMED_OUT) and command.error_code in _UNCERTAIN
    return is_lost and command.sent_at is not None


def _restarts_by(change: SecurityProfileChange, command: StationCommand) -> bool:
    """Whether the charger reconnects because of this command, maybe before it answers."""
    return command.name == Reset.name or (command.name == SetVariables.name and change.slot is None)


def _next_step(change: SecurityProfileChange, command: StationCommand, at: datetime) -> None:
    if command.name == SetNetworkProfile.name:
        if not change.is_migration:
            ChargingStation.objects.filter(pk=change.station_id).update(wanted_security_profile=change.profile_wanted)
        before = [slot for slot in change.slots_before.split(",") if slot and slot != str(change.slot)]
        wish = {**PRIORITY, "value": ",".join([str(change.slot), *before])}
        _ask(change, ProfileChangeState.PROFILE_SENT, SetVariables(variables=(wish,)), at)
    elif command.name == SetVariables.name and not _comes_back_by_itself(change, command):
        _ask(change, ProfileChangeState.PRIORITY_SET, Reset(type="OnIdle"), at)
    elif change.is_migration:
        _finish_migration(change, at)
    else:
        is_scheduled = command.status_word == "Scheduled"
        change.due_at = at + (IDLE_WITHIN if is_scheduled else RESTART_WITHIN)
        change.state = ProfileChangeState.REBOOTING
        change.save(update_fields=["state", "due_at", "words"])
        nudge_stations({change.station_id})


def _comes_back_by_itself(change: SecurityProfileChange, command: StationCommand) -> bool:
    """A 1.6 charger that says Accepted, not RebootRequired, reconnects by itself (security white paper, A05)."""
    return change.slot is None and command.status_word != "RebootRequired"


def _ask(change: SecurityProfileChange, state: ProfileChangeState, command: Command, at: datetime) -> None:
    change.state = state
    with transaction.atomic():
        change.command = enqueue(
            station=change.station,
            command=command,
            actor=change.requested_by,
            origin=CommandOrigin.AUTOMATION,
            at=at,
            deadline_s=ANSWER_WITHIN_S,
        )
    change.due_at = at + timedelta(seconds=ANSWER_WITHIN_S) + SLACK
    change.save(update_fields=["state", "command", "due_at", "words"])


def _finish_migration(change: SecurityProfileChange, at: datetime) -> None:
    change.state, change.ended_at = ProfileChangeState.DONE, at
    change.explanation = (
        f"The charger restarts and connects to {change.connection_data.get('url')} first. Where it cannot, it tries"
        " its earlier addresses in their order, and may come back here."
    )
    change.save(update_fields=["state", "ended_at", "explanation", "words"])
    nudge_stations({change.station_id})


def _fail(change: SecurityProfileChange, reason: str, at: datetime) -> None:
    station = ChargingStation.objects.select_related("site__organisation").get(pk=change.station_id)
    is_16 = station.protocol == OcppVersion.OCPP16
    change.explanation = explain_failure(
        ProfileChangeState(change.state),
        reason=reason,
        slot=change.slot,
        setting="SecurityProfile" if is_16 else "NetworkConfigurationPriority",
        before=str(change.profile_before) if is_16 else change.slots_before,
    )
    change.state, change.ended_at = ProfileChangeState.FAILED, at
    change.save(update_fields=["state", "ended_at", "explanation", "words"])
    ChargingStation.objects.filter(pk=station.pk).update(wanted_security_profile=None)
    record_audit(
        actor=None,
        action="station.profile_change_failed",
        subject=station,
        organisation=station.site.organisation,
        changes={"security_profile": [change.profile_wanted, change.profile_before]},
    )
    nudge_stations({station.pk})
