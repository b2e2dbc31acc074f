"""What a visit asks of its charger."""

from datetime import datetime

from apps.chargers.choices import CommandOrigin
from apps.chargers.messages.commands import RequestStartTransaction, RequestStopTransaction
from apps.chargers.messages.tokens import IdTokenType
from apps.chargers.models import StationCommand
from apps.chargers.services.commands import enqueue, new_remote_start_number
from apps.invoicing.choices import GuestState
from apps.invoicing.models import GuestVisit
from apps.sessions.models import ChargingSession

START_DEADLINE_S = 45
"""How long an absent charger is waited for: a guest stands before it."""


def ask_start(visit: GuestVisit, *, at: datetime) -> StationCommand:
    """Raises ``CommandRefused``."""
    command = RequestStartTransaction(
        id_token=visit.token_value,
        remote_start_id=new_remote_start_number(),
        evse_id=visit.evse.number,
        id_token_type=IdTokenType.CENTRAL.value,
    )
    return enqueue(
        station=visit.evse.station, command=command, actor=None, origin=CommandOrigin.AUTOMATION, at=at,
        deadline_s=START_DEADLINE_S,
    )  # fmt: skip


def ask_stop(session: ChargingSession, *, at: datetime) -> StationCommand:
    """Raises ``CommandRefused``."""
    command = RequestStopTransaction(session.transaction_id)
    return enqueue(
        station=session.station, command=command, actor=None, origin=CommandOrigin.AUTOMATION, at=at
    )  # fmt: skip


def stop_stray(*, session_id: int, at: datetime) -> bool:
    """Stop a session that a guest's token began although its visit is over or has another: nobody pays for it."""
    session = ChargingSession.objects.select_related("station__site__organisation").get(pk=session_id)
    if not session.is_open or not session.token_value:
        return False
    visits = GuestVisit.objects.filter(token_value__iexact=session.token_value, evse__station_id=session.station_id)
    waiting = (GuestState.PAYING, GuestState.STARTING)
    visit = visits.exclude(session_id=session_id).exclude(state__in=waiting).first()
    if visit is None:
        return False
    ask_stop(session, at=at)
    return True
