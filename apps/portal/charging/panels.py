"""What the panels of a session's page show."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action, may
from apps.chargers.choices import CommandState, OcppVersion
from apps.chargers.messages.commands import RequestStartTransaction, RequestStopTransaction
from apps.chargers.messages.commands.transactions import GetTransactionStatus
from apps.chargers.models import StationCommand
from apps.core.ids import first_id_at
from apps.energy.models import InstalledProfile
from apps.gateway.models import JournalEntry
from apps.portal.charging.details import detail_words
from apps.portal.charging.words import FLAG_HELP, stop_reason, token_verdict
from apps.portal.kit import format as fmt
from apps.portal.stations.limits import schedule_words
from apps.sessions.models import ChargingSession, SessionCost
from apps.sessions.services.pricing import running_cost_of
from apps.tariffs.engine.breakdown import Breakdown, Line
from apps.tariffs.engine.breakdown_json import from_json
from apps.tariffs.engine.kinds import LineKind

_LINE_NAMES = {
    LineKind.ENERGY: "Energy",
    LineKind.TIME: "Charging time",
    LineKind.PARKING_TIME: "Time without charging",
    LineKind.WITHHELD_TIME: "Time without power",
    LineKind.FLAT: "Session fee",
    LineKind.RESERVATION_TIME: "Reservation time",
    LineKind.RESERVATION_FLAT: "Reservation fee",
    LineKind.IDLE: "Idle fee",
    LineKind.LIMIT: "Minimum or maximum price",
}
_SOURCES = ("StartTransaction", "StopTransaction", "TransactionEvent")
_LISTENING = timedelta(seconds=30)
_IN_STEP_S = 10


@dataclass(frozen=True)
class CostLine:
    """One line of a bill as people read it; amounts unrounded."""

    name: str
    quantity: str
    measured: str
    price: str
    gross: Decimal
    why: str
    is_imputed: bool


def topic_of(session: ChargingSession) -> str:
    return f"session:{session.pk}"


def site_topic_of(session: ChargingSession) -> str:
    """Nudged by events of transactions, not by each meter value."""
    return f"site:{session.site_id}"


def breakdown_of(session: ChargingSession) -> Breakdown | None:
    """The stored price of an ended session; before it is stored, and while it runs, the price as of now."""
    if session.priced_at and not session.is_open:
        return from_json(session.price_breakdown) if session.price_breakdown else None
    return running_cost_of(session, now=timezone.now())


def cost_lines(breakdown: Breakdown) -> list[CostLine]:
    """The lines with their quantities and prices in words; time that the tariff does not price is left out."""
    return [cost_line(line, breakdown.currency) for line in breakdown.lines if _is_told(line)]


def load_now(request, session: ChargingSession) -> dict:
    breakdown = breakdown_of(session)
    amps = [session.current_l1_a, session.current_l2_a, session.current_l3_a]
    return {
        "session": session,
        "cost": breakdown.gross if breakdown else None,
        "seconds": ((session.ended_at or timezone.now()) - session.started_at).total_seconds(),
        "currents": [(f"L{n}", value) for n, value in enumerate(amps, 1) if value is not None],
        "average_w": _average_power(session),
    }


def load_cost(request, session: ChargingSession) -> dict:
    breakdown = breakdown_of(session)
    return {
        "session": session,
        "breakdown": breakdown,
        "lines": cost_lines(breakdown) if breakdown else [],
        "tariff": session.tariff_version,
        "told": SessionCost.objects.select_related("command").filter(session=session).first(),
    }


def load_curve(request, session: ChargingSession) -> dict:
    second = request.GET.get("second", "")
    second = second if second in ("soc", "current") else ""
    address = reverse("portal:session-curve", args=[session.pk])
    return {"session": session, "second": second, "address": f"{address}?second={second}" if second else address}


def load_evidence(request, session: ChargingSession) -> dict:
    return {
        "session": session,
        "rows": [
            (
                "Start",
                session.meter_start_wh,
                session.started_at,
                session.started_reported_at,
                session.started_received_at,
            ),
            ("Last reading", session.meter_last_wh, session.meter_last_at, session.meter_last_at, None),
            ("End", None, session.ended_at, session.ended_reported_at, session.ended_received_at),
        ],
        "clock": _clock_words(session.started_reported_at, session.started_received_at),
        "stop_reason": stop_reason(session.stopped_reason),
        "sequence": ", ".join(f"{a}–{b}" if a != b else str(a) for a, b in session.seq_ranges),
    }


def load_messages(request, session: ChargingSession) -> dict:
    """The frames in which the charger told of the start and the end, as they crossed the wire."""
    moments = [at for at in (session.started_received_at, session.ended_received_at) if at]
    found: dict[int, JournalEntry] = {}
    for at in moments:
        near = JournalEntry.objects.visible_to(request.user).filter(
            station_id=session.station_id,
            action__in=_SOURCES,
            kind__in=("call", "result", "error"),
            id__gte=first_id_at(at - _LISTENING),
            id__lt=first_id_at(at + _LISTENING),
        )
        found |= {entry.pk: entry for entry in near.order_by("id")[:20]}
    return {"session": session, "entries": sorted(found.values(), key=lambda entry: entry.pk)}


def load_facts(request, session: ChargingSession) -> dict:
    sees_drivers = may(request.user, Action.DRIVER_VIEW)
    return {"session": session, "verdict": token_verdict(session.token_status), "sees_drivers": sees_drivers}


def load_details(request, session: ChargingSession) -> dict:
    return {"details": detail_words(session.details), "is_21": session.protocol == OcppVersion.OCPP21}


def load_flags(request, session: ChargingSession) -> dict:
    return {"flags": [(flag, FLAG_HELP[flag]) for flag in session.flag_choices]}


def load_commands(request, session: ChargingSession) -> dict:
    """The remote start that began it and the stops that were asked for."""
    stops = StationCommand.objects.filter(
        station_id=session.station_id,
        name=RequestStopTransaction.name,
        correlation=session.transaction_id[:60],
        created_at__gte=session.started_received_at,
    )
    commands = list(stops.select_related("requested_by").order_by("-created_at")[:5])
    commands += (
        StationCommand.objects.filter(
            station_id=session.station_id,
            name=GetTransactionStatus.name,
            arguments__transaction_id=session.transaction_id,
            created_at__gte=session.started_received_at,
        )
        .select_related("requested_by")
        .order_by("-created_at")[:3]
    )
    if session.remote_start_command:
        commands.append(session.remote_start_command)
    names = {RequestStartTransaction.name: "Start", RequestStopTransaction.name: "Stop"}
    names[GetTransactionStatus.name] = "State"
    return {"session": session, "commands": [(names.get(c.name, c.name), c, CommandState(c.state)) for c in commands]}


def _is_told(line: Line) -> bool:
    if line.kind is LineKind.WITHHELD_TIME:
        return bool(line.gross) or line.measured >= 60
    return bool(line.gross) or line.unit_price is not None or line.kind is LineKind.ENERGY


def cost_line(line: Line, currency: str) -> CostLine:
    """One line in words."""
    quantity, measured = (_quantity(line.kind.unit, amount) for amount in (line.billed, line.measured))
    per = {"Wh": "kWh", "s": "h"}.get(line.kind.unit, "")
    price = "" if line.unit_price is None else f"{line.unit_price.normalize():f} {currency}{f' / {per}' if per else ''}"
    return CostLine(_LINE_NAMES[line.kind], quantity, measured, price, line.gross, line.why, line.imputed)


def _quantity(unit: str, amount: Decimal) -> str:
    if unit == "Wh":
        return f"{fmt.kwh(amount, 3)} kWh"
    return fmt.duration(float(amount)) if unit == "s" else ""


def _average_power(session: ChargingSession) -> float | None:
    """Energy over the time in which it flowed, in W."""
    end = session.charging_ended_at or session.ended_at or session.meter_last_at
    seconds = (end - session.started_at).total_seconds() if end else 0
    return session.energy_wh * 3600 / seconds if seconds > 60 and session.energy_wh else None


def _clock_words(reported: datetime | None, received: datetime | None) -> str:
    """How the charger's instant of the start compares with its arrival here."""
    if reported is None or received is None:
        return ""
    ahead_s = (reported - received).total_seconds()
    if abs(ahead_s) <= _IN_STEP_S:
        return "In step with ours"
    if ahead_s > 0:
        return f"{fmt.duration(ahead_s)} ahead of the moment in which its start arrived"
    return f"Its start arrived {fmt.duration(-ahead_s)} after it was written: the clock is behind, or it waited offline"


def load_limits(request, session: ChargingSession) -> dict:
    """The profiles of the session itself, newest first, and what its car asked for last (ISO 15118)."""
    rows = InstalledProfile.objects.filter(station_id=session.station_id, transaction_id=session.transaction_id)
    return {
        "profiles": [
            (row, row.state_choice, schedule_words(row.profile.schedule)) for row in rows.order_by("-created_at")[:5]
        ],
        "needs": session.ev_needs.order_by("-received_at").first(),
    }
