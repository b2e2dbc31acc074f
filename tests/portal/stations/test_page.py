"""The page of a station: live values, buttons with reasons, sheets by right, other people's rows."""

import pytest

from apps.accounts.policy import Role
from apps.chargers.choices import CommandState, ConnectorState
from apps.chargers.models import ChargingStation, Connector, DeviceVariable, StationConnection
from tests.factories.chargers import CommandFactory
from tests.factories.places import MembershipFactory
from tests.portal.pages import reason_of, rows, words

pytestmark = pytest.mark.django_db
SHEETS = ("", "sessions/", "commands/", "variables/", "journal/", "history/", "settings/")
OFFLINE = "The station is offline: nothing reaches it now."


@pytest.mark.parametrize("sheet", SHEETS)
def test_each_sheet_opens_to_those_who_work_there_and_exists_for_nobody_else(
    client, sheet, ada, sam, tess, otto, rita, quay, linden
):
    url = f"/stations/{quay.pk}/{sheet}"
    for person, status in ((ada, 200), (sam, 200), (tess, 200), (otto, 404), (rita, 403)):
        client.force_login(person)
        assert client.get(url).status_code == status, person
    client.force_login(sam)
    assert client.get(f"/stations/{linden.pk}/{sheet}").status_code == 404


def test_a_running_session_shows_its_values_and_its_driver(client, ada, quay, charging):
    client.force_login(ada)
    said = words(client.get(f"/stations/{quay.pk}/?panel=evses").content.decode())
    for part in (
        "EVSE 1",
        "Nora Vega card 04A1B2C3 for 30 min",
        "Power 7.4 kW",
        "Energy 3.21 kWh",
        "Cost so far no tariff",
        "L1 10.7 A L2 10.6 A L3 10.8 A",
        "Voltage 231 V",
        "Battery 61 %",
        "EVSE 2 Available",
        "No session.",
    ):
        assert part in said


def test_a_fault_is_said_in_plain_words(client, ada, quay):
    Connector.objects.filter(evse__station=quay, evse__number=2).update(
        status=ConnectorState.FAULTED, error_code="GroundFailure", vendor_error_code="E17"
    )
    client.force_login(ada)
    said = words(client.get(f"/stations/{quay.pk}/?panel=evses").content.decode())
    assert "GroundFailure (vendor code E17) – current leaks to earth: the protection has tripped" in said


def test_the_head_says_since_when_and_how_well_it_answers(client, ada, quay):
    client.force_login(ada)
    head = words(client.get(f"/stations/{quay.pk}/head/").content.decode())
    assert head.startswith("Stations Harbour , Pier Quay 1 Available CP-QUAY Available since")
    assert "Last word 7 s ago Answers in 42 ms OCPP 1.6" in head


def test_a_station_that_never_called_leads_to_the_reasons(client, ada, crane):
    client.force_login(ada)
    page = client.get(f"/stations/{crane.pk}/").content.decode()
    assert 'href="/connections/?identity=CP-CRANE"' in page


def test_buttons_of_an_offline_station_say_why_they_are_off(client, ada, quay):
    StationConnection.objects.update(is_online=False)
    client.force_login(ada)
    page = client.get(f"/stations/{quay.pk}/").content.decode()
    assert reason_of(page, "Start charging") == OFFLINE
    assert reason_of(page, "Unlock a connector") == OFFLINE
    assert reason_of(page, "Reset") is None


def test_a_retired_station_takes_no_commands(client, ada, quay):
    ChargingStation.objects.update(retired_at=quay.created_at)
    client.force_login(ada)
    page = client.get(f"/stations/{quay.pk}/").content.decode()
    assert reason_of(page, "Reset") == "The station is retired."


def test_a_site_manager_may_not_send_raw_calls_and_is_told_who_may(client, sam, tess, quay):
    client.force_login(sam)
    page = client.get(f"/stations/{quay.pk}/").content.decode()
    assert reason_of(page, "Raw call") == "Only operators and technicians may send raw calls."
    client.force_login(tess)
    assert reason_of(client.get(f"/stations/{quay.pk}/").content.decode(), "Raw call") is None


def test_finance_looks_but_does_not_control(client, quay, voltwerk):
    finn = MembershipFactory(organisation=voltwerk, role=Role.FINANCE).user
    client.force_login(finn)
    page = client.get(f"/stations/{quay.pk}/").content.decode()
    assert reason_of(page, "Start charging") == "Your role may look at this station, but not control it."
    assert "Journal" not in words(page)
    assert client.get(f"/stations/{quay.pk}/journal/").status_code == 403
    assert client.get(f"/stations/{quay.pk}/reset/").status_code == 403


def test_commands_show_their_state_and_the_chargers_own_words(client, ada, quay):
    CommandFactory(
        station=quay,
        name="Reset",
        arguments={"type": "OnIdle"},
        state=CommandState.REJECTED,
        status_word="Rejected",
        explanation="The charger answered “Rejected”.",
        requested_by=ada,
    )
    client.force_login(ada)
    (row,) = rows(client.get(f"/stations/{quay.pk}/commands/").content.decode())
    assert row[1:] == ["Reset when idle", "Rejected", "Rejected", "The charger answered “Rejected”.", "Ada"]
    assert "Reset when idle" in words(client.get(f"/stations/{quay.pk}/?panel=commands").content.decode())


def test_variables_can_be_searched_and_only_writable_ones_set(client, ada, quay):
    for name, value, mutability in (("HeartbeatInterval", "300", "ReadWrite"), ("NumberOfConnectors", "2", "ReadOnly")):
        DeviceVariable.objects.create(
            station=quay, component="ConfigurationKey", variable=name, value=value, mutability=mutability
        )
    client.force_login(ada)
    found = rows(client.get(f"/stations/{quay.pk}/variables/").content.decode())
    assert [row[:5] for row in found] == [
        ["Configuration key", "HeartbeatInterval Seconds between signs of life.", "300", "– none", "read and written"],
        ["Configuration key", "NumberOfConnectors How many connectors it has.", "2", "– none", "read"],
    ]
    assert [row[6] for row in found] == ["Set", ""]
    assert len(rows(client.get(f"/stations/{quay.pk}/variables/?q=heart").content.decode())) == 1
    assert len(rows(client.get(f"/stations/{quay.pk}/variables/?may_be=read").content.decode())) == 1


def test_past_sessions_are_listed_with_their_driver(client, ada, quay, charging):
    client.force_login(ada)
    (row,) = rows(client.get(f"/stations/{quay.pk}/sessions/").content.decode())
    assert row[1:4] == ["Charging", "1", "Nora Vega"]
    assert row[5] == "3.21"
