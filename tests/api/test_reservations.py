"""Reservations by programs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.chargers.models import StationCommand
from apps.sessions.models import Reservation
from tests.factories.sessions import ReservationFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/reservations/"


def body(network, **changes) -> dict:
    until = (timezone.now() + timedelta(hours=1)).isoformat()
    values = {"station": network.harbour.identity, "token": network.cards["harbour"].pk, "evse": 1}
    return {**values, "expires_at": until, **changes}


def test_a_place_is_reserved_and_shown(ada_api, network):
    response = ada_api.post(URL, body(network), format="json")
    assert response.status_code == 201, response.json()
    shown = response.json()
    assert (shown["state"], shown["evse_number"], shown["token_value"]) == (
        "asked", 1, network.cards["harbour"].value,
    )  # fmt: skip
    assert StationCommand.objects.get().origin == "api"


def test_a_refusal_names_code_and_field(ada_api, network):
    ada_api.post(URL, body(network), format="json")
    response = ada_api.post(URL, body(network), format="json")
    assert response.status_code >= 400
    assert "This EVSE is reserved already." in response.content.decode()
    assert Reservation.objects.count() == 1


@pytest.mark.parametrize("person", ["sam"])
def test_stations_and_cards_of_others_do_not_exist(as_person, network, person):
    response = as_person(person).post(URL, body(network, station=network.rival.identity), format="json")
    assert response.status_code == 400
    assert not Reservation.objects.exists()


def test_a_reservation_is_cancelled(ada_api, network):
    row = ReservationFactory(station=network.harbour, expires_at=timezone.now() + timedelta(hours=1))
    response = ada_api.post(f"{URL}{row.pk}/cancel/")
    assert response.status_code == 202
    assert response.json()["name"] == "CancelReservation"


def test_the_list_is_filtered_and_hides_drivers_from_those_who_may_not_see_them(as_person, network):
    driver = network.drivers["harbour"]
    ReservationFactory(station=network.harbour, driver=driver)
    ReservationFactory(station=network.linden, state="used")
    (row,) = as_person("tess").get(URL, {"state": "held"}).json()["results"]
    assert (row["station"], row["token_value"], row["driver"]) == (network.harbour.identity, "", None)
    (row,) = as_person("ada").get(URL, {"state": "held"}).json()["results"]
    assert (row["token_value"], row["driver"]) == ("CARD", driver.pk)
