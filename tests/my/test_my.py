"""People's own pages: their sessions and cards, nobody else's."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from apps.core.models import AuditEntry
from apps.sessions.choices import SessionState
from tests.factories.chargers import NOON, OnlineStationFactory
from tests.factories.drivers import DriverFactory, IdTokenFactory
from tests.factories.sessions import SessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def half_past_noon():
    with time_machine.travel(NOON + timedelta(minutes=30), tick=False):
        yield


@pytest.fixture
def driver(voltwerk, linden_court, rita):
    return DriverFactory(organisation=voltwerk, name="Rita", user=rita, home_site=linden_court)


@pytest.fixture
def card(driver):
    return IdTokenFactory(organisation=driver.organisation, driver=driver, value="04AB", label="Blue tag")


@pytest.fixture
def station(linden_court):
    return OnlineStationFactory(site=linden_court, identity="LC-1")


@pytest.fixture
def running(station, driver):
    return SessionFactory(station=station, driver=driver, energy_wh=6_543, power_w=11_000, free_of_charge=True)


@pytest.fixture
def neighbour(station, voltwerk):
    """A neighbour's session and card."""
    card = IdTokenFactory(organisation=voltwerk, value="04CD", label="Neighbour's tag")
    session = SessionFactory(station=station, driver=card.driver, id_token=card, evse_number=2, energy_wh=9_999)
    return session, card


def past(station, driver, start: datetime, energy_wh: int, cost: str | None = None, **changes):
    return SessionFactory(
        station=station, driver=driver, started_at=start, ended_at=start + timedelta(hours=1), energy_wh=energy_wh,
        state=SessionState.ENDED, priced_at=start, cost_gross=cost and Decimal(cost), **changes,
    )  # fmt: skip


@pytest.mark.parametrize("route", ["portal:my", "portal:my-history", "portal:my-cards"])
def test_people_who_do_not_charge_have_no_pages_of_their_own(client, ada, rita, route):
    client.force_login(ada)
    assert client.get(reverse(route)).status_code == 403
    client.force_login(rita)
    assert client.get(reverse(route)).status_code == 200


def test_strangers_are_sent_to_sign_in(client, db):
    assert client.get("/my/").url == "/accounts/login/?next=/my/"


def test_what_runs_is_shown_big_and_follows_the_charger(client, rita, running, neighbour, linden_court):
    client.force_login(rita)
    response = client.get("/my/")
    text = response.content.decode()
    assert '6.54\u00a0<span class="cn-unit">kWh</span>' in text
    assert ">11.0\u00a0<" in text
    assert ">Free<" in text
    assert "10.00" not in text
    assert response.context["topics"] == [f"session:{running.pk}", f"site:{linden_court.pk}"]


def test_a_full_car_is_said_to_be_full(client, rita, running):
    running.charging_state = "SuspendedEV"
    running.save(update_fields=["charging_state"])
    client.force_login(rita)
    assert "it is full or has paused" in client.get("/my/").content.decode()


def test_without_a_session_the_next_step_is_said(client, rita, driver):
    client.force_login(rita)
    assert "You have no card that is accepted" in client.get("/my/").content.decode()
    IdTokenFactory(organisation=driver.organisation, driver=driver)
    assert "Plug in and hold your card to the reader" in client.get("/my/").content.decode()


def test_somebody_without_a_driver_record_is_told_whom_to_ask(client, rita):
    client.force_login(rita)
    assert "You are not known as a driver yet" in client.get("/my/").content.decode()


def test_the_history_adds_up_by_month_of_the_place(client, rita, station, driver, neighbour):
    past(station, driver, datetime(2026, 3, 2, 10, 0, tzinfo=UTC), 10_000, "3.40")
    past(station, driver, datetime(2026, 3, 3, 10, 0, tzinfo=UTC), 5_500, "1.87")
    # The last hour of January in Lisbon, where winter time is UTC.
    past(station, driver, datetime(2026, 1, 31, 23, 30, tzinfo=UTC), 1_000, "0.34")
    client.force_login(rita)
    months = client.get("/my/history/").context["months"]
    assert [(f"{month.first_day:%Y-%m}", month.energy_wh, month.costs) for month in months] == [
        ("2026-03", 15_500, {"EUR": Decimal("5.27")}),
        ("2026-01", 1_000, {"EUR": Decimal("0.34")}),
    ]


@pytest.mark.parametrize("route", ["portal:my-session", "portal:my-curve"])
def test_sessions_of_others_do_not_exist_for_one(client, rita, driver, running, neighbour, route):
    client.force_login(rita)
    assert client.get(reverse(route, args=[running.pk])).status_code == 200
    assert client.get(reverse(route, args=[neighbour[0].pk])).status_code == 404


def test_a_session_says_its_cost_and_why(client, rita, running):
    client.force_login(rita)
    text = client.get(reverse("portal:my-session", args=[running.pk])).content.decode()
    assert "the access rule that admitted this card asks no money" in text


def test_an_electrician_s_amperes_are_not_on_the_curve(client, rita, running):
    client.force_login(rita)
    series = client.get(reverse("portal:my-curve", args=[running.pk])).json()["series"]
    assert [one["unit"] for one in series] == ["kW"]


def test_a_lost_card_is_blocked_by_its_owner_alone(client, rita, card, neighbour):
    client.force_login(rita)
    text = client.get("/my/cards/").content.decode()
    assert ("Blue tag" in text, "Neighbour" in text) == (True, False)
    assert client.post(reverse("portal:my-card-lost", args=[neighbour[1].pk])).status_code == 404
    assert client.post(reverse("portal:my-card-lost", args=[card.pk])).url == "/my/cards/"
    card.refresh_from_db()
    neighbour[1].refresh_from_db()
    assert (card.status, neighbour[1].status) == ("lost", "active")
    assert AuditEntry.objects.get(action="token.reported_lost").actor == rita
    assert "Reported lost" in client.get("/my/cards/").content.decode()
    assert client.post(reverse("portal:my-card-lost", args=[card.pk])).status_code == 422


def test_a_resident_finds_only_the_own_pages_in_the_menu(client, rita, driver):
    client.force_login(rita)
    text = client.get("/my/").content.decode()
    assert text.count('<li><a href="/my/') == 12  # six in the menu, six tabs
    assert 'href="/sessions/"' not in text
    assert 'placeholder="Search stations"' not in text
