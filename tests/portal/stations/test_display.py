"""The display sheet: what is shown, adding, clearing, reading back."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from apps.chargers.models import DeviceVariable, DisplayMessage, StationCommand
from tests.factories.chargers import OnlineStationFactory
from tests.factories.sessions import SessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pillar(harbour):
    return OnlineStationFactory(site=harbour, protocol="ocpp2.0.1", identity="CP-PILLAR")


def url(name: str, station) -> str:
    return reverse(f"portal:station-display{name}", args=[station.pk])


def post(client, station, **data):
    values = {"content": "Welcome", "format": "UTF8", "priority": "NormalCycle", **data}
    return client.post(url("-new", station), values)


def test_a_message_is_asked_for_in_the_places_time(client, ada, pillar):
    client.force_login(ada)
    response = post(client, pillar, ends_at="2026-03-14T20:00", language="en", shown_in="Idle")
    assert response["Location"] == url("", pillar)
    row = DisplayMessage.objects.get()
    assert (row.content, row.shown_in, row.language, row.requested_by) == ("Welcome", "Idle", "en", ada)
    assert row.ends_at == datetime(2026, 3, 14, 19, 0, tzinfo=UTC)
    assert StationCommand.objects.get().name == "SetDisplayMessage"


def test_one_that_is_shown_is_replaced(client, ada, pillar):
    DisplayMessage.objects.create(station=pillar, number=4, content="Old", state="installed")
    client.force_login(ada)
    post(client, pillar, number="4")
    assert StationCommand.objects.get().arguments["message_id"] == 4


def test_a_message_for_one_session(client, ada, pillar):
    SessionFactory(station=pillar, transaction_id="TX-9")
    client.force_login(ada)
    post(client, pillar, transaction_id="TX-9")
    assert StationCommand.objects.get().arguments["transaction_id"] == "TX-9"


def test_only_what_the_display_can_do_is_offered(client, ada, pillar):
    DeviceVariable.objects.create(
        station=pillar, component="DisplayMessageCtrlr", variable="SupportedFormats", value="ASCII"
    )
    client.force_login(ada)
    response = post(client, pillar)
    assert response.status_code == 422
    assert "UTF8 is not one of the available choices" in response.content.decode()
    assert not StationCommand.objects.exists()


def test_an_end_in_the_past_is_said_beside_its_field(client, ada, pillar):
    client.force_login(ada)
    response = post(client, pillar, ends_at="2026-03-14T10:00")
    assert response.status_code == 422
    assert "It ends before it begins, or has ended already." in response.content.decode()


def test_the_sheet_shows_message_state_and_the_stations_reason(client, ada, pillar):
    DisplayMessage.objects.create(
        station=pillar, number=4, content="<b>Hi</b>", state="refused", explanation="The display cannot show this."
    )
    client.force_login(ada)
    page = client.get(url("", pillar)).content.decode()
    assert "&lt;b&gt;Hi&lt;/b&gt;" in page
    assert "The display cannot show this." in page


def test_a_shown_message_is_cleared(client, ada, pillar):
    row = DisplayMessage.objects.create(station=pillar, number=4, content="Hi", state="installed")
    client.force_login(ada)
    assert "Clear</a>" in client.get(url("", pillar)).content.decode()
    client.post(reverse("portal:display-message-clear", args=[row.pk]))
    command = StationCommand.objects.get()
    assert (command.name, command.arguments) == ("ClearDisplayMessage", {"message_id": 4})


def test_the_display_is_read_back(client, ada, pillar):
    client.force_login(ada)
    client.post(url("-read", pillar))
    assert StationCommand.objects.get().name == "GetDisplayMessages"


def test_a_16_station_has_no_such_sheet_and_says_why(client, ada, quay):
    client.force_login(ada)
    assert url("", quay) not in client.get(f"/stations/{quay.pk}/").content.decode()
    assert "begin with OCPP 2" in client.get(url("", quay)).content.decode()
    assert "begin with OCPP 2" in client.get(url("-new", quay)).content.decode()
