"""Reservations in the portal: reserving, giving up, looking."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.chargers.models import StationCommand
from apps.sessions.models import Reservation
from tests.factories.chargers import NOON, OnlineStationFactory, StationFactory
from tests.factories.drivers import DriverFactory, IdTokenFactory
from tests.factories.sessions import ReservationFactory

pytestmark = pytest.mark.django_db
LIST = "/reservations/"


@pytest.fixture(autouse=True)
def still_clock():
    with time_machine.travel(datetime(2026, 3, 14, 12, 5, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def station(harbour):
    return OnlineStationFactory(site=harbour, identity="CP-QUAY", name="Quay 1")


@pytest.fixture
def nora(harbour):
    return DriverFactory(organisation=harbour.organisation, name="Nora Neighbour", home_site=harbour)


@pytest.fixture
def her_card(harbour, nora):
    return IdTokenFactory(organisation=harbour.organisation, driver=nora, value="NORA1")


def form_url(station) -> str:
    return reverse("portal:station-reserve", args=[station.pk])


@pytest.mark.parametrize("person", ["ada", "sam"])
def test_a_place_is_reserved_for_a_drivers_card(client, request, person, station, nora, her_card):
    user = request.getfixturevalue(person)
    client.force_login(user)
    response = client.post(form_url(station), {"evse": "2", "search": "nora", "minutes": "30"})
    assert response["Location"] == f"/stations/{station.pk}/"
    row = Reservation.objects.get()
    assert (row.evse_number, row.driver, row.requested_by, row.state) == (2, nora, user, "asked")
    assert row.expires_at == datetime(2026, 3, 14, 12, 35, tzinfo=UTC)
    assert StationCommand.objects.get().name == "ReserveNow"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"evse": "2", "search": "nobody", "minutes": "30"}, "No card fits this."),
        ({"evse": "2", "search": "", "minutes": "30"}, "This field is required."),
        ({"evse": "0", "search": "nora", "minutes": "30"}, "Select a valid choice"),
    ],
)
def test_a_wrong_form_comes_back_and_nothing_is_asked(client, ada, station, her_card, data, words):
    client.force_login(ada)
    response = client.post(form_url(station), data)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Reservation.objects.exists()
    assert not StationCommand.objects.exists()


def test_a_place_that_is_kept_is_not_offered_twice(client, ada, station, her_card):
    ReservationFactory(station=station, evse_number=2)
    client.force_login(ada)
    response = client.post(form_url(station), {"evse": "2", "search": "nora", "minutes": "30"})
    assert response.status_code == 422
    assert "This EVSE is reserved already." in response.content.decode()
    assert Reservation.objects.count() == 1


def test_an_offline_station_says_why_not(client, ada, harbour):
    client.force_login(ada)
    page = client.get(form_url(StationFactory(site=harbour, evses=1))).content.decode()
    assert "The station is offline: nothing reaches it now." in page


def test_the_stations_page_says_for_whom_and_until_when(client, ada, station, nora):
    ReservationFactory(station=station, driver=nora)
    client.force_login(ada)
    page = client.get(reverse("portal:station", args=[station.pk])).content.decode()
    assert "Reserved for Nora Neighbour" in page
    assert "Cancel the reservation" in page


def test_the_list_of_stations_says_until_when(client, ada, station):
    ReservationFactory(station=station)
    client.force_login(ada)
    page = client.get("/stations/").content.decode()
    assert "EVSE 1: Reserved, reserved until" in page
    assert "EVSE 2: Available" in page


def test_one_that_has_run_out_is_no_longer_shown_as_kept(client, ada, station):
    ReservationFactory(station=station, expires_at=NOON + timedelta(minutes=5))
    client.force_login(ada)
    assert "Reserved" not in client.get(f"/stations/{station.pk}/?panel=evses").content.decode()


def test_the_list_shows_who_where_until_when_and_what_came_of_it(client, ada, station, nora):
    ReservationFactory(station=station, driver=nora, state="refused", explanation="The station answered “Occupied”.")
    client.force_login(ada)
    page = client.get(LIST).content.decode()
    for words in ("Refused", "Quay 1</a>, EVSE 1", "Nora Neighbour", "The station answered “Occupied”."):
        assert words in page


@pytest.mark.parametrize(("query", "shown"), [("", 2), ("?state=live", 1), ("?state=used", 1), ("?q=elsewhere", 0)])
def test_the_list_is_filtered(client, ada, station, query, shown):
    ReservationFactory(station=station)
    ReservationFactory(station=station, state="used")
    client.force_login(ada)
    assert client.get(LIST + query).content.decode().count('id="reservation-') == shown


def test_the_list_is_exported(client, ada, station, nora):
    ReservationFactory(station=station, driver=nora)
    client.force_login(ada)
    text = b"".join(client.get(f"{LIST}?export=csv").streaming_content).decode()
    assert "Quay 1, EVSE 1" in text
    assert "Nora Neighbour" in text


def test_a_longer_list_costs_the_same(client, ada, station):
    client.force_login(ada)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client.get(LIST)
        return len(caught)

    ReservationFactory(station=station)
    client.get(LIST)
    one = queries()
    for number in range(2, 9):
        ReservationFactory(station=station, evse_number=number, driver=DriverFactory())
    assert queries() == one


def test_cancelling_asks_the_station(client, ada, station):
    row = ReservationFactory(station=station)
    client.force_login(ada)
    response = client.post(reverse("portal:reservation-cancel", args=[row.pk]))
    assert response["Location"] == f"/reservations/{row.pk}/"
    command = StationCommand.objects.get()
    assert (command.name, command.arguments) == ("CancelReservation", {"reservation_id": row.number})


def test_what_has_ended_cannot_be_cancelled(client, ada, station):
    row = ReservationFactory(station=station, state="used")
    client.force_login(ada)
    response = client.post(reverse("portal:reservation-cancel", args=[row.pk]))
    assert "has ended already" in response.content.decode()
    assert not StationCommand.objects.exists()


def test_a_reservations_page_leads_to_its_evidence(client, ada, station, nora):
    row = ReservationFactory(station=station, driver=nora, status_word="Accepted")
    client.force_login(ada)
    page = client.get(f"/reservations/{row.pk}/").content.decode()
    assert "Accepted" in page
    assert f'href="/stations/{station.pk}/"' in page
