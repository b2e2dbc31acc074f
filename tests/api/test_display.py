"""Messages on displays by programs."""

import pytest

from apps.chargers.models import ChargingStation, DisplayMessage, StationCommand

pytestmark = pytest.mark.django_db
URL = "/api/v1/display-messages/"


@pytest.fixture
def pillar(network) -> ChargingStation:
    ChargingStation.objects.filter(pk=network.harbour.pk).update(protocol="ocpp2.0.1")
    return network.harbour


def test_a_message_is_shown(ada_api, pillar):
    response = ada_api.post(URL, {"station": pillar.identity, "content": "Hello", "priority": "InFront"}, format="json")
    assert response.status_code == 201, response.json()
    assert (response.json()["state"], response.json()["priority"]) == ("asked", "InFront")
    assert StationCommand.objects.get().origin == "api"


def test_a_16_station_refuses_with_a_reason(ada_api, network):
    response = ada_api.post(URL, {"station": network.harbour.identity, "content": "Hello"}, format="json")
    assert response.status_code >= 400
    assert "begin with OCPP 2" in response.content.decode()


def test_a_message_is_cleared_and_the_display_read_back(ada_api, pillar):
    row = DisplayMessage.objects.create(station=pillar, number=4, content="Hi", state="installed")
    assert ada_api.post(f"{URL}{row.pk}/clear/").status_code == 202
    assert ada_api.post(f"/api/v1/stations/{pillar.identity}/display/read/").status_code == 202
    assert set(StationCommand.objects.values_list("name", flat=True)) == {
        "ClearDisplayMessage", "GetDisplayMessages",
    }  # fmt: skip


def test_the_list_is_filtered(ada_api, pillar):
    DisplayMessage.objects.create(station=pillar, number=4, content="Hi", state="installed")
    DisplayMessage.objects.create(station=pillar, number=5, content="Ho", state="cleared")
    (row,) = ada_api.get(URL, {"state": "installed"}).json()["results"]
    assert (row["number"], row["content"]) == (4, "Hi")
