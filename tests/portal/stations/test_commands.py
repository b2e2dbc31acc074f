"""Forms that ask things of a station: one command each, errors beside their field, nothing happens on refusal."""

import pytest
from django.urls import reverse

from apps.chargers.choices import CommandState
from apps.chargers.models import ChargingStation, Connector, DeviceVariable, StationCommand, StationConnection
from tests.factories.chargers import CommandFactory, OnlineStationFactory
from tests.factories.drivers import DriverFactory, IdTokenFactory

pytestmark = pytest.mark.django_db


def url(name: str, station) -> str:
    return reverse(f"portal:station-{name}", args=[station.pk])


def sent() -> tuple[str, dict]:
    command = StationCommand.objects.get()
    return command.name, command.arguments


@pytest.mark.parametrize(
    ("name", "data", "command"),
    [
        ("unlock", {"evse": "2"}, ("UnlockConnector", {"evse_id": 2, "connector_id": 1})),
        ("reset", {"kind": "OnIdle"}, ("Reset", {"type": "OnIdle"})),
        ("reset", {"kind": "Immediate"}, ("Reset", {"type": "Immediate"})),
        ("availability", {"evse": "0", "operative": "no"}, ("ChangeAvailability", {"operative": False, "evse_id": 0})),
        ("availability", {"evse": "1", "operative": "yes"}, ("ChangeAvailability", {"operative": True, "evse_id": 1})),
        (
            "trigger",
            {"message": "StatusNotification", "evse": "1"},
            ("TriggerMessage", {"message": "StatusNotification", "evse_id": 1}),
        ),
        ("trigger", {"message": "Heartbeat", "evse": "0"}, ("TriggerMessage", {"message": "Heartbeat"})),
        ("clear-cache", {}, ("ClearCache", {})),
        ("read-variables", {}, ("GetVariables", {"variables": []})),
        (
            "raw-call",
            {"call": "GetConfiguration", "payload": '{"key": ["A"]}'},
            ("RawCall", {"action": "GetConfiguration", "payload": {"key": ["A"]}}),
        ),
    ],
)  # fmt: skip
def test_each_form_asks_for_exactly_one_command(client, ada, quay, name, data, command):
    client.force_login(ada)
    response = client.post(url(name, quay), data)
    assert response.status_code == 302
    assert sent() == command
    assert StationCommand.objects.get().requested_by == ada


def test_a_command_leads_back_to_the_station_where_its_row_waits(client, ada, quay):
    client.force_login(ada)
    response = client.post(url("reset", quay), {"kind": "OnIdle"}, follow=True)
    assert response.redirect_chain == [(f"/stations/{quay.pk}/", 302)]
    assert "Reset when idle" in response.content.decode()


def test_in_a_dialog_the_whole_window_goes_there(client, ada, quay):
    client.force_login(ada)
    response = client.post(url("clear-cache", quay), headers={"HX-Request": "true"})
    assert response.headers["HX-Redirect"] == f"/stations/{quay.pk}/"


def test_starting_takes_the_chosen_card(client, ada, quay, nora):
    client.force_login(ada)
    client.post(url("start", quay), {"evse": "2", "search": "", "card": nora.pk})
    name, arguments = sent()
    assert name == "RequestStartTransaction"
    assert arguments | {"remote_start_id": 0} == {
        "id_token": "04A1B2C3", "id_token_type": "ISO14443", "evse_id": 2, "remote_start_id": 0,
        "group_id_token_type": "Central",
    }  # fmt: skip
    assert arguments["remote_start_id"] >= 1


def test_a_driver_is_found_by_a_part_of_the_name(client, ada, quay, nora):
    client.force_login(ada)
    client.post(url("start", quay), {"evse": "0", "search": "vega"})
    name, arguments = sent()
    assert (name, arguments["id_token"], "evse_id" in arguments) == ("RequestStartTransaction", "04A1B2C3", False)


