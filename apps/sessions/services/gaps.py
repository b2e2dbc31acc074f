"""Events that are missing from a session: the charger is asked what it knows."""

from datetime import datetime

from django.db import transaction

from apps.chargers.choices import CommandOrigin
from apps.chargers.messages.commands.transactions import GetTransactionStatus
from apps.chargers.models import StationCommand
from apps.chargers.services.commands import CommandRefused, enqueue
from apps.sessions.choices import SessionFlag
from apps.sessions.models import ChargingSession


@transaction.atomic
def ask_about_gap(*, session_id: int, at: datetime) -> StationCommand | None:
    """Ask the station of a session whose events have a gap whether it runs and messages wait there; once per session.

    Never where the station does not provision by itself: nothing unasked is sent to it. Source: OCPP 2.0.1 E14.
    """
    known = ChargingSession.objects.exclude(protocol="ocpp1.6").filter(pk=session_id)
    # Every change of every session comes by here: only one with a gap is locked, for its next event waits at the lock.
    if SessionFlag.SEQ_GAP not in (known.values_list("flags", flat=True).first() or ()):
        return None
    rows = known.select_related("station__site__organisation").select_for_update(of=("self",))
    session = rows.first()
    if session is None:
        return None
    wish = GetTransactionStatus(transaction_id=session.transaction_id)
    asked = StationCommand.objects.filter(
        station=session.station_id,
        name=wish.name,
        arguments__transaction_id=session.transaction_id,
        created_at__gte=session.started_received_at,
    )
    if not session.station.provisioning_enabled or asked.exists():
        return None
    try:
        return enqueue(station=session.station, command=wish, actor=None, origin=CommandOrigin.AUTOMATION, at=at)
    except CommandRefused:
        return None
