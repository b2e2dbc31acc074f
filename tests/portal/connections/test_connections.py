"""Why can't it connect: findings, strangers, refusals; adopting and ignoring."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.chargers.choices import IDENTITY_TAKEN, ConnectionEventKind
from apps.chargers.engine import passwords
from apps.chargers.models import ChargingStation, ConnectionEvent, StationConnection, UnknownStation
from tests.factories.chargers import OnlineStationFactory, StationFactory, UnknownStationFactory
from tests.factories.places import AreaFactory
from tests.portal.pages import reason_of, rows, words

pytestmark = pytest.mark.django_db
URL = "/connections/"


@pytest.fixture
def stranger(voltwerk):
    return UnknownStationFactory(
        organisation=voltwerk,
        identity="CP-STRANGE",
        remote_address="192.0.2.7",
        offered_protocols="ocpp1.6",
        attempts=3,
    )


def refused(station, reason: str) -> None:
    at = timezone.now() - timedelta(minutes=5)
    ConnectionEvent.objects.create(station=station, at=at, kind=ConnectionEventKind.REFUSED, reason=reason)


@pytest.mark.parametrize(
    ("person", "status"), [("ada", 200), ("sam", 200), ("tess", 200), ("otto", 200), ("rita", 403)]
)
def test_who_may_open_it(client, request, person, status):
    client.force_login(request.getfixturevalue(person))
    assert client.get(URL).status_code == status


def test_an_unknown_identity_is_explained_and_can_be_adopted(client, ada, stranger):
    client.force_login(ada)
    page = client.get(f"{URL}?identity=CP-STRANGE").content.decode()
    assert "it is not enrolled" in words(page)
    assert f'href="/connections/unknown/{stranger.pk}/adopt/?identity=CP-STRANGE"' in page
    assert 'value="CP-STRANGE"' in page


def test_a_station_is_found_by_its_serial_number(client, ada, harbour):
    station = StationFactory(site=harbour, identity="CP-1", serial_number="SN-778", name="Quay 1")
    client.force_login(ada)
    said = words(client.get(f"{URL}?identity=SN-778").content.decode())
    assert "The serial number belongs to Quay 1 CP-1" in said
    assert "nothing has called under its identity yet" in said
    assert station.pk


def test_another_organisations_station_does_not_exist_here(client, otto, harbour):
    StationFactory(site=harbour, identity="CP-1", serial_number="SN-778")
    client.force_login(otto)
    for asked in ("CP-1", "SN-778"):
        said = words(client.get(f"{URL}?identity={asked}").content.decode())
        assert f"No charger has called under “{asked}”, and none is enrolled under it." in said


def test_the_address_for_chargers_is_shown(client, ada, rival):
    client.force_login(ada)
    page = client.get(URL).content.decode()
    assert "<code>ocpp2.0.1</code> or <code>ocpp1.6</code>" in page
    assert "ws://testserver/ocpp/voltwerk/" in page
    assert "rival" not in page


def test_strangers_wait_for_those_who_may_adopt_them(client, ada, tess, otto, stranger):
    client.force_login(ada)
    assert rows(client.get(URL).content.decode())[0][2:5] == ["3", "192.0.2.7", "ocpp1.6, no password"]
    for person in (tess, otto):
        client.force_login(person)
        assert "CP-STRANGE" not in client.get(URL).content.decode()


def test_a_stranger_whose_identity_is_taken_is_told_so_and_cannot_be_adopted(client, ada, stranger):
    UnknownStation.objects.update(reason=IDENTITY_TAKEN)
    client.force_login(ada)
    page = client.get(f"{URL}?identity=CP-STRANGE").content.decode()
    assert "it cannot be enrolled. The identity cannot be used: it is taken on this server." in words(page)
    assert reason_of(page, "Adopt") == IDENTITY_TAKEN
    assert rows(page)[0][0] == f"CP-STRANGE {IDENTITY_TAKEN}"


def test_a_refusal_stands_until_the_station_comes_in(client, ada, harbour):
    station = OnlineStationFactory(site=harbour, identity="CP-1")
    StationConnection.objects.update(connected_at=timezone.now() - timedelta(hours=1))
    refused(station, "The password is wrong.")
    client.force_login(ada)
    (row,) = rows(client.get(URL).content.decode())
    assert row == [
        "CP-1 Harbour",
        "5 min 00 s ago",
        "The password is wrong.",
        "Set a new password at the station and enter it at the charger.",
    ]
    StationConnection.objects.update(connected_at=timezone.now())
    assert rows(client.get(URL).content.decode()) == []


def test_departures_are_counted_by_station_and_those_still_away_come_first(client, ada, harbour):
    back, away = (
        OnlineStationFactory(site=harbour, identity="CP-B"),
        OnlineStationFactory(site=harbour, identity="CP-A"),
    )
    StationConnection.objects.filter(station=away).update(connection_id=None, is_online=False)
    for station, times in ((back, 3), (away, 1)):
        for number in range(times):
            at = timezone.now() - timedelta(minutes=5 + number)
            ConnectionEvent.objects.create(station=station, at=at, kind="disconnected", reason="ping timeout")
    client.force_login(ada)
    assert rows(client.get(URL).content.decode()) == [
        ["CP-A Harbour", "5 min 00 s ago", "ping timeout", "1", "still away"],
        ["CP-B Harbour", "5 min 00 s ago", "ping timeout", "3", "Available"],
    ]


def test_adopting_makes_a_station_at_the_site(client, ada, harbour, stranger):
    area = AreaFactory(site=harbour, name="Pier")
    client.force_login(ada)
    data = {"site": harbour.pk, "area": area.pk, "name": "Quay 7", "with_password": "on"}
    page = client.post(f"/connections/unknown/{stranger.pk}/adopt/", data).content.decode()
    station = ChargingStation.objects.get(identity="CP-STRANGE")
    assert (station.site, station.area, station.name) == (harbour, area, "Quay 7")
    password = page.split('id="copy-password">')[1].split("<")[0]
    assert passwords.matches(password.encode(), station.password_hash)
    assert "No charger waits." in client.get(URL).content.decode()


def test_an_area_of_another_site_is_refused_beside_its_field(client, ada, harbour, linden_court, stranger):
    area = AreaFactory(site=linden_court)
    client.force_login(ada)
    response = client.post(f"/connections/unknown/{stranger.pk}/adopt/", {"site": harbour.pk, "area": area.pk})
    assert response.context["form"].errors == {"area": ["This area belongs to another site."]}
    assert not ChargingStation.objects.exists()


def test_strangers_of_nobody_are_adopted_by_whoever_knows_the_identity(client, ada, tess, harbour, rival):
    lost = UnknownStationFactory(organisation=None, identity="CP-LOST")
    url = f"/connections/unknown/{lost.pk}/adopt/"
    client.force_login(ada)
    assert client.post(url, {"site": harbour.pk}).status_code == 404
    assert client.post(f"{url}?identity=CP-OTHER", {"site": harbour.pk}).status_code == 404
    client.force_login(tess)
    assert client.post(f"{url}?identity=CP-LOST", {"site": harbour.pk}).status_code == 403
    client.force_login(ada)
    assert client.post(f"{url}?identity=CP-LOST", {"site": harbour.pk}).status_code == 200
    assert ChargingStation.objects.get().site == harbour


def test_ignoring_takes_it_off_the_list(client, ada, otto, stranger):
    url = f"/connections/unknown/{stranger.pk}/ignore/"
    client.force_login(otto)
    assert client.post(url).status_code == 404
    client.force_login(ada)
    assert client.post(url).status_code == 302
    assert UnknownStation.objects.get().ignored_at is not None
    assert "No charger waits." in client.get(URL).content.decode()


def test_a_technician_is_told_why_he_cannot_enrol(client, tess):
    client.force_login(tess)
    assert reason_of(client.get(URL).content.decode(), "New station") == (
        "Only operators and site managers can enrol stations."
    )


def test_the_lists_are_redrawn_alone(client, ada, stranger, voltwerk):
    client.force_login(ada)
    part = client.get(URL, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert f"organisation:{voltwerk.pk}:" in part
    assert "CP-STRANGE" in part
