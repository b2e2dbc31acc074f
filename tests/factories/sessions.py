"""What chargers say of transactions and meters, and sessions as rows."""

from datetime import datetime, timedelta

import factory
from factory.django import DjangoModelFactory

from apps.chargers.messages.events import MeterValuesReported, TransactionEvent, TransactionEventType
from apps.chargers.messages.metering import MeterReading
from apps.chargers.messages.tokens import IdToken
from apps.sessions.models import ChargingSession, Reservation
from tests.factories.chargers import NOON, StationFactory

STARTED, UPDATED, ENDED = TransactionEventType


class SessionFactory(DjangoModelFactory):
    """A 2.0.1 session that runs since ``NOON`` at EVSE 1."""

    class Meta:
        model = ChargingSession

    station = factory.SubFactory(StationFactory)
    site = factory.SelfAttribute("station.site")
    evse_number = 1
    connector_number = 1
    transaction_id = factory.Sequence(lambda n: f"TX-{n}")
    protocol = "ocpp2.0.1"
    currency = factory.SelfAttribute("site.currency")
    started_at = NOON
    started_reported_at = NOON
    started_received_at = NOON


class ReservationFactory(DjangoModelFactory):
    """EVSE 1 is held for an hour from ``NOON``."""

    class Meta:
        model = Reservation

    station = factory.SubFactory(StationFactory)
    number = factory.Sequence(lambda n: 5000 + n)
    evse_number = 1
    token_value = "CARD"
    state = "held"
    asked_at = NOON
    held_at = NOON
    expires_at = NOON + timedelta(hours=1)


def card(value: str | None) -> IdToken | None:
    return None if value is None else IdToken(value)


def start_16(at: datetime = NOON, *, tag="CARD", evse=1, meter=1000, **changes) -> TransactionEvent:
    """StartTransaction."""
    values = {"evse_id": evse, "connector_id": 1, "id_token": card(tag), "meter_start_wh": meter}
    return TransactionEvent(STARTED, None, at, **{**values, **changes})


def stop_16(transaction_id, at: datetime = NOON + timedelta(hours=1), *, meter=8000, tag="CARD", **changes):
    """StopTransaction; ``transaction_id`` as the charger says it, ``None`` for -1, 0 and null."""
    name = None if transaction_id is None else str(transaction_id)
    return TransactionEvent(ENDED, name, at, meter_stop_wh=meter, id_token=card(tag), **changes)


def event_201(type_, seq, at: datetime | None = None, *, tx="TX", wh=None, **changes) -> TransactionEvent:
    """TransactionEvent ``seq`` of the transaction, ten minutes after the one before; ``wh`` is a register reading."""
    at = NOON + timedelta(minutes=10 * seq) if at is None else at
    readings = () if wh is None else (MeterReading(at, energy_wh=wh),)
    return TransactionEvent(type_, tx, at, seq_no=seq, **{"readings": readings, **changes})


def values(at: datetime = NOON, *, evse=1, tx=None, **measured) -> MeterValuesReported:
    """MeterValues with one reading."""
    return MeterValuesReported(evse, (MeterReading(at, **measured),), None if tx is None else str(tx))
