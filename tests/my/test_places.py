"""Free places, and keeping one for oneself."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.chargers.models import Connector, DeviceVariable, StationCommand
from apps.sessions.models import Reservation
from apps.sessions.selectors.places import free_places
from tests.factories.chargers import NOON, OnlineStationFactory, StationFactory
from tests.factories.drivers import AccessRuleFactory, DriverFactory, IdTokenFactory
from tests.factories.sessions import SessionFactory

pytestmark = pytest.mark.django_db
HALF_PAST = NOON + timedelta(minutes=30)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def card(voltwerk, linden_court, rita):
    driver = DriverFactory(organisation=voltwerk, name="Rita", user=rita, home_site=linden_court)
    return IdTokenFactory(organisation=voltwerk, driver=driver, value="04AB", label="Blue tag")


@pytest.fixture
def at_home(linden_court):
    return OnlineStationFactory(site=linden_court, identity="LC-1", evses=2)


@pytest.fixture
def elsewhere(harbour):
    return OnlineStationFactory(site=harbour, identity="HA-1", evses=1)


@pytest.fixture
def page(client, rita):
    client.force_login(rita)
    return client


def names(card) -> list[str]:
    return [str(place.evse) for place in free_places(card, at=NOON)]


def evse(station, number=1):
    return station.evses.get(number=number)


def ask(page, station, number=1, **changes):
    data = {"place": evse(station, number).pk, "minutes": 30, **changes}
    return page.post("/my/places/reserve/", data)


def keep(station, **fields):
    values = {"number": 7, "evse_number": 1, "state": "held", "expires_at": HALF_PAST, "asked_at": NOON, **fields}
    return Reservation.objects.create(station=station, **values)


def test_free_places_of_all_sites_are_listed_home_first(page, card, at_home, elsewhere):
    assert names(card) == ["LC-1 / 1", "LC-1 / 2", "HA-1 / 1"]
    text = page.get("/my/places/").content.decode()
    assert text.index("LC-1, EVSE 2") < text.index("HA-1, EVSE 1")
    assert f'/my/places/reserve/?place={evse(elsewhere).pk}"' in text


def test_what_is_taken_kept_away_broken_or_of_others_is_not_free(card, at_home, elsewhere, rival_site):
    OnlineStationFactory(site=rival_site, identity="RI-1")
    StationFactory(site=at_home.site, identity="LC-2")
    Connector.objects.filter(evse=evse(at_home)).update(status="Faulted")
    keep(at_home, evse_number=2)
    SessionFactory(station=elsewhere, evse_number=1)
    assert names(card) == []
    with time_machine.travel(HALF_PAST, tick=False):
        assert [str(place.evse) for place in free_places(card, at=HALF_PAST)] == ["LC-1 / 2"]


def test_only_what_access_rules_open_is_offered(card, at_home, elsewhere, harbour):
    harbour.access_policy = "by_rule"
    harbour.save()
    assert names(card) == ["LC-1 / 1", "LC-1 / 2"]
    AccessRuleFactory(site=harbour, group=None, driver=card.driver)
    assert names(card) == ["LC-1 / 1", "LC-1 / 2", "HA-1 / 1"]


@pytest.mark.parametrize(
    ("component", "variable", "value", "is_offered"),
    [
        ("ReservationCtrlr", "Available", "false", False),
        ("ReservationCtrlr", "Enabled", "True", True),
        ("ConfigurationKey", "SupportedFeatureProfiles", "Core,SmartCharging", False),
        ("ConfigurationKey", "SupportedFeatureProfiles", "Core,Reservation", True),
    ],
)
def test_a_station_that_says_it_keeps_nothing_is_not_offered(card, elsewhere, component, variable, value, is_offered):
    DeviceVariable.objects.create(station=elsewhere, component=component, variable=variable, value=value)
    assert bool(names(card)) is is_offered


def test_more_places_need_no_more_queries(card, at_home):
    with CaptureQueriesContext(connection) as few:
        names(card)
    for number in range(5):
        OnlineStationFactory(site=at_home.site, identity=f"MORE-{number}")
    with CaptureQueriesContext(connection) as many:
        assert len(names(card)) == 12
    assert len(many) == len(few)


def test_a_place_is_kept_shown_and_given_up(page, card, at_home, rita):
    assert ask(page, at_home, card=card.pk).url == "/my/places/"
    row = Reservation.objects.get()
    assert (row.station, row.evse_number, row.id_token, row.driver) == (at_home, 1, card, card.driver)
    assert (row.expires_at, row.requested_by, row.state) == (HALF_PAST, rita, "asked")
    command = StationCommand.objects.get()
    assert (command.name, command.arguments["id_token"], command.requested_by) == ("ReserveNow", "04AB", rita)
    Reservation.objects.update(state="held")
    text = page.get("/my/places/").content.decode()
    assert "Kept for you" in text
    assert "?place=" not in text
    assert page.post(f"/my/reservations/{row.pk}/cancel/").url == "/my/places/"
    assert StationCommand.objects.latest("pk").name == "CancelReservation"


def test_one_place_at_a_time(page, card, at_home):
    ask(page, at_home, card=card.pk)
    response = ask(page, at_home, 2, card=card.pk)
    assert response.status_code == 422
    assert "A place is kept for you already" in response.content.decode()
    assert Reservation.objects.count() == 1


@pytest.mark.parametrize("changes", [{"minutes": 600}, {"place": 2**40}, {"place": ""}, {"card": 2**40}])
def test_what_is_not_offered_cannot_be_asked_for(page, card, at_home, changes):
    assert ask(page, at_home, **{"card": card.pk, **changes}).status_code == 422
    assert not Reservation.objects.exists()
    assert not StationCommand.objects.exists()


def test_cards_and_reservations_of_others_are_nobody_elses(page, card, at_home, voltwerk):
    neighbours = IdTokenFactory(organisation=voltwerk)
    assert ask(page, at_home, card=neighbours.pk).status_code == 422
    theirs = keep(at_home, driver=neighbours.driver, token_value=neighbours.value)
    assert page.post(f"/my/reservations/{theirs.pk}/cancel/").status_code == 404
    assert neighbours.value not in page.get("/my/places/").content.decode()
    assert not StationCommand.objects.exists()


def test_a_refusal_of_the_station_is_said(page, card, at_home):
    words = "The station answered “Faulted”."
    keep(at_home, driver=card.driver, token_value="04AB", state="refused", ended_at=NOON, explanation=words)
    assert words in page.get("/my/places/").content.decode()


def test_without_a_card_the_next_step_is_said(page, card, at_home):
    card.status = "lost"
    card.save()
    assert "You have no card that is accepted" in page.get("/my/places/").content.decode()
    assert ask(page, at_home).status_code == 422
