"""All operations of a station's version, and the forms made from their schemas."""

from datetime import UTC, datetime

import pytest
from django.urls import NoReverseMatch, reverse

from apps.chargers.models import ChargingStation, StationCommand
from apps.gateway.protocol.adapter import VERSIONS, adapter_for
from apps.portal.calls.catalogue import OPERATIONS
from tests.factories.chargers import OnlineStationFactory


@pytest.fixture
def quay(harbour) -> ChargingStation:
    return OnlineStationFactory(site=harbour, identity="CP-1", protocol="ocpp2.0.1", evses=1)


def url(station, action: str) -> str:
    return reverse("portal:station-call", args=[station.pk, action])


def sent() -> dict:
    return StationCommand.objects.get().arguments["payload"]


def test_every_operation_of_every_version_has_its_sentence():
    ours = frozenset().union(*(adapter_for(version).commands for version in VERSIONS))
    assert set(OPERATIONS) == ours


@pytest.mark.parametrize("name", sorted({one.own_form for one in OPERATIONS.values() if one.own_form}))
def test_simple_forms_exist(name):
    try:
        reverse(f"portal:station-{name}", args=[1])
    except NoReverseMatch:
        pytest.fail(name)


@pytest.mark.parametrize(
    ("version", "action"),
    [(version, action) for version in VERSIONS for action in sorted(adapter_for(version).commands)],
)
def test_each_operation_has_a_form_with_the_fields_of_its_version(client, ada, quay, version, action):
    ChargingStation.objects.update(protocol=version)
    client.force_login(ada)
    response = client.get(url(quay, action))
    assert response.status_code == 200
    wanted = adapter_for(version).schemas.request_schema(action).get("required", [])
    page = response.content.decode()
    assert [name for name in wanted if f'name="{name}' not in page and f'name="entries:{name}"' not in page] == []


def test_the_page_lists_the_operations_of_the_version_by_block(client, ada, quay):
    client.force_login(ada)
    page = client.get(reverse("portal:station-calls", args=[quay.pk]))
    listed = {row["operation"].action for block in page.context["blocks"] for row in block["rows"]}
    assert listed == adapter_for("ocpp2.0.1").commands


def test_what_is_filled_in_becomes_one_call(client, ada, quay):
    client.force_login(ada)
    data = {"idToken.idToken": "CARD1", "idToken.type": "ISO14443", "evseId": "1", "remoteStartId": "77"}
    assert client.post(url(quay, "RequestStartTransaction"), data).status_code == 302
    assert StationCommand.objects.get().name == "RawCall"
    assert sent() == {"idToken": {"idToken": "CARD1", "type": "ISO14443"}, "evseId": 1, "remoteStartId": 77}


def test_a_number_of_ours_is_given_where_it_was_left_empty(client, ada, quay):
    client.force_login(ada)
    assert client.post(url(quay, "GetBaseReport"), {"reportBase": "SummaryInventory"}).status_code == 302
    assert sent()["requestId"] >= 1


def test_lists_numbers_and_site_times_are_sent_as_the_schema_wants_them(client, ada, quay):
    quay.site.__class__.objects.update(time_zone="Europe/Berlin")
    client.force_login(ada)
    schedule = "chargingProfile.chargingSchedule[0]"
    data = {
        "entries:chargingProfile.chargingSchedule": "1", f"entries:{schedule}.chargingSchedulePeriod": "2",
        "evseId": "0", "chargingProfile.id": "4", "chargingProfile.stackLevel": "0",
        "chargingProfile.chargingProfilePurpose": "TxDefaultProfile", "chargingProfile.chargingProfileKind": "Absolute",
        "chargingProfile.validFrom": "2024-07-01T12:00", f"{schedule}.id": "1", f"{schedule}.chargingRateUnit": "A",
        f"{schedule}.chargingSchedulePeriod[0].startPeriod": "0", f"{schedule}.chargingSchedulePeriod[0].limit": "16.5",
        f"{schedule}.chargingSchedulePeriod[1].startPeriod": "60", f"{schedule}.chargingSchedulePeriod[1].limit": "10",
        "confirmed": "on",
    }  # fmt: skip
    response = client.post(url(quay, "SetChargingProfile"), data)
    assert response.status_code == 302, response.context["form"].errors
    profile = sent()["chargingProfile"]
    assert profile["validFrom"] == datetime(2024, 7, 1, 10, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    periods = [{"startPeriod": 0, "limit": 16.5}, {"startPeriod": 60, "limit": 10}]
    assert profile["chargingSchedule"] == [{"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": periods}]


def test_adding_an_entry_keeps_what_was_typed_and_sends_nothing(client, ada, quay):
    client.force_login(ada)
    data = {
        "entries:getVariableData": "1",
        "getVariableData[0].component.name": "OCPPCommCtrlr",
        "more": "getVariableData",
    }
    response = client.post(url(quay, "GetVariables"), data)
    page = response.content.decode()
    assert response.status_code == 200
    assert 'name="getVariableData[1].component.name"' in page
    assert response.context["form"]["getVariableData[0].component.name"].value() == "OCPPCommCtrlr"
    assert not StationCommand.objects.exists()


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept(client, ada, quay):
    client.force_login(ada)
    data = {"reservationId": "no number"}
    response = client.post(url(quay, "CancelReservation"), data)
    assert response.status_code == 422
    assert response.context["form"].errors == {"reservationId": ["Enter a whole number."]}
    assert response.context["form"]["reservationId"].value() == "no number"


def test_an_optional_part_that_is_begun_must_be_whole(client, ada, quay):
    client.force_login(ada)
    response = client.post(url(quay, "GetTransactionStatus"), {"transactionId": "x" * 37})
    assert list(response.context["form"].errors) == ["transactionId"]
    data = {"requestedMessage": "StatusNotification", "evse.connectorId": "1"}
    response = client.post(url(quay, "TriggerMessage"), data)
    assert response.context["form"].errors == {"evse.id": ["is required"]}
    assert not StationCommand.objects.exists()


def test_what_can_do_harm_is_confirmed_first(client, ada, quay):
    client.force_login(ada)
    response = client.post(url(quay, "Reset"), {"type": "OnIdle"})
    assert response.context["form"].errors == {"confirmed": ["Confirm that this may be sent."]}
    client.post(url(quay, "Reset"), {"type": "OnIdle", "confirmed": "on"})
    assert sent() == {"type": "OnIdle"}


def test_a_setting_can_be_emptied(client, ada, quay):
    ChargingStation.objects.update(protocol="ocpp1.6")
    client.force_login(ada)
    client.post(url(quay, "ChangeConfiguration"), {"key": "AuthorizationKey2", "value": "", "confirmed": "on"})
    assert sent() == {"key": "AuthorizationKey2", "value": ""}


def test_an_operation_of_another_version_is_not_found(client, ada, quay):
    client.force_login(ada)
    assert client.get(url(quay, "ChangeConfiguration")).status_code == 404


def test_a_list_that_fills_the_form_cannot_grow(client, ada, quay):
    client.force_login(ada)
    response = client.post(url(quay, "SetVariables"), {"entries:setVariableData": "99", "more": "setVariableData"})
    assert 'name="more" value="setVariableData"' not in response.content.decode()
    assert len(response.context["form"].fields) < 1000


def test_the_console_begins_with_the_operation_that_led_there(client, ada, quay):
    client.force_login(ada)
    page = client.get(reverse("portal:station-raw-call", args=[quay.pk]), {"call": "ClearCache"})
    assert page.context["form"]["call"].value() == "ClearCache"