def test_several_that_fit_are_offered_and_nothing_is_sent(client, ada, quay, nora, voltwerk):
    IdTokenFactory(organisation=voltwerk, driver=DriverFactory(organisation=voltwerk, name="Nora Berg"), value="04FF")
    client.force_login(ada)
    response = client.post(url("start", quay), {"evse": "1", "search": "nora"})
    assert response.status_code == 422
    assert response.context["form"].errors == {"search": ["Several cards fit: choose one below."]}
    page = response.content.decode()
    assert 'value="nora"' in page
    assert "Nora Berg: 04FF" in page
    assert not StationCommand.objects.exists()


def test_nobody_chosen_is_an_error_beside_the_list(client, ada, quay, nora):
    client.force_login(ada)
    response = client.post(url("start", quay), {"evse": "1", "search": ""})
    assert set(response.context["form"].errors) == {"card"}
    assert not StationCommand.objects.exists()


def test_blocked_cards_and_those_of_others_are_not_offered(client, ada, sam, quay, nora, rival):
    IdTokenFactory(organisation=rival, value="RIVALCARD")
    IdTokenFactory(organisation=nora.organisation, driver=nora.driver, value="04DEAD", status="blocked")
    client.force_login(ada)
    cards = client.get(url("cards", quay) + "?search=").content.decode()
    assert cards == f'<option value="{nora.pk}">Nora Vega, 4.2: 04A1B2C3</option>'
    client.force_login(sam)  # sees drivers of Harbour only; Nora has no home site
    assert client.get(url("cards", quay)).content.decode() == ""


def test_a_technician_types_the_number_of_a_card(client, tess, quay, nora):
    client.force_login(tess)
    assert "Nora" not in client.get(url("start", quay)).content.decode()
    client.post(url("start", quay), {"evse": "1", "search": "04A1B2C3"})
    assert sent()[1]["id_token"] == "04A1B2C3"


def test_stopping_names_the_transaction(client, ada, otto, charging):
    stop = reverse("portal:session-stop", args=[charging.pk])
    client.force_login(otto)
    assert client.post(stop).status_code == 404
    client.force_login(ada)
    assert client.post(stop).status_code == 302
    assert sent() == ("RequestStopTransaction", {"transaction_id": "77"})


def test_a_session_that_ended_cannot_be_stopped(client, ada, charging):
    charging.state = "ended"
    charging.save()
    client.force_login(ada)
    response = client.post(reverse("portal:session-stop", args=[charging.pk]))
    assert response.status_code == 422
    assert "The session has ended already." in response.content.decode()
    assert not StationCommand.objects.exists()


def test_an_offline_station_can_be_waited_for(client, ada, quay):
    StationConnection.objects.update(is_online=False)
    client.force_login(ada)
    assert "wait for it" in client.get(url("reset", quay)).content.decode()
    client.post(url("reset", quay), {"kind": "OnIdle", "wait_s": "3600"})
    command = StationCommand.objects.get()
    assert (command.deadline_at - command.created_at).total_seconds() == 3600
    refused = client.post(url("unlock", quay), {"evse": "1"})
    assert refused.status_code == 422
    assert StationCommand.objects.count() == 1


@pytest.mark.parametrize(
    "name", ["start", "unlock", "reset", "availability", "trigger", "clear-cache", "read-variables", "raw-call"]
)
def test_nobody_asks_things_of_stations_that_are_not_his(client, name, otto, sam, rita, quay, linden):
    client.force_login(otto)
    assert client.post(url(name, quay), {"evse": "1", "kind": "OnIdle"}).status_code == 404
    client.force_login(sam)
    assert client.post(url(name, linden)).status_code == (403 if name == "raw-call" else 404)
    client.force_login(rita)
    assert client.post(url(name, quay)).status_code == 403
    assert not StationCommand.objects.exists()


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        ("{", "This is not JSON: Expecting property name enclosed in double quotes (line 1, column 2)."),
        ("[]", "The payload is a JSON object: {…}."),
    ],
)
def test_a_raw_payload_that_is_no_object_is_kept_and_explained(client, ada, quay, payload, error):
    client.force_login(ada)
    response = client.post(url("raw-call", quay), {"call": "Reset", "payload": payload})
    assert response.status_code == 422
    assert response.context["form"].errors["payload"] == [error]
    assert response.context["form"]["payload"].value() == payload


