"""Prices and costs told to chargers through the real server, version by version."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.chargers.models import ChargingStation, DeviceVariable, StationCommand
from apps.sessions.models import ChargingSession, SessionCost, StationTariff
from apps.sessions.services import station_costs
from tests.e2e.network import CARD
from tests.factories.tariffs import tariff_at
from tests.support.waiting import eventually

pytestmark = pytest.mark.server
KEYS = {
    "1.6": (("ConfigurationKey", "CustomDisplayCostAndPrice", ""),),
    "2.0.1": (("TariffCostCtrlr", "Enabled", "Cost"),),
    "2.1": (("TariffCostCtrlr", "Enabled", "Tariff"), ("TariffCostCtrlr", "Enabled", "Cost")),
}


def in_ten_minutes():
    return datetime.now(UTC) + timedelta(minutes=10)


def enrol(network, version, *, provisioned=True):
    """A station that is known to show prices, at a site with a tariff."""

    def make():
        for component, variable, instance in KEYS[version]:
            DeviceVariable.objects.create(
                station=station, component=component, variable=variable, variable_instance=instance, value="true"
            )
        tariff_at(network.site, name=f"Tariff of {station.identity}", per_kwh="0.50", fee="1.00")

    station = network.enrol(provisioning_enabled=provisioned)
    network.database.do(make)
    return station


def tell(network):
    def run():
        at = in_ten_minutes()
        station_costs.push_prices(at=at)
        station_costs.tell_running_costs(at=at)

    network.database.do(run)


def relay(network):
    """What subscribers do, which a worker does elsewhere."""
    network.database.deliver_events()


async def session_of(network, station):
    def found():
        return network.rows(ChargingSession.objects.filter(station=station))

    (session,) = await eventually(found, what="the session")
    return session


@pytest.mark.ocpp("2.0.1", "CostUpdated")
async def test_a_201_station_is_told_what_the_running_session_costs(network):
    station = enrol(network, "2.0.1")
    async with network.dial(station, version="2.0.1", shows_prices=True) as charger:
        await charger.boot()
        await charger.plug_in()
        transaction = await charger.start(token=CARD)
        await session_of(network, station)
        tell(network)
        told = await charger.expect_call("CostUpdated")
        assert told["transactionId"] == transaction.id
        assert told["totalCost"] >= 1.0
        await charger.wait_until(lambda: charger.station.told_costs)
        assert charger.station.told_costs == [(transaction.id, told["totalCost"])]
        (cost,) = network.rows(SessionCost.objects.filter(session__station=station))
        assert float(cost.told_cost) == told["totalCost"]


@pytest.mark.parametrize(("version", "action"), [("2.0.1", "CostUpdated"), ("1.6", "DataTransfer")])
async def test_no_frame_goes_to_who_is_not_to_be_provisioned(network, version, action):
    station = enrol(network, version, provisioned=False)
    async with network.dial(station, version=version, shows_prices=True) as charger:
        await charger.boot()
        await charger.plug_in()
        await charger.start(token=CARD)
        await session_of(network, station)
        tell(network)
        await charger.heartbeat()
        assert charger.received(action) == []
    assert network.rows(StationCommand.objects.filter(station=station)) == []


@pytest.mark.ocpp("1.6", "DataTransfer")
async def test_a_16_station_shows_price_and_cost(network):
    station = enrol(network, "1.6")
    async with network.dial(station, shows_prices=True) as charger:
        await charger.boot()
        await charger.plug_in()
        transaction = await charger.start(token=CARD)
        relay(network)
        await charger.wait_until(lambda: charger.station.told_prices)
        assert charger.station.told_prices[0][0] == "SetUserPrice"
        assert charger.station.told_prices[0][1]["idToken"] == CARD
        await charger.stop()
        relay(network)
        await charger.wait_until(lambda: any(name == "FinalCost" for name, _ in charger.station.told_prices))
        final = next(said for name, said in charger.station.told_prices if name == "FinalCost")
        assert final["transactionId"] == transaction.id


@pytest.mark.ocpp("2.1", "SetDefaultTariff", "GetTariffs", "ClearTariffs")
async def test_a_21_station_takes_the_tariff_lists_it_reckons_by_it_and_drops_it(network):
    station = enrol(network, "2.1")
    async with network.dial(station, version="2.1", shows_prices=True) as charger:
        await charger.boot()
        tell(network)
        pushed = await charger.expect_call("SetDefaultTariff")
        assert (pushed["evseId"], pushed["tariff"]["energy"]) == (0, {"prices": [{"priceKwh": 0.5}]})

        def held():
            return network.rows(StationTariff.objects.filter(station=station))

        (row,) = await eventually(held, what="the tariff in the station")
        assert (row.state, row.evse_number, row.tariff_id) == ("held", 0, pushed["tariff"]["tariffId"])

        await charger.plug_in()
        await charger.start(token=CARD)
        await charger.stop()
        (ended,) = [event for event in charger.sent("TransactionEvent") if event["eventType"] == "Ended"]
        assert ended["costDetails"]["totalCost"]["currency"] == "EUR"
        relay(network)

        def compared():
            return network.rows(SessionCost.objects.filter(session__station=station).exclude(station_cost=None))

        (cost,) = await eventually(compared, what="the comparison")
        assert cost.differs is False

        def ask(service):
            def run():
                known = ChargingStation.objects.get(pk=station.pk)
                return service(station=known, actor=network.operator, at=datetime.now(UTC), origin="portal")

            return network.database.do(run)

        await network.settled(ask(station_costs.read_tariffs))
        assert [(row.evse_number, row.kind) for row in held()] == [(1, "DefaultTariff")]
        await network.settled(ask(station_costs.clear_tariffs))
        assert held() == []


@pytest.mark.ocpp("2.1", "Authorize")
async def test_a_21_station_hears_the_drivers_tariff_with_his_card_and_sets_its_display(network):
    station = enrol(network, "2.1")
    network.database.do(lambda: DeviceVariable.objects.create(
        station=station, component="TariffCostCtrlr", variable="TariffFallbackMessage"
    ))  # fmt: skip
    async with network.dial(station, version="2.1", shows_prices=True) as charger:
        await charger.boot()
        token = {"idToken": {"idToken": CARD, "type": "ISO14443"}}
        told = (await charger.call("Authorize", token))["tariff"]
        tell(network)
        pushed = await charger.expect_call("SetDefaultTariff")
        assert told == pushed["tariff"]
        (item,) = (await charger.expect_call("SetVariables"))["setVariableData"]
        assert (item["component"], item["variable"]) == (
            {"name": "TariffCostCtrlr"}, {"name": "TariffFallbackMessage"},
        )  # fmt: skip
        assert item["attributeValue"] == "Energy costs 0.5 EUR per kWh. The session fee is 1 EUR."
        stranger = {"idToken": {"idToken": "NOBODYS", "type": "ISO14443"}}
        assert "tariff" not in await charger.call("Authorize", stranger)
