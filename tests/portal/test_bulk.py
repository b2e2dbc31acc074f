"""Bulk operations in the portal: ticked or filtered, confirmed, watched, cancelled, tried again."""

import pytest
from django.urls import reverse

from apps.chargers.models import BulkItem, BulkOperation, StationCommand
from apps.chargers.services.bulk import run_bulk_operations
from tests.factories.chargers import NOON, BulkItemFactory, OnlineStationFactory, StationFactory
from tests.factories.sessions import SessionFactory

pytestmark = pytest.mark.django_db
NEW = "/bulk/new/"


@pytest.fixture
def fleet(harbour):
    return [OnlineStationFactory(site=harbour, identity=f"CP-{n}", evses=1) for n in range(3)]


def ticked(stations, kind="clear_cache") -> str:
    return f"{NEW}?kind={kind}&" + "&".join(f"station={station.pk}" for station in stations)


def wait_form(**fields) -> dict:
    return {"offline": "wait", "wait_s": "600", **fields}


def test_the_list_of_stations_offers_ticks_and_operations(client, ada, fleet):
    client.force_login(ada)
    page = client.get("/stations/").content.decode()
    assert f'form="bulk-form" name="station" value="{fleet[0].pk}"' in page
    assert "Raw call</option>" in page


def test_to_people_who_may_not_command_it_offers_none(client, finn, fleet):
    client.force_login(finn)
    page = client.get("/stations/").content.decode()
    assert "CP-0" in page
    assert "bulk-form" not in page


def test_raw_calls_are_not_offered_to_those_who_may_not(client, sam, fleet):
    client.force_login(sam)
    assert "Raw call</option>" not in client.get("/stations/").content.decode()
    assert client.get(ticked(fleet, "raw_call")).status_code == 403
    assert client.post(ticked(fleet, "raw_call"), wait_form(call="ClearCache", payload="{}")).status_code == 403
    assert not BulkOperation.objects.exists()


def test_the_confirmation_says_how_many_which_are_away_and_who_charges(client, ada, harbour, fleet):
    SessionFactory(station=fleet[0])
    away = StationFactory(site=harbour, identity="CP-AWAY")
    client.force_login(ada)
    page = client.get(ticked([*fleet, away], "reset")).content.decode()
    assert "<strong>4 stations</strong>, 1 of them offline now" in page
    assert "1 session runs there now" in page
    assert not BulkOperation.objects.exists()


@pytest.mark.parametrize(
    ("kind", "data", "arguments"),
    [
        ("reset", {"kind": "OnIdle"}, {"type": "OnIdle"}),
        ("availability", {"operative": "no"}, {"operative": False, "evse_id": 0}),
        ("trigger", {"message": "Heartbeat"}, {"message": "Heartbeat"}),
        ("clear_cache", {}, {}),
        ("read_variables", {}, {}),
        ("unlock", {"evse": "1"}, {"evse_id": 1}),
        (
            "set_variable",
            {"component": "ConfigurationKey", "variable": "HeartbeatInterval", "value": "60"},
            {"component": "ConfigurationKey", "variable": "HeartbeatInterval", "value": "60"},
        ),
        ("raw_call", {"call": "ClearCache", "payload": "{}"}, {"action": "ClearCache", "payload": {}}),
    ],
)
def test_each_kind_is_begun_over_the_ticked_stations(client, ada, fleet, kind, data, arguments):
    client.force_login(ada)
    response = client.post(ticked(fleet[:2], kind), wait_form(**data))
    operation = BulkOperation.objects.get()
    assert response["Location"] == f"/bulk/{operation.pk}/"
    assert (operation.kind, operation.arguments, operation.requested_by) == (kind, arguments, ada)
    assert set(operation.items.values_list("station", flat=True)) == {fleet[0].pk, fleet[1].pk}
    run_bulk_operations(operation.created_at)
    assert StationCommand.objects.count() == 2


def test_all_that_fit_the_lists_filters(client, ada, harbour, linden_court, fleet):
    OnlineStationFactory(site=linden_court)
    client.force_login(ada)
    client.post(f"{NEW}?kind=clear_cache&all=1&query=site%3D{harbour.pk}%26q%3DCP-", wait_form())
    assert BulkItem.objects.count() == 3