def test_a_raw_payload_is_checked_against_the_schema_of_the_version(client, ada, quay):
    client.force_login(ada)
    response = client.post(url("raw-call", quay), {"call": "Reset", "payload": '{"type": "Softly"}'})
    (error,) = response.context["form"].errors["payload"]
    assert error.startswith("type: ")
    assert not StationCommand.objects.exists()


def test_a_station_of_2_0_1_is_offered_its_own_actions(client, ada, quay):
    ChargingStation.objects.update(protocol="ocpp2.0.1")
    client.force_login(ada)
    page = client.get(url("raw-call", quay)).content.decode()
    assert "GetBaseReport" in page
    assert "ChangeConfiguration" not in page
    client.post(url("read-variables", quay))
    assert sent()[0] == "GetBaseReport"


def test_setting_a_variable_names_it_whole(client, ada, otto, quay):
    variable = DeviceVariable.objects.create(
        station=quay, component="OCPPCommCtrlr", variable="HeartbeatInterval", evse_number=1, value="300",
        mutability="ReadWrite", unit="s", min_limit=10,
    )  # fmt: skip
    form = reverse("portal:variable-set", args=[variable.pk])
    client.force_login(otto)
    assert client.post(form, {"value": "60"}).status_code == 404
    client.force_login(ada)
    assert "Now: 300, in s, at least 10." in client.get(form).content.decode()
    client.post(form, {"value": "60"})
    assert sent() == (
        "SetVariables",
        {"variables": [{"component": "OCPPCommCtrlr", "variable": "HeartbeatInterval", "evse_id": 1, "value": "60"}]},
    )


def test_a_read_only_variable_is_not_set(client, ada, quay):
    variable = DeviceVariable.objects.create(station=quay, component="C", variable="V", mutability="ReadOnly")
    client.force_login(ada)
    assert client.post(reverse("portal:variable-set", args=[variable.pk]), {"value": "1"}).status_code == 422
    assert not StationCommand.objects.exists()


def test_the_page_of_a_command_holds_request_and_answer(client, ada, otto, quay):
    command = CommandFactory(
        station=quay, state=CommandState.ACCEPTED, status_word="Accepted", action="ClearCache", request={},
        response={"status": "Accepted"}, explanation="The charger answered “Accepted”.",
    )  # fmt: skip
    client.force_login(otto)
    assert client.get(f"/commands/{command.pk}/").status_code == 404
    client.force_login(ada)
    page = client.get(f"/commands/{command.pk}/").content.decode()
    assert "&quot;status&quot;: &quot;Accepted&quot;" in page
    assert "The charger answered “Accepted”." in page


def test_a_command_is_taken_back_until_it_is_sent(client, ada, quay):
    waiting, away = CommandFactory(station=quay), CommandFactory(station=quay, state=CommandState.SENT)
    client.force_login(ada)
    assert client.post(f"/commands/{waiting.pk}/cancel/").status_code == 302
    assert client.post(f"/commands/{away.pk}/cancel/").status_code == 422
    waiting.refresh_from_db()
    assert (waiting.state, waiting.explanation) == (CommandState.SUPERSEDED, "Cancelled by Ada before it was sent.")


def test_one_evse_of_a_2_x_station_is_reset(client, ada, harbour):
    station = OnlineStationFactory(site=harbour, protocol="ocpp2.0.1")
    client.force_login(ada)
    client.post(url("reset", station), {"kind": "Immediate", "evse": "2"})
    assert sent() == ("Reset", {"type": "Immediate", "evse_id": 2})


def test_a_connector_is_offered_where_an_evse_has_more_than_one(client, ada, harbour):
    station = OnlineStationFactory(site=harbour, protocol="ocpp2.0.1", evses=2)
    first = station.evses.order_by("number").first()
    first.connectors.all().delete()
    for number in (1, 2):
        Connector.objects.create(evse=first, number=number)
    client.force_login(ada)
    form = client.get(url("availability", station)).content.decode()
    assert "EVSE 1, connector 2" in form
    assert "EVSE 2, connector" not in form
    client.post(url("availability", station), {"evse": "1.2", "operative": "no"})
    assert sent() == ("ChangeAvailability", {"operative": False, "evse_id": 1, "connector_id": 2})
