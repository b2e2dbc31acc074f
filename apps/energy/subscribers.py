"""What energy does when facts are announced."""

from django.utils import timezone

from apps.chargers.events import COMMAND_ENDED
from apps.chargers.messages.commands import SetChargingProfile
from apps.chargers.models import StationCommand
from apps.core.models import OutboxEvent
from apps.core.outbox import subscribe
from apps.energy.events import EV_NEEDS_NOTIFIED, EV_SCHEDULE_REJECTED
from apps.energy.models import EvChargingNeeds, EvChargingSchedule
from apps.energy.services.endings import end_with_session, join_profile_to_session
from apps.energy.services.learning import settle_unanswered
from apps.energy.services.needs import join_needs_to_session, plan_needs
from apps.sessions.events import SESSION_ENDED, SESSION_STARTED, SESSION_UPDATED
from apps.sessions.models import ChargingSession


@subscribe(COMMAND_ENDED)
def settle_profile(event: OutboxEvent) -> None:
    if event.payload["name"] != SetChargingProfile.name:
        return
    command_id = event.payload["command_id"]
    was_sent = StationCommand.objects.filter(pk=command_id).exclude(sent_at=None).exists()
    settle_unanswered(command_id=command_id, was_sent=was_sent, state=event.payload["state"], at=timezone.now())


@subscribe(SESSION_STARTED)
@subscribe(SESSION_UPDATED)
def join_session(event: OutboxEvent) -> None:
    session = ChargingSession.objects.filter(pk=event.subject_id).first()
    if session is not None and session.is_open and session.evse_number:
        join_profile_to_session(session=session)
        join_needs_to_session(session=session, at=timezone.now())


@subscribe(SESSION_ENDED)
def end_profiles(event: OutboxEvent) -> None:
    session = ChargingSession.objects.filter(pk=event.subject_id).first()
    if session is not None and not session.is_open:
        end_with_session(session=session, at=timezone.now())


@subscribe(EV_NEEDS_NOTIFIED)
def plan(event: OutboxEvent) -> None:
    plan_needs(needs_id=event.subject_id, at=timezone.now())


@subscribe(EV_SCHEDULE_REJECTED)
def plan_again(event: OutboxEvent) -> None:
    """Once per announcement: a later plan than the car's words has answered them."""
    announced = EvChargingSchedule.objects.filter(pk=event.subject_id).first()
    if announced is None or announced.session_id is None:
        return
    needs = EvChargingNeeds.objects.filter(session=announced.session_id).order_by("-received_at").first()
    if needs is not None and (needs.planned_at is None or needs.planned_at < announced.received_at):
        plan_needs(needs_id=needs.pk, at=timezone.now(), again=True)
