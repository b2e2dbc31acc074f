"""Reading what ``engine.guests`` decides on: the rows as they stand."""

from copy import copy
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil

from django.db.models import Q

from apps.chargers.choices import CommandState
from apps.chargers.models import StationCommand
from apps.invoicing.choices import GuestState, PaymentState
from apps.invoicing.engine.guests import HOLD_FOR, Facts, Start, Stay
from apps.invoicing.models import GuestVisit
from apps.sessions.models import ChargeDetailRecord, ChargingSession
from apps.sessions.services.pricing import running_costs

LOOKS_AHEAD = timedelta(minutes=3)
"""A stop takes its time: to be asked for, to be answered, and until the next look at the cost."""
_STRONGEST_W = {False: 22_000, True: 150_000}


def load_visit(visit_id: int) -> GuestVisit:
    rows = GuestVisit.objects.select_related(
        "site__organisation", "evse__station__connection", "evse__station__site__organisation", "payment", "issuer",
        "account", "start_command", "session__site", "session__station", "receipt", "code",
    )  # fmt: skip
    return rows.get(pk=visit_id)


def facts_of(visit: GuestVisit, *, at: datetime) -> Facts:
    payment = visit.payment
    session = visit.session or find_session(visit)
    return Facts(
        state=GuestState(visit.state),
        payment=PaymentState(payment.state) if payment else PaymentState.CREATED,
        pay_due_at=visit.pay_due_at,
        ending=GuestState(visit.ending) if visit.ending else None,
        taken=payment.captured_amount - payment.refunded_amount if payment else Decimal(0),
        start=_start(visit.start_command),
        start_due_at=visit.start_due_at,
        hold_until=visit.authorised_at + HOLD_FOR if visit.authorised_at else None,
        wants_end=visit.wants_end_at is not None,
        stop_asked_at=visit.stop_asked_at,
        is_at_limit=is_at_limit(visit, session, at=at),
        stay=_stay(visit, session) if session else None,
        has_receipt=visit.receipt_id is not None,
    )


def find_session(visit: GuestVisit) -> ChargingSession | None:
    """The first session that followed the visit's start: by its command, or by its token, which nobody else has."""
    if visit.start_command_id is None:
        return None
    rows = ChargingSession.objects.filter(
        station_id=visit.evse.station_id, started_received_at__gte=visit.created_at
    ).select_related("site", "station")
    mine = Q(remote_start_command_id=visit.start_command_id) | Q(token_value__iexact=visit.token_value)
    return rows.filter(mine, guest_visit=None).order_by("started_received_at", "pk").first()


def is_at_limit(visit: GuestVisit, session: ChargingSession | None, *, at: datetime) -> bool:
    """Whether the cost, if it goes on for ``LOOKS_AHEAD``, would exceed what is authorised."""
    if session is None or not session.is_open:
        return False
    soon = copy(session)
    until = at + LOOKS_AHEAD
    power_w = session.power_w or visit.evse.max_power_w or _STRONGEST_W[visit.evse.is_dc]
    # What flowed since the last reading is not told yet, and counts as well.
    unread_s = (until - max(session.last_value_at or session.started_at, session.started_at)).total_seconds()
    soon.energy_wh = session.energy_wh + ceil(power_w * max(unread_s, 0) / 3600)
    soon.meter_last_at = until
    breakdown = running_costs([soon], now=until).get(session.pk)
    return breakdown is not None and breakdown.gross > visit.hold_amount


def _start(command: StationCommand | None) -> Start:
    if command is None:
        return Start.NONE
    match command.state:
        case CommandState.REJECTED:
            return Start.REFUSED
        case CommandState.TIMED_OUT | CommandState.SUPERSEDED:
            return Start.UNREACHABLE
        case CommandState.FAILED if command.error_code:
            lost = command.error_code == "connection lost"
            return Start.UNREACHABLE if lost else Start.REFUSED
        case CommandState.FAILED:
            return Start.EMPTY
    return Start.ASKED


def _stay(visit: GuestVisit, session: ChargingSession) -> Stay:
    connection = getattr(visit.evse.station, "connection", None)
    gross = None
    if not session.is_open:
        gross = ChargeDetailRecord.objects.current().filter(session=session).values_list("gross", flat=True).first()
    return Stay(
        is_over=not session.is_open,
        energy_wh=session.energy_wh,
        flags=frozenset(session.flags),
        heard_at=max(filter(None, (session.last_value_at, session.started_received_at))),
        is_online=connection is not None and connection.is_online,
        gross=gross,
    )
