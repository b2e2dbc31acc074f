"""Local lists, questions about customers, and the judgement of a card, through the API."""

import pytest

from apps.chargers.models import StationCommand
from apps.drivers.models import CustomerInformation, LocalList, LocalListEntry
from tests.factories.chargers import OnlineStationFactory
from tests.factories.drivers import IdTokenFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def station(harbour):
    return OnlineStationFactory(site=harbour, protocol="ocpp2.0.1", identity="CP-A", provisioning_enabled=False)


def post(client, path, data):
    return client.post(f"/api/v1/{path}", data, content_type="application/json")


def test_the_list_is_sent_read_and_cleared(client, ada, station, voltwerk):
    client.force_login(ada)
    IdTokenFactory(organisation=voltwerk, value="CARD")
    assert client.get("/api/v1/stations/CP-A/local-list/").json()["state"] == "by_hand"
    sent = post(client, "stations/CP-A/local-list/", {"action": "send"})
    assert (sent.status_code, sent.json()["name"]) == (201, "SendLocalList")
    assert sent.json()["arguments"]["entries"][0]["id_token"] == "CARD"
    shown = client.get("/api/v1/stations/CP-A/local-list/").json()
    assert (shown["state"], shown["sending_version"], shown["wanted_count"]) == ("sending", 1, 1)
    (entry,) = client.get("/api/v1/stations/CP-A/local-list/entries/").json()["results"]
    assert (entry["value"], entry["status"], entry["is_in_step"]) == ("CARD", "Accepted", False)
    assert post(client, "stations/CP-A/local-list/", {"action": "read"}).json()["name"] == "GetLocalListVersion"
    assert post(client, "stations/CP-A/local-list/", {"action": "clear"}).json()["arguments"]["entries"] == []
    assert post(client, "stations/CP-A/local-list/", {"action": "burn"}).status_code == 400


def test_the_switch_is_set_and_taken_back(client, ada, station):
    client.force_login(ada)
    for keep in (True, False, None):
        response = client.patch("/api/v1/stations/CP-A/local-list/", {"keep": keep}, content_type="application/json")
        assert (response.status_code, response.json()["keep"], response.json()["is_kept"]) == (200, keep, keep is True)
    assert client.get("/api/v1/local-lists/?state=by_hand").json()["results"][0]["station"] == "CP-A"


def test_support_does_not_clear_a_list_and_nothing_is_sent(client, sue, station):
    client.force_login(sue)
    assert post(client, "stations/CP-A/local-list/", {"action": "clear"}).status_code == 404
    assert not StationCommand.objects.exists()
    assert not LocalList.objects.exists()


def test_a_technician_sees_the_state_but_no_cards(client, tess, station):
    LocalListEntry.objects.create(local_list=LocalList.objects.create(station=station), value="X", key="x")
    client.force_login(tess)
    assert client.get("/api/v1/stations/CP-A/local-list/").status_code == 200
    assert client.get("/api/v1/stations/CP-A/local-list/entries/").status_code == 403


def test_a_customer_is_asked_about_and_the_answer_read(client, ada, station):
    client.force_login(ada)
    asked = post(client, "stations/CP-A/customer-information/", {"report": True, "id_token": "04A2"})
    assert (asked.status_code, asked.json()["state"], asked.json()["id_token"]) == (201, "asked", "04A2")
    CustomerInformation.objects.update(text="Rita", state="done")
    shown = client.get(f"/api/v1/customer-information/{asked.json()['id']}/").json()
    assert (shown["text"], shown["state"]) == ("Rita", "done")
    both = post(client, "stations/CP-A/customer-information/",
                {"clear": True, "id_token": "04A2", "customer_identifier": "Rita"})  # fmt: skip
    assert (both.status_code, both.json()["code"]) == (409, "invalid_question")
    assert StationCommand.objects.count() == 1


@pytest.mark.parametrize(
    ("value", "status", "known"), [("GOOD", "Accepted", True), ("OVER", "Blocked", True), ("NOBODY", "Unknown", False)]
)
def test_a_card_is_judged_as_the_station_would_hear_it(client, ada, station, voltwerk, value, status, known):
    IdTokenFactory(organisation=voltwerk, value="GOOD", parent_group="FLAT")
    IdTokenFactory(organisation=voltwerk, value="OVER", status="blocked")
    client.force_login(ada)
    judged = post(client, "tokens/judge/", {"station": "CP-A", "value": value.lower()}).json()
    assert (judged["status"], judged["token"] is not None) == (status, known)


def test_limits_of_a_driver_are_set_and_hold(client, ada, station, voltwerk):
    token = IdTokenFactory(organisation=voltwerk, value="CARD")
    client.force_login(ada)
    changed = client.patch(
        f"/api/v1/drivers/{token.driver_id}/", {"energy_limit_wh": 0, "max_sessions": 1, "language": "de"},
        content_type="application/json",
    )  # fmt: skip
    assert (changed.status_code, changed.json()["max_sessions"], changed.json()["language"]) == (200, 1, "de")
    judged = post(client, "tokens/judge/", {"station": "CP-A", "value": "CARD"}).json()
    assert judged["status"] == "NoCredit"


def test_stations_of_others_do_not_exist(client, otto, station):
    client.force_login(otto)
    assert client.get("/api/v1/stations/CP-A/local-list/").status_code == 404
    assert post(client, "stations/CP-A/customer-information/", {"report": True, "id_token": "X"}).status_code == 404
    assert post(client, "tokens/judge/", {"station": "CP-A", "value": "X"}).status_code in (400, 404)
    assert client.get("/api/v1/local-lists/").json()["results"] == []
