"""What a station is told of one session at its start and at its end. Repeatable."""

from datetime import datetime, timedelta

from django.db import transaction

from apps.chargers.choices import CommandOrigin, CommandState, OcppVersion
from apps.chargers.messages.commands import Command
from apps.chargers.messages.commands.tariffs import ChangeTransactionTariff, FinalCost, SetUserPrice
from apps.chargers.models import StationCommand
from apps.chargers.services.commands import announce_commands, insert_commands
from apps.sessions.engine.price_texts import FREE, final_text, price_text
from apps.sessions.models import ChargingSession, SessionCost, StationPricing
from apps.sessions.services.station_costs.stations import FINAL_16, TARIFF, USER_PRICE_16, Telling, stations_for
from apps.tariffs.engine.exact import half_up
from apps.tariffs.engine.tariff_ocpp21 import to_ocpp21
from apps.tariffs.selectors import engine_tariffs

DEADLINE = timedelta(minutes=5)
FRESH = timedelta(minutes=10)
"""What began or ended longer ago (told after an offline period) has nobody who reads it."""


@transaction.atomic
def tell_price(*, session_id: int, at: datetime) -> None:
    """At the start: the driver's price in 1.6; in 2.1 his tariff, where it is not the one that the station has."""
    session = _session(session_id)
    if session is None or not session.is_open or session.started_at < at - FRESH or SessionCost.objects.filter(
        pk=session_id
    ).exists():  # fmt: skip
        return
    command = _price_command(session)
    if command is not None:
        SessionCost.objects.create(session=session, command=_send(session, command, at))


@transaction.atomic
def tell_final_cost(*, session_id: int, at: datetime) -> None:
    """At the end: the final cost to a 1.6 station; again only if it is another. 2.x got it in the answer."""
    session = _session(session_id)
    if session is None or session.is_open or session.cost_gross is None or session.protocol != OcppVersion.OCPP16:
        return
    if session.ended_at < at - FRESH or not _may(session, FINAL_16):
        return
    row, _ = SessionCost.objects.get_or_create(session=session)
    row = SessionCost.objects.select_for_update().get(pk=row.pk)
    cost = half_up(session.cost_gross, 2)
    if row.is_final and row.told_cost == cost:
        return
    text = final_text(cost, session.currency, session.energy_wh)
    row.command = _send(session, FinalCost(session.transaction_id, str(cost), text), at)
    row.told_cost, row.told_at, row.is_final = cost, at, True
    row.save(update_fields=["command", "told_cost", "told_at", "is_final"])


def _price_command(session: ChargingSession) -> Command | None:
    tariff = engine_tariffs([session.tariff_version_id]).get(session.tariff_version_id)
    if tariff is None:
        return None
    if session.protocol == OcppVersion.OCPP16:
        wanted = bool(session.token_value) and _may(session, USER_PRICE_16)
        text = FREE if session.free_of_charge else price_text(tariff)
        return SetUserPrice(session.token_value, text) if wanted else None
    if session.protocol == OcppVersion.OCPP21 and _may(session, TARIFF):
        default = StationPricing.objects.filter(station_id=session.station_id).values_list(
            "tariff_version_id", flat=True
        )
        wanted = to_ocpp21(tariff).tariff
        _, reckoned_by = session.details.get("tariff_id", (0, ""))
        if default.first() not in (None, session.tariff_version_id) and reckoned_by != wanted["tariffId"]:
            return ChangeTransactionTariff(session.transaction_id, wanted)
    return None


def _session(session_id: int) -> ChargingSession | None:
    return ChargingSession.objects.filter(pk=session_id).defer("price_breakdown").first()


def _may(session: ChargingSession, telling: Telling) -> bool:
    return stations_for(telling).filter(pk=session.station_id).exists()


def _send(session: ChargingSession, command: Command, at: datetime) -> StationCommand:
    (row,) = insert_commands(
        [(session.station_id, command)],
        origin=CommandOrigin.AUTOMATION,
        state=CommandState.PENDING,
        at=at,
        deadline_at=at + DEADLINE,
    )
    announce_commands([session.station_id])
    return row
