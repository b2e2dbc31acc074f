"""What cars need, answered with a plan (ISO 15118 by way of OCPP 2.0.1 K15 to K17)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from apps.chargers.choices import CommandOrigin
from apps.chargers.facts import Fact
from apps.chargers.messages.charging_profiles import ProfilePurpose, schedule_as_json
from apps.chargers.messages.events import ChargingNeeds, ChargingNeedsNotified, ChargingScheduleNotified
from apps.chargers.messages.replies import ChargingNeedsReply, ChargingScheduleReply, Reply
from apps.chargers.models import ChargingStation
from apps.chargers.services.commands.nudging import nudge_stations
from apps.core.db.rowsets import without_nul
from apps.core.errors import DomainError
from apps.core.outbox import Event, record
from apps.energy.choices import NeedsAnswer, ProfileSource
from apps.energy.engine.announced import exceeds
from apps.energy.engine.composite import limit_at
from apps.energy.engine.planning import plan_for_needs
from apps.energy.events import EV_NEEDS_NOTIFIED, EV_SCHEDULE_REJECTED
from apps.energy.models import EvChargingNeeds, EvChargingSchedule, InstalledProfile
from apps.energy.selectors.station_state import load_state, open_session_at
from apps.energy.services.profiles import new_profile_id, set_profile

FRESH = timedelta(minutes=10)
"""Needs told this long before the session they belong to."""


@transaction.atomic(savepoint=False)
def answer_needs(facts: Sequence[Fact[ChargingNeedsNotified]]) -> list[Reply]:
    """Keep what cars need and promise a plan, which ``plan_needs`` makes right after the commit.

    *Processing* where the session has not begun yet. A station asks for the plan with its needs, so that it gets one
    also where nothing may be sent to it unasked.
    """
    replies: list[Reply] = []
    for fact in facts:
        event, station = fact.event, fact.station
        session = open_session_at(station.station_id, event.evse_id)
        answer = NeedsAnswer.ACCEPTED if session else NeedsAnswer.PROCESSING
        needs = event.needs
        row = EvChargingNeeds.objects.create(
            station_id=station.station_id,
            evse_number=event.evse_id,
            session=session,
            received_at=fact.received_at,
            energy_transfer=without_nul(needs.energy_transfer)[:40],
            departure_at=needs.departure_at,
            energy_wh=needs.energy_wh,
            max_current_a=needs.max_current_a,
            max_power_w=needs.max_power_w,
            soc_percent=needs.soc_percent,
            max_periods=event.max_periods,
            details=without_nul(needs.details or {}),
            answer=answer,
        )
        if answer is NeedsAnswer.ACCEPTED:
            record(Event(EV_NEEDS_NOTIFIED, row.pk))
        replies.append(ChargingNeedsReply(answer.value))
    nudge_stations({fact.station.station_id for fact in facts})
    return replies


@transaction.atomic(savepoint=False)
def answer_ev_schedules(facts: Sequence[Fact[ChargingScheduleNotified]]) -> list[Reply]:
    """Keep what cars are going to draw; one that is more than it may is rejected, and gets a new plan (K17)."""
    replies: list[Reply] = []
    for fact in facts:
        event, station_id = fact.event, fact.station.station_id
        state = load_state(station_id)
        reason = exceeds(event.schedule, event.time_base, state, evse=event.evse_id)
        row = EvChargingSchedule.objects.create(
            station_id=station_id,
            evse_number=event.evse_id,
            session=open_session_at(station_id, event.evse_id),
            received_at=fact.received_at,
            time_base=event.time_base,
            schedule=without_nul(schedule_as_json(event.schedule)),
            was_accepted=not reason,
            reason=reason,
        )
        if reason:
            record(Event(EV_SCHEDULE_REJECTED, row.pk))
        replies.append(ChargingScheduleReply("Rejected" if reason else "Accepted", reason))
    nudge_stations({fact.station.station_id for fact in facts})
    return replies


def plan_needs(*, needs_id: int, at: datetime, again: bool = False) -> InstalledProfile | None:
    """Send the session a plan for what its car needs; once, unless ``again``. ``None`` where there is nothing to do."""
    with transaction.atomic():
        row = (
            EvChargingNeeds.objects.select_for_update(of=("self",))
            .select_related("session")
            .filter(pk=needs_id)
            .first()
        )
        if row is None or (row.planned_at and not again) or row.session is None or not row.session.is_open:
            return None
        station = ChargingStation.objects.select_related("site__organisation").get(pk=row.station_id)
        row.planned_at = at
        try:
            row.profile, row.plan_note = _send_plan(station, row, at)
        except DomainError as error:
            row.plan_note = error.message
        row.save(update_fields=["planned_at", "profile", "plan_note"])
    return row.profile


def join_needs_to_session(*, session, at: datetime) -> None:
    """The session of a car that told its needs before has begun: they are its, and are planned now."""
    rows = EvChargingNeeds.objects.filter(
        station_id=session.station_id, evse_number=session.evse_number, session=None, received_at__gte=at - FRESH
    )
    newest = rows.order_by("-received_at").first()
    if newest is None:
        return
    rows.update(session=session)
    plan_needs(needs_id=newest.pk, at=at)


def _send_plan(station: ChargingStation, row: EvChargingNeeds, at: datetime) -> tuple[InstalledProfile, str]:
    state = load_state(station.pk, counts=lambda held: not _is_plan(held))
    evse = state.evses.get(row.evse_number)
    if evse is None:
        raise DomainError(f"The station has no EVSE {row.evse_number}.")
    evse = replace(evse, transaction_id=row.session.transaction_id)
    plan = plan_for_needs(
        _needs_of(row),
        evse=evse,
        allowed_w=limit_at(state, evse=row.evse_number, at=at, unit="W"),
        profile_id=new_profile_id(),
        stack_level=0,
        at=at,
    )
    sent = set_profile(
        station=station,
        evse_number=row.evse_number,
        profile=plan.profile,
        actor=None,
        origin=CommandOrigin.AUTOMATION,
        at=at,
    )
    note = "It will not be enough before the car leaves." if plan.reaches_needs is False else ""
    return sent.row, note


def _is_plan(row: InstalledProfile) -> bool:
    """Whether it is a plan of ours for a session, which the next one replaces."""
    return row.purpose == ProfilePurpose.TX and row.source == ProfileSource.US and row.requested_by_id is None


def _needs_of(row: EvChargingNeeds) -> ChargingNeeds:
    parameters = {**row.details.get("dcChargingParameters", {}), **row.details.get("acChargingParameters", {})}
    voltage = parameters.get("evMaxVoltage")
    return ChargingNeeds(
        energy_transfer=row.energy_transfer,
        departure_at=row.departure_at,
        energy_wh=row.energy_wh,
        max_current_a=row.max_current_a,
        max_voltage_v=None if voltage is None else int(voltage),
        max_power_w=row.max_power_w,
        soc_percent=row.soc_percent,
    )
