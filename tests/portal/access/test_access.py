"""The access sheet of a station, its cards, the overview of lists, and questions about customers."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.chargers.models import DeviceVariable, StationCommand
from apps.drivers.models import CustomerInformation, Driver, LocalList, LocalListEntry
from tests.factories.chargers import OnlineStationFactory
from tests.factories.drivers import DriverGroupFactory, IdTokenFactory
from tests.portal.pages import rows

pytestmark = pytest.mark.django_db


def rows_of(response) -> list[list[str]]:
    return rows(response.content.decode())


@pytest.fixture
def station(harbour):
    return OnlineStationFactory(site=harbour, protocol="ocpp2.0.1", identity="CP-A")


@pytest.fixture
def listed(station, voltwerk):
    """Version 4 with one card as it should be and one to be removed."""
    token = IdTokenFactory(organisation=voltwerk, value="04AA", driver__name="Nora")
    row = LocalList.objects.create(station=station, state="in_step", version=4, held_count=2, wanted_count=1)
    LocalListEntry.objects.create(
        local_list=row, value="04AA", key="04aa", id_token=token, status="Accepted", wanted="x", held="x"
    )
    LocalListEntry.objects.create(local_list=row, value="04BB", key="04bb", held="x")
    return row


def test_the_sheet_says_how_the_list_stands_and_what_the_station_decides(client, ada, station, listed):
    DeviceVariable.objects.create(
        station=station, component="AuthCtrlr", variable="LocalPreAuthorize", value="true", mutability="ReadWrite"
    )
    client.force_login(ada)
    text = client.get(f"/stations/{station.pk}/local-list/").content.decode()
    assert "In step" in text
    assert "Known cards start before we are asked" in text
    assert "Cards in the list (2)" in text
    assert f"/stations/{station.pk}/clear-cache/" in text


def test_the_cards_of_a_list_are_found_by_number_and_driver(client, ada, station, listed):
    client.force_login(ada)
    page = client.get(f"/stations/{station.pk}/local-list/cards/")
    assert rows_of(page) == [
        ["04AA", "Nora", "Accepted", "as it should be"],
        ["04BB", "– none", "– none", "to be removed"],
    ]
    assert len(rows_of(client.get(f"/stations/{station.pk}/local-list/cards/?q=nora"))) == 1
    assert len(rows_of(client.get(f"/stations/{station.pk}/local-list/cards/?standing=due"))) == 1


@pytest.mark.parametrize(
    ("what", "command"), [("send", "SendLocalList"), ("read", "GetLocalListVersion"), ("clear", "SendLocalList")]
)
def test_what_is_done_with_a_list_is_one_command(client, ada, station, what, command):
    client.force_login(ada)
    response = client.post(f"/stations/{station.pk}/local-list/{what}/")
    assert response.url == f"/stations/{station.pk}/local-list/"
    assert [row.name for row in StationCommand.objects.all()] == [command]
    assert client.get(f"/commands/{StationCommand.objects.get().pk}/").status_code == 200


def test_the_switches_of_station_and_site(client, ada, station, harbour):
    client.force_login(ada)
    client.post(f"/stations/{station.pk}/local-list/keep/", {"keep": "no"})
    assert LocalList.objects.get().keep is False
    client.post(f"/stations/{station.pk}/local-list/keep/", {"keep": ""})
    client.post(f"/sites/{harbour.pk}/local-lists/", {"keep": "yes"})
    assert LocalList.objects.get().keep is None
    assert "follows cards and access rules" in client.get(f"/stations/{station.pk}/local-list/").content.decode()


def test_the_overview_costs_the_same_whatever_its_length(client, ada, harbour):
    client.force_login(ada)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/local-lists/").status_code == 200
        return len(captured)

    LocalList.objects.create(station=OnlineStationFactory(site=harbour))
    client.get("/local-lists/")
    few = queries()
    for _ in range(10):
        LocalList.objects.create(station=OnlineStationFactory(site=harbour))
    assert queries() == few


def test_a_customer_is_asked_about_and_the_answer_shown_as_text(client, ada, station):
    client.force_login(ada)
    data = {"report": "on", "named_by": "id_token", "id_token": "04AA", "id_token_type": "ISO14443"}
    response = client.post(f"/stations/{station.pk}/customers/new/", data)
    row = CustomerInformation.objects.get()
    assert response.url == f"/customers/{row.pk}/"
    row.text, row.state = "<b>Nora</b>", "done"
    row.save()
    assert "&lt;b&gt;Nora&lt;/b&gt;" in client.get(f"/customers/{row.pk}/").content.decode()
    assert rows_of(client.get(f"/stations/{station.pk}/customers/"))[0][1] == "04AA"


def test_a_question_without_a_name_is_not_sent(client, ada, station):
    client.force_login(ada)
    data = {"report": "on", "named_by": "certificate", "serial_number": "1"}
    response = client.post(f"/stations/{station.pk}/customers/new/", data)
    assert response.status_code == 422
    assert "Name the customer" in response.content.decode()
    assert not StationCommand.objects.exists()


def test_limits_of_a_driver_and_the_priority_of_a_group_are_edited(client, ada, voltwerk):
    token = IdTokenFactory(organisation=voltwerk)
    group = DriverGroupFactory(organisation=voltwerk, name="VIP")
    client.force_login(ada)
    data = {"name": "Nora", "max_sessions": "2", "energy_limit_kwh": "12.5", "energy_period": "week", "language": "de"}
    assert client.post(f"/drivers/{token.driver_id}/edit/", data).status_code == 302
    driver = Driver.objects.get(pk=token.driver_id)
    assert (driver.max_sessions, driver.energy_limit_wh, driver.energy_period) == (2, 12_500, "week")
    assert "12.5 kWh a week" in client.get(f"/drivers/{driver.pk}/").content.decode()
    client.post(f"/driver-groups/{group.pk}/edit/", {"name": "VIP", "kind": "vip", "charging_priority": "7"})
    group.refresh_from_db()
    assert group.charging_priority == 7
