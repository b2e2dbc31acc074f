"""Bulk operations by programs."""

import pytest

from apps.chargers.models import BulkOperation
from tests.factories.chargers import BulkItemFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/bulk-operations/"


def test_an_operation_is_begun_over_the_stations_one_may_command(as_person, network):
    names = [network.harbour.identity, network.linden.identity, network.rival.identity]
    response = as_person("sam").post(URL, {"kind": "clear_cache", "stations": names}, format="json")
    assert response.status_code == 201, response.json()
    operation = BulkOperation.objects.get()
    assert (response.json()["state"], operation.origin) == ("running", "api")
    assert [item.station for item in operation.items.all()] == [network.harbour]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"kind": "dance"}, "kind"),
        ({"kind": "reset", "arguments": {"speed": 1}}, "do not fit"),
        ({"kind": "raw_call", "arguments": {"action": "X", "payload": {}}}, "None of these stations"),
    ],
)
def test_what_makes_no_sense_or_is_not_allowed_begins_nothing(as_person, network, body, words):
    body = {"stations": [network.harbour.identity], **body}
    response = as_person("sam").post(URL, body, format="json")
    assert response.status_code >= 400
    assert words in response.content.decode()
    assert not BulkOperation.objects.exists()


def test_a_raw_call_that_one_of_the_versions_does_not_take_is_asked_of_none(ada_api, network):
    network.linden.protocol = "ocpp2.0.1"
    network.linden.save()
    names = [network.harbour.identity, network.linden.identity]
    call = {"action": "ChangeConfiguration", "payload": {"key": "HeartbeatInterval", "value": "60"}}
    body = {"kind": "raw_call", "arguments": call, "stations": names}
    refused = ada_api.post(URL, body, format="json")
    assert refused.status_code == 400
    assert "ocpp2.0.1 has no such call to a charging station" in refused.content.decode()
    assert not BulkOperation.objects.exists()
    assert ada_api.post(URL, {**body, "stations": names[:1]}, format="json").status_code == 201


def test_a_raw_call_names_the_field_that_is_wrong_and_its_version(ada_api, network):
    call = {"action": "ChangeConfiguration", "payload": {"key": 5, "value": "60"}}
    body = {"kind": "raw_call", "arguments": call, "stations": [network.harbour.identity]}
    answer = ada_api.post(URL, body, format="json")
    assert answer.status_code == 400
    assert "arguments.payload.key" in answer.content.decode()


def test_its_items_say_what_became_of_each(ada_api, network):
    item = BulkItemFactory(station=network.harbour, state="skipped", explanation="It was offline.")
    BulkItemFactory(station=network.linden)
    (row,) = ada_api.get("/api/v1/bulk-items/", {"operation": item.operation_id}).json()["results"]
    assert (row["station"], row["state"], row["words"]) == (network.harbour.identity, "skipped", "It was offline.")


def test_it_is_cancelled_and_tried_again(ada_api, network):
    item = BulkItemFactory(station=network.harbour)
    cancelled = ada_api.post(f"{URL}{item.operation_id}/cancel/")
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    assert ada_api.post(f"{URL}{item.operation_id}/retry/").json()["state"] == "running"
