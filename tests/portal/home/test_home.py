"""The first screen: where people land, the queue, the numbers, constant queries."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.policy import Role
from apps.chargers.choices import CommandState, ConnectorState, StationStatus
from apps.chargers.models import Connector, StationConnection
from tests.factories.chargers import CommandFactory, OnlineStationFactory, StationFactory, UnknownStationFactory
from tests.factories.places import MembershipFactory, SiteFactory
from tests.factories.sessions import SessionFactory
from tests.portal.pages import reason_of, rows, words

pytestmark = pytest.mark.django_db


def part(client, name: str) -> str:
    return client.get(f"/?part={name}", headers={"HX-Request": "true"}).content.decode()


def test_an_empty_system_asks_who_you_are(client):
    assert client.get("/").headers["Location"] == "/setup/"


def test_a_stranger_is_asked_to_sign_in(client, voltwerk):
    assert client.get("/").headers["Location"] == "/accounts/login/?next=/"


def test_drivers_do_not_see_the_network(client, rita):
    client.force_login(rita)
    response = client.get("/")
    assert response.status_code in (302, 403)
    assert "Needs attention" not in response.content.decode()


def test_without_sites_the_first_step_is_offered(client, ada, voltwerk):
    client.force_login(ada)
    page = client.get("/").content.decode()
    assert "Nothing needs you." in page
    assert reason_of(page, "New site") is None
    client.force_login(MembershipFactory(organisation=voltwerk, role=Role.TECHNICIAN).user)
    assert reason_of(client.get("/").content.decode(), "New site") == "Operators and site managers create sites."


def test_the_queue_says_what_where_since_when_and_the_next_step(client, ada, harbour, voltwerk):
    since = timezone.now() - timedelta(seconds=65)
    faulted = OnlineStationFactory(site=harbour, identity="CP-F", status=StationStatus.FAULTED, status_since=since)
    Connector.objects.filter(evse__station=faulted, evse__number=2).update(
        status=ConnectorState.FAULTED, error_code="GroundFailure"
    )
    StationFactory(site=harbour, identity="CP-O", status=StationStatus.OFFLINE, status_since=since)
    StationFactory(
        site=harbour, identity="CP-P", status=StationStatus.PENDING, registration="Pending", status_since=since
    )
    UnknownStationFactory(organisation=voltwerk, identity="CP-U", remote_address="192.0.2.9", first_seen_at=since)
    busy = OnlineStationFactory(site=harbour, identity="CP-C")
    CommandFactory.create_batch(3, station=busy, state=CommandState.TIMED_OUT, created_at=since)
    SessionFactory(
        station=busy, transaction_id="9", state="review", flags=["meter_backwards"], started_at=since, ended_at=since
    )
    client.force_login(ada)
    found = rows(part(client, "queue"))
    assert [(row[0], row[2], row[3], row[4]) for row in found] == [
        ("CP-F", "Harbour", "1 min 05 s ago", "Reset"),
        ("CP-O", "Harbour", "1 min 05 s ago", "Find out why"),
        ("CP-P", "Harbour", "1 min 05 s ago", "Let it in"),
        ("CP-U", "from 192.0.2.9", "1 min 05 s ago", "Adopt"),
        ("CP-C", "Harbour", "1 min 05 s ago", "See them"),
        ("CP-C", "Harbour", "1 min 05 s ago", "Review"),
    ]
    assert found[0][1] == "Faulted EVSE 2 reports a fault: GroundFailure."
    assert found[5][1] == "To review The meter ran backwards."


def test_sessions_to_review_are_one_row_for_each_station(client, ada, harbour):
    busy = OnlineStationFactory(site=harbour, identity="CP-C")
    at = timezone.now()
    for number in (1, 2, 3):
        SessionFactory(station=busy, transaction_id=str(number), state="review", started_at=at, ended_at=at)
    client.force_login(ada)
    (row,) = rows(part(client, "queue"))
    assert row[:2] == ["CP-C", "To review 3 sessions wait for somebody to look at them."]


def test_a_site_over_its_power_limit_stands_first(client, ada, harbour):
    harbour.__class__.objects.filter(pk=harbour.pk).update(limit_w=20_000)
    busy = OnlineStationFactory(site=harbour, identity="CP-C")
    session = SessionFactory(station=busy, power_w=20_000)
    client.force_login(ada)
    assert rows(part(client, "queue")) == []
    session.__class__.objects.update(power_w=22_000)
    (row,) = rows(part(client, "queue"))
    assert row[:2] == ["Harbour", "Over its power limit Its sessions take 22.0 kW of 20 kW."]


def test_a_step_that_is_not_yours_says_so(client, voltwerk, harbour):
    StationFactory(site=harbour, identity="CP-P", status=StationStatus.PENDING, registration="Pending")
    client.force_login(MembershipFactory(organisation=voltwerk, role=Role.SUPPORT).user)
    assert reason_of(part(client, "queue"), "Let it in") == "Your role may look at this, but not do it."


def test_nobody_sees_the_troubles_or_numbers_of_others(client, otto, sam, harbour, linden_court):
    StationFactory(site=harbour, identity="CP-H", status=StationStatus.OFFLINE)
    StationFactory(site=linden_court, identity="CP-L", status=StationStatus.OFFLINE)
    client.force_login(otto)
    page = client.get("/").content.decode()
    assert "CP-H" not in page
    assert "Harbour" not in page
    client.force_login(sam)
    page = client.get("/").content.decode()
    assert "CP-H" in page
    assert "CP-L" not in page
    assert "Linden Court" not in page


def test_long_queues_show_the_oldest_and_lead_to_the_rest(client, ada, harbour):
    StationFactory.create_batch(18, site=harbour, status=StationStatus.OFFLINE)
    client.force_login(ada)
    page = part(client, "queue")
    assert len(rows(page)) == 15
    assert '<a href="/stations/?status=offline">All: offline</a>' in page


def test_numbers_of_the_network_and_its_sites(client, ada, harbour, linden_court):
    harbour.limit_w = 100_000
    harbour.save()
    station = OnlineStationFactory(site=harbour, status=StationStatus.CHARGING)
    away = OnlineStationFactory(site=linden_court, status=StationStatus.OFFLINE)
    StationConnection.objects.filter(station=away).update(is_online=False)
    now = timezone.now()
    SessionFactory(station=station, started_at=now, power_w=22_000, energy_wh=5_500)
    SessionFactory(station=away, started_at=now, power_w=11_000, energy_wh=1_000)
    SessionFactory(
        station=station, state="ended", started_at=now, ended_at=now, energy_wh=2_000, cost_gross=Decimal("1.20")
    )
    SessionFactory(station=station, state="ended", started_at=now - timedelta(days=2), ended_at=now - timedelta(days=2),
                   energy_wh=9_000, cost_gross=Decimal(50))  # fmt: skip
    client.force_login(ada)
    page = part(client, "figures")
    said = words(page)
    assert said.startswith(
        "Online 1 of 2 stations Charging now 1 session Power now 22.0 kW measured by the chargers Energy today 8.5 kWh"
    )
    assert "Revenue today 1.20 EUR" in said
    assert "Sessions today 3 begun" in said
    assert rows(page) == [
        ["Harbour", "1 of 1", "1", "22.0 kW of 100 kW", "7.5", "2", "1.20 EUR"],
        ["Linden Court", "0 of 1 1 offline or faulted", "0", "0.0 kW no limit set", "1.0", "1", "– none"],
    ]
    assert "22.0 of 100 kW, 22%" in page


def test_the_number_of_queries_is_constant(client, ada, voltwerk, harbour):
    def fill(how_many: int) -> None:
        for _ in range(how_many):
            site = SiteFactory(organisation=voltwerk)
            station = OnlineStationFactory(site=site, status=StationStatus.FAULTED)
            StationFactory(site=site, status=StationStatus.OFFLINE)
            SessionFactory(station=station, power_w=1_000)
            SessionFactory(station=station, state="review", ended_at=timezone.now())
            CommandFactory.create_batch(3, station=station, state="failed", created_at=timezone.now())
            UnknownStationFactory(organisation=voltwerk)

    fill(1)
    client.force_login(ada)
    with CaptureQueriesContext(connection) as few:
        assert client.get("/").status_code == 200
    fill(9)
    with CaptureQueriesContext(connection) as many:
        assert client.get("/").status_code == 200
    assert len(many) == len(few)
