"""Prices in stations by program: read, switched, sent, asked back, cleared."""

import pytest

from apps.chargers.models import ChargingStation, StationCommand
from apps.sessions.models import StationTariff
from tests.factories.tariffs import tariff_at

pytestmark = pytest.mark.django_db


def url(network, path=""):
    return f"/api/v1/stations/{network.harbour.identity}/prices/{path}"


def test_the_switch_is_read_and_set(ada_api, network):
    assert ada_api.get(url(network)).json()["telling"] == "auto"
    answer = ada_api.patch(url(network), {"telling": "always"}, format="json")
    assert (answer.status_code, answer.json()["telling"]) == (200, "always")
    assert ada_api.patch(url(network), {"telling": "often"}, format="json").status_code == 400


def test_prices_are_sent_read_and_cleared(ada_api, network):
    ChargingStation.objects.filter(pk=network.harbour.pk).update(protocol="ocpp2.1")
    tariff_at(network.harbour.site, name="New", currency=network.harbour.site.currency)
    for name in ("push", "read", "clear"):
        assert ada_api.post(url(network, f"{name}/")).status_code == 201
    commands = StationCommand.objects.order_by("pk").values_list("name", flat=True)
    assert list(commands) == ["SetDefaultTariff", "GetTariffs", "ClearTariffs"]


def test_an_older_station_holds_no_tariffs(ada_api, network):
    ChargingStation.objects.filter(pk=network.harbour.pk).update(protocol="ocpp2.0.1")
    answer = ada_api.post(url(network, "read/"))
    assert answer.status_code in (400, 409)
    assert "Only stations with OCPP 2.1 hold tariffs." in answer.content.decode()


def test_held_tariffs_are_listed(ada_api, network):
    row = StationTariff.objects.create(station=network.harbour, tariff_id="x", state="held", evse_number=2)
    listed = ada_api.get(f"/api/v1/station-tariffs/?station={network.harbour.identity}&state=held").json()
    assert [(one["id"], one["tariff_id"], one["evse_number"]) for one in listed["results"]] == [(row.pk, "x", 2)]