def test_stations_of_others_are_not_asked(client, sam, fleet, linden_court):
    other = OnlineStationFactory(site=linden_court)
    client.force_login(sam)
    client.post(ticked([fleet[0], other]), wait_form(offline="skip"))
    assert BulkItem.objects.get().station == fleet[0]
    assert BulkOperation.objects.get().skips_offline


def test_without_a_station_nothing_begins(client, ada, fleet):
    client.force_login(ada)
    assert "No station was chosen" in client.get(f"{NEW}?kind=reset").content.decode()
    assert client.post(f"{NEW}?kind=reset&station=x", wait_form(kind="OnIdle")).status_code == 422
    assert not BulkOperation.objects.exists()


def test_a_raw_call_must_fit_the_version_of_each_station(client, ada, harbour, fleet):
    other = OnlineStationFactory(site=harbour, protocol="ocpp2.0.1")
    client.force_login(ada)
    form = wait_form(call="ChangeConfiguration", payload='{"key": "A", "value": "1"}')
    response = client.post(ticked([fleet[0], other], "raw_call"), form)
    assert response.status_code == 422
    assert "ocpp2.0.1 has no such call" in response.content.decode()
    assert client.post(ticked(fleet[:1], "raw_call"), form).status_code == 302


def test_applying_templates_is_offered_to_those_who_edit_stations(client, ada, sue, fleet):
    client.force_login(ada)
    assert "Apply the templates</option>" in client.get("/stations/").content.decode()
    assert client.post(ticked(fleet, "apply_templates"), wait_form()).status_code == 302
    client.force_login(sue)
    assert client.get(ticked(fleet, "apply_templates")).status_code == 403


def test_a_wrong_form_comes_back(client, ada, fleet):
    client.force_login(ada)
    response = client.post(ticked(fleet, "raw_call"), wait_form(call="ClearCache", payload="["))
    assert response.status_code == 422
    assert "This is not JSON" in response.content.decode()


@pytest.fixture
def operation(ada, fleet):
    item = BulkItemFactory(station=fleet[0])
    item.operation.requested_by = ada
    item.operation.save()
    BulkItemFactory(station=fleet[1], operation=item.operation, state="skipped", explanation="It was offline.")
    return item.operation


def test_its_page_counts_and_tells_what_became_of_each(client, ada, operation):
    run_bulk_operations(NOON)
    command = StationCommand.objects.get()
    StationCommand.objects.filter(pk=command.pk).update(
        state="rejected", status_word="Rejected", explanation="The charger answered “Rejected”."
    )
    run_bulk_operations(NOON)
    client.force_login(ada)
    page = client.get(f"/bulk/{operation.pk}/").content.decode()
    assert "2 of 2 stations ended." in page
    assert f'href="/commands/{command.pk}/">The charger answered “Rejected”.</a>' in page
    assert "It was offline." in page


def test_its_stations_are_exported(client, ada, operation):
    client.force_login(ada)
    text = b"".join(client.get(f"/bulk/{operation.pk}/?export=csv").streaming_content).decode()
    assert "CP-1" in text
    assert "It was offline." in text


def test_the_rest_is_cancelled_and_what_failed_is_tried_again(client, ada, operation):
    client.force_login(ada)
    client.post(reverse("portal:bulk-cancel", args=[operation.pk]))
    assert set(operation.items.values_list("state", flat=True)) == {"cancelled", "skipped"}
    client.post(reverse("portal:bulk-retry", args=[operation.pk]))
    assert set(operation.items.values_list("state", flat=True)) == {"waiting"}


def test_what_is_over_cannot_be_cancelled(client, ada, operation):
    operation.items.update(state="done")
    client.force_login(ada)
    response = client.post(reverse("portal:bulk-cancel", args=[operation.pk]))
    assert "Every station was asked already." in response.content.decode()


def test_the_list_shows_what_was_begun(client, ada, operation):
    client.force_login(ada)
    page = client.get("/bulk/").content.decode()
    assert f'href="/bulk/{operation.pk}/">Clear the card cache</a>' in page
