"""What sessions do when facts are announced."""

from datetime import datetime

from django.utils import timezone

from apps.chargers.choices import CommandState
from apps.chargers.events import COMMAND_ENDED, CONNECTOR_STATUS_CHANGED, STATION_BOOTED
from apps.chargers.messages.commands import SetVariables
from apps.chargers.messages.commands.reservations import ReserveNow
from apps.chargers.messages.commands.tariffs import FinalCost, SetDefaultTariff, SetUserPrice
from apps.core.models import OutboxEvent
from apps.core.outbox import subscribe
from apps.sessions.choices import RatingReason
from apps.sessions.engine.clock import instant_of
from apps.sessions.events import SESSION_ENDED, SESSION_RATED, SESSION_STARTED, SESSION_UPDATED
from apps.sessions.services import station_costs
from apps.sessions.services.budgets import tell_of_session
from apps.sessions.services.charging_states import note_boot, note_connector_state
from apps.sessions.services.gaps import ask_about_gap
from apps.sessions.services.rating import rate_sessions
from apps.sessions.services.reservations import join_session, note_unanswered
from apps.sessions.services.station_picture import show_charging_state

PRICE_COMMANDS = frozenset({FinalCost.name, SetDefaultTariff.name, SetUserPrice.name, SetVariables.name})


@subscribe(SESSION_ENDED)
def rate_ended_session(event: OutboxEvent) -> None:
    now = timezone.now()
    rate_sessions(session_ids=[event.subject_id], reason=RatingReason.ENDED, actor=None, at=now)
    station_costs.compare_costs(session_id=event.subject_id)
    station_costs.tell_final_cost(session_id=event.subject_id, at=now)


@subscribe(SESSION_RATED)
def tell_the_driver(event: OutboxEvent) -> None:
    tell_of_session(cdr_id=event.payload["cdr_id"], at=timezone.now())


@subscribe(SESSION_STARTED)
def tell_the_price(event: OutboxEvent) -> None:
    station_costs.tell_price(session_id=event.subject_id, at=timezone.now())


@subscribe(SESSION_STARTED)
@subscribe(SESSION_UPDATED)
@subscribe(SESSION_ENDED)
def show_at_station(event: OutboxEvent) -> None:
    show_charging_state(session_id=event.subject_id, at=timezone.now())


@subscribe(SESSION_STARTED)
@subscribe(SESSION_UPDATED)
@subscribe(SESSION_ENDED)
def use_reservation(event: OutboxEvent) -> None:
    join_session(
        session_id=event.subject_id,
        number=event.payload.get("reservation_id"),
        is_new=event.name == SESSION_STARTED,
        at=timezone.now(),
    )


@subscribe(COMMAND_ENDED)
def note_failed_reservation(event: OutboxEvent) -> None:
    if event.payload["name"] == ReserveNow.name and event.payload["state"] != CommandState.ACCEPTED:
        note_unanswered(command_id=event.payload["command_id"], at=_instant(event, "at"))


@subscribe(COMMAND_ENDED)
def note_refused_price(event: OutboxEvent) -> None:
    if event.payload["name"] in PRICE_COMMANDS:
        at = _instant(event, "at")
        station_costs.note_price_command(
            command_id=event.payload["command_id"], state=event.payload["state"], at=at
        )  # fmt: skip


@subscribe(CONNECTOR_STATUS_CHANGED)
def follow_connector(event: OutboxEvent) -> None:
    note_connector_state(
        station_id=event.payload["station_id"],
        evse_number=event.payload["evse"],
        status=event.payload["after"],
        at=instant_of(_instant(event, "occurred_at"), _instant(event, "at")).at,
    )


@subscribe(SESSION_UPDATED)
@subscribe(SESSION_ENDED)
def ask_what_is_missing(event: OutboxEvent) -> None:
    ask_about_gap(session_id=event.subject_id, at=timezone.now())


@subscribe(STATION_BOOTED)
def flag_running_sessions(event: OutboxEvent) -> None:
    note_boot(station_id=event.subject_id, at=_instant(event, "at"))


@subscribe(STATION_BOOTED)
def tell_price_again(event: OutboxEvent) -> None:
    station_costs.forget_told_price(station_id=event.subject_id)


def _instant(event: OutboxEvent, name: str) -> datetime:
    return datetime.fromisoformat(event.payload[name])
