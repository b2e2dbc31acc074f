"""Whether a profile may be asked of any charger at all (OCPP 2.0.1 K01, 1.6 §3.13, §5.16). Pure."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from apps.chargers.messages.charging_profiles import (
    ChargingProfile,
    ChargingSchedule,
    ChargingSchedulePeriod,
    OperationMode,
    ProfileKind,
    ProfilePurpose,
)
from apps.energy.engine.schedules import RECURRENCE, limits_of

LOWEST_CHARGING_A = Decimal(6)
Problem = tuple[str, str]
"""The field to blame and a sentence for people."""


def find_problems(profile: ChargingProfile, *, evse: int, transaction_id: str | None) -> list[Problem]:
    """What is wrong with asking ``profile`` for ``evse``, where ``transaction_id`` runs (``None``: nothing does)."""
    return [
        *_purpose_problems(profile, evse, transaction_id),
        *_time_problems(profile),
        *(problem for schedule in profile.schedules for problem in _schedule_problems(schedule)),
    ]


def find_start_problems(profile: ChargingProfile) -> list[Problem]:
    """What is wrong with ``profile`` as part of a remote start (2.0.1 F01, K05; 1.6 §5.11)."""
    found = (
        [] if profile.purpose == ProfilePurpose.TX else [("purpose", "A start takes a profile of the session only.")]
    )
    if profile.transaction_id is not None:
        found.append(("transaction_id", "The session has no number yet: leave the transaction out."))
    return [*found, *_time_problems(profile), *(p for s in profile.schedules for p in _schedule_problems(s))]


def find_notes(profile: ChargingProfile) -> list[str]:
    """What is allowed but worth a word."""
    notes = []
    amperes = [limit for limit in limits_of(profile) if profile.schedule.unit == "A"]
    if any(limit == 0 for limit in limits_of(profile)):
        notes.append("A limit of 0 pauses charging; some chargers end the session.")
    if any(0 < limit < LOWEST_CHARGING_A for limit in amperes):
        notes.append("Cars take 6 A or more, or nothing: below 6 A they pause.")
    return notes


def _purpose_problems(profile: ChargingProfile, evse: int, transaction_id: str | None) -> Iterator[Problem]:
    purpose = profile.purpose
    if purpose == ProfilePurpose.EXTERNAL:
        yield "purpose", "External limits are told by the charger; they cannot be set from here."
    if purpose in (ProfilePurpose.STATION_MAX, ProfilePurpose.LOCAL_GENERATION) and evse != 0:
        yield "evse", "A limit of the whole station is set for the station, not for one of its EVSEs."
    if purpose in (ProfilePurpose.TX, ProfilePurpose.PRIORITY) and evse == 0:
        yield "evse", "A session’s profile needs the EVSE on which the session runs."
    if purpose == ProfilePurpose.TX and evse != 0:
        if transaction_id is None:
            yield "purpose", "No session runs there now, so it cannot be given a profile."
        elif profile.transaction_id != transaction_id:
            yield "transaction_id", f"The session that runs there is {transaction_id}."
    if purpose != ProfilePurpose.TX and profile.transaction_id is not None:
        yield "transaction_id", "Only the profile of a session names a transaction."
    if profile.stack_level < 0:
        yield "stack_level", "Stack levels begin at 0."


def _time_problems(profile: ChargingProfile) -> Iterator[Problem]:
    for schedule in profile.schedules:
        if profile.kind == ProfileKind.RELATIVE and schedule.start_at is not None:
            yield "start_at", "A relative profile begins with the session: leave its start out."
        if profile.kind in (ProfileKind.ABSOLUTE, ProfileKind.RECURRING) and schedule.start_at is None:
            yield "start_at", "Say from when the schedule counts."
        recurrence = RECURRENCE.get(profile.recurrency or "")
        if recurrence and schedule.duration_s is not None and schedule.duration_s > recurrence.total_seconds():
            yield "duration_s", "A schedule that repeats cannot last longer than until it begins again."
    if (profile.kind == ProfileKind.RECURRING) != (profile.recurrency in RECURRENCE):
        yield "recurrency", "A recurring profile, and no other, repeats Daily or Weekly."
    if profile.kind == ProfileKind.RELATIVE and profile.purpose == ProfilePurpose.STATION_MAX:
        yield "kind", "A limit of the whole station cannot begin with a session."
    only_charging = (None, OperationMode.CHARGING_ONLY)
    periods = [period for schedule in profile.schedules for period in schedule.periods]
    if profile.kind != ProfileKind.DYNAMIC and any(
        p.limit is None and p.operation_mode in only_charging for p in periods
    ):
        yield "limit", "Without an operation mode that says otherwise, a period needs its limit."
    if profile.valid_from and profile.valid_to and profile.valid_to <= profile.valid_from:
        yield "valid_to", "It must end after it begins."


def _schedule_problems(schedule: ChargingSchedule) -> Iterator[Problem]:
    periods = schedule.periods
    if not periods or periods[0].start_s != 0:
        yield "periods", "The first period starts at 0."
    if any(after.start_s <= before.start_s for before, after in pairwise(periods)):
        yield "periods", "Each period starts after the one before."
    if schedule.duration_s is not None and schedule.duration_s <= 0:
        yield "duration_s", "The schedule must last for a while."
    elif schedule.duration_s is not None and any(period.start_s >= schedule.duration_s for period in periods):
        yield "periods", "Every period starts within the duration."
    for period in periods:
        yield from _mode_problems(period)
        limit = period.limit
        if limit is not None and (not limit.is_finite() or limit < 0 or limit > 10_000_000):
            yield "limit", "A limit is a number from 0 up."
        elif limit is not None and limit != limit.quantize(Decimal("0.1")):
            yield "limit", "Limits have one decimal at most."
        if period.number_phases is not None and not 1 <= period.number_phases <= 3:
            yield "number_phases", "A charger has one to three phases."
        if period.phase_to_use is not None and (period.number_phases != 1 or not 1 <= period.phase_to_use <= 3):
            yield "phase_to_use", "A phase is chosen from 1 to 3, where one phase is used."


def _mode_problems(period: ChargingSchedulePeriod) -> Iterator[Problem]:
    """OCPP 2.1 block Q: which values go with which operation mode."""
    mode, setpoint, most_out = period.operation_mode, period.setpoint, period.discharge_limit
    if mode is not None and mode not in set(OperationMode):
        yield "operation_mode", "There is no such operation mode."
    if mode in (None, OperationMode.CHARGING_ONLY) and (setpoint, most_out) != (None, None):
        yield "operation_mode", "Setpoints and discharging need an operation mode, such as CentralSetpoint."
    if mode == OperationMode.CENTRAL_SETPOINT and setpoint is None:
        yield "setpoint", "CentralSetpoint needs the setpoint that is to be followed."
    for name, value in (("setpoint", setpoint), ("discharge_limit", most_out)):
        if value is not None and (not value.is_finite() or abs(value) > 10_000_000):
            yield name, "This is no number that a charger can follow."
        elif value is not None and value != value.quantize(Decimal("0.1")):
            yield name, "It has one decimal at most."
    if most_out is not None and most_out > 0:
        yield "discharge_limit", "What flows back is told by a number of 0 or below."
    if setpoint is not None and period.limit is not None and setpoint > period.limit:
        yield "setpoint", "The setpoint lies above the limit."
    if setpoint is not None and most_out is not None and setpoint < most_out:
        yield "setpoint", "The setpoint lies below what may flow back."
