"""A 2.x station says Charging where its transaction does."""

import pytest

from apps.chargers.messages.events import ChargingState
from apps.chargers.models import Connector
from apps.core import outbox
from apps.sessions.services.transactions import record_transaction_events
from tests.factories.chargers import NOON, OnlineStationFactory, fact_of
from tests.factories.sessions import ENDED, STARTED, UPDATED, event_201

pytestmark = pytest.mark.django_db


def test_the_status_of_a_station_follows_the_charging_state_of_its_transaction():
    station = OnlineStationFactory(protocol="ocpp2.0.1")
    Connector.objects.filter(evse__station=station, evse__number=1).update(status="Occupied")
    seen = []

    for seq, (kind, state) in enumerate(
        [(STARTED, "EVConnected"), (UPDATED, "Charging"), (UPDATED, "SuspendedEV"), (ENDED, "EVConnected")]
    ):
        event = event_201(kind, seq, evse_id=1, connector_id=1, charging_state=ChargingState(state))
        record_transaction_events([fact_of(station, event, NOON)])
        outbox.relay()
        station.refresh_from_db()
        seen.append(station.status)

    assert seen[1:3] == ["charging", "occupied"]
    assert station.evses.get(number=1).charging_state == ""
