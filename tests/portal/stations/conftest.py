"""A network to look at: two stations of Harbour, one of Linden Court, one of Rival."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from apps.chargers.choices import ConnectorState, StationStatus
from apps.chargers.models import Connector
from tests.factories.chargers import OnlineStationFactory, StationFactory
from tests.factories.drivers import DriverFactory, IdTokenFactory
from tests.factories.places import AreaFactory
from tests.factories.sessions import SessionFactory


@pytest.fixture(autouse=True)
def still_clock():
    """Ages are said to the second, so the clock stands still."""
    with time_machine.travel(datetime(2026, 3, 14, 15, 0, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def quay(harbour):
    """Online, two EVSEs, 1.6; Rita's neighbour Nora charges at the first."""
    station = OnlineStationFactory(
        site=harbour,
        area=AreaFactory(site=harbour, name="Pier"),
        identity="CP-QUAY",
        name="Quay 1",
        vendor="Elmwood",
        model="Twin 22",
        firmware_version="3.4.0",
        serial_number="SN-1",
    )
    connection = station.connection
    connection.last_seen_at = timezone.now() - timedelta(seconds=7)
    connection.rtt_ms = 42
    connection.save()
    return station


@pytest.fixture
def crane(harbour):
    """Offline."""
    return StationFactory(site=harbour, identity="CP-CRANE", status=StationStatus.OFFLINE, evses=1)


@pytest.fixture
def linden(linden_court):
    return OnlineStationFactory(site=linden_court, identity="CP-LINDEN", evses=1)


@pytest.fixture
def rival_station(rival_site):
    return OnlineStationFactory(site=rival_site, identity="CP-RIVAL", evses=1)


@pytest.fixture
def nora(voltwerk):
    """A driver of Voltwerk with the card 04A1B2C3."""
    driver = DriverFactory(organisation=voltwerk, name="Nora Vega", unit="4.2")
    return IdTokenFactory(organisation=voltwerk, driver=driver, value="04A1B2C3")


@pytest.fixture
def charging(quay, nora):
    """Nora charges at EVSE 1 of Quay 1: 7.4 kW, 3.21 kWh."""
    Connector.objects.filter(evse__station=quay, evse__number=1).update(status=ConnectorState.CHARGING)
    return SessionFactory(
        station=quay,
        evse=quay.evses.get(number=1),
        protocol="ocpp1.6",
        transaction_id="77",
        driver=nora.driver,
        id_token=nora,
        token_value=nora.value,
        started_at=timezone.now() - timedelta(minutes=30),
        power_w=7_400,
        energy_wh=3_210,
        current_l1_a=10.7,
        current_l2_a=10.6,
        current_l3_a=10.8,
        voltage_l1_v=231.0,
        soc_percent=61,
    )
