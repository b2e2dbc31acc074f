"""Chargers made by others through the real server; what became of it is read back through the API."""

from datetime import UTC, datetime, timedelta

import pytest
from ocpp import v16, v201

from apps.chargers.choices import CommandState
from apps.chargers.messages import commands
from apps.chargers.models import ConnectorStatusEvent, DeviceModelReport, DeviceVariable, StationNotice
from tests.e2e.foreign import CHARGERS
from tests.e2e.network import CARD, PASSWORD
from tests.support.versions import of

pytestmark = pytest.mark.server
BOTH = pytest.mark.parametrize("version", list(CHARGERS))


@pytest.fixture
def station(network):
    return network.enrol()


@pytest.fixture
async def charger(network, station, version):
    async with CHARGERS[version](network.server.socket_url, station.identity, PASSWORD) as powered:
        yield powered


@BOTH
@pytest.mark.ocpp(None, "BootNotification", "StatusNotification", "Heartbeat")
async def test_it_boots_tells_its_status_and_hears_the_time(api, station, charger, version):
    told = datetime.fromisoformat(await charger.heartbeat())
    assert abs(told - datetime.now(UTC)) < timedelta(seconds=5)
    seen = await api.one(f"stations/{station.identity}/")
    assert (seen["vendor"], seen["model"], seen["firmware_version"]) == ("Foreign", "Model F", "6.1")
    assert (seen["protocol"], seen["is_online"], seen["status"]) == (f"ocpp{version}", True, "available")
    (connector,) = await api.all("connectors/", station=station.identity)
    assert (connector["status"], connector["error_code"]) == ("Available", "")


@BOTH
@pytest.mark.ocpp(None, "Authorize")
async def test_it_learns_whose_card_is_good(charger, version):
    assert await charger.authorise(CARD) == "Accepted"
    assert await charger.authorise("NOBODYS") in {"Invalid", "Unknown"}


@BOTH
@pytest.mark.ocpp("1.6", "StartTransaction", "StopTransaction", "MeterValues")
@pytest.mark.ocpp("2.0.1", "TransactionEvent")
@pytest.mark.ocpp("2.1", "TransactionEvent")
async def test_it_charges_with_meter_values(api, station, charger, version):
    assert await charger.start_charging(CARD) == "Accepted"
    running = await api.session(station.identity)
    assert (running["state"], running["token_value"], running["is_billable"]) == ("active", CARD, True)
    for energy_wh, power_w, current_a in [(1001, 7200, 10.5), (1002, 7300, 10.6), (1003, 7100, 10.4)]:
        await charger.tell_meter(energy_wh, power_w, current_a)
    during = await api.one(f"sessions/{running['id']}/")
    assert (during["energy_wh"], during["power_w"]) == (3, 7100)
    await charger.stop_charging()
    ended = await api.one(f"sessions/{running['id']}/")
    assert (ended["state"], ended["stopped_reason"], ended["flags"]) == ("ended", "Local", [])
    assert (ended["meter_start_wh"], ended["meter_last_wh"], ended["energy_wh"]) == (1000, 1003, 3)
    rows = await api.all("meter-values/", station=station.identity)
    periodic = [row for row in rows if row["power_w"]]
    assert [(row["energy_wh"], row["power_w"], row["current_l1_a"]) for row in periodic] == [
        (1001, 7200, 10.5),
        (1002, 7300, 10.6),
        (1003, 7100, 10.4),
    ]
    assert {row["session_id"] for row in periodic} == {running["id"]}


REMOTE_START = {
    "1.6": ("RemoteStartTransaction", {"idTag": CARD, "connectorId": 1}),
    "2.0.1": (
        "RequestStartTransaction",
        {"idToken": {"idToken": CARD, "type": "ISO14443"}, "remoteStartId": 4711, "evseId": 1},
    ),
}


def remote_stop(version, transaction_id):
    if version == "1.6":
        return "RemoteStopTransaction", {"transactionId": int(transaction_id)}
    return "RequestStopTransaction", {"transactionId": transaction_id}


@BOTH
@pytest.mark.ocpp("1.6", "RemoteStartTransaction", "RemoteStopTransaction")
@pytest.mark.ocpp("2.0.1", "RequestStartTransaction", "RequestStopTransaction")
@pytest.mark.ocpp("2.1", "RequestStartTransaction", "RequestStopTransaction")
async def test_a_program_starts_and_stops_it(api, station, charger, version):
    start = await api.command(station.identity, *of(REMOTE_START, version))
    assert (start["status_word"], start["response"]) == ("Accepted", {"status": "Accepted"})
    await charger.was_asked(of(REMOTE_START, version)[0])
    running = await api.session(station.identity)
    assert (running["state"], running["token_value"]) == ("active", CARD)
    stop = await api.command(station.identity, *remote_stop(version, running["transaction_id"]))
    assert (stop["status_word"], stop["response"]) == ("Accepted", {"status": "Accepted"})
    ended = await api.until(f"sessions/{running['id']}/", state="ended")
    assert ended["stopped_reason"] == "Remote"
    again = await api.command(station.identity, *remote_stop(version, running["transaction_id"]))
    assert (again["state"], again["response"]) == ("rejected", {"status": "Rejected"})


@BOTH
async def test_an_operator_starts_and_stops_it(network, api, station, charger, version):
    start = await network.ask(station, commands.RequestStartTransaction(CARD, 99, 1, "ISO14443"))
    assert start.status_word == "Accepted"
    await api.until(f"commands/{start.pk}/", state="confirmed")
    running = await api.session(station.identity)
    stop = await network.ask(station, commands.RequestStopTransaction(running["transaction_id"]))
    assert stop.status_word == "Accepted"
    await api.until(f"commands/{stop.pk}/", state="confirmed")
    ended = await api.one(f"sessions/{running['id']}/")
    assert (ended["state"], ended["stopped_reason"]) == ("ended", "Remote")


RESETS = {"1.6": "Hard", "2.0.1": "Immediate"}


@BOTH
@pytest.mark.ocpp(None, "Reset")
async def test_a_reset_ends_the_session_and_the_charger_comes_back(network, api, station, charger, version):
    await charger.start_charging(CARD)
    row = await api.command(station.identity, "Reset", {"type": of(RESETS, version)})
    assert row["response"] == {"status": "Accepted"}
    await charger.was_asked(f"Reset {of(RESETS, version)}")
    session = await api.session(station.identity)
    assert (session["state"], charger.boots) == ("ended", 2)
    second = await network.ask(station, commands.Reset("Immediate"))
    await api.until(f"commands/{second.pk}/", state="confirmed")
    await api.until(f"stations/{station.identity}/", is_online=True, status="available")


@BOTH
@pytest.mark.ocpp(None, "UnlockConnector")
async def test_it_unlocks_its_connector(network, api, station, charger, version):
    payload = {"connectorId": 1} if version == "1.6" else {"evseId": 1, "connectorId": 1}
    row = await api.command(station.identity, "UnlockConnector", payload)
    assert (row["state"], row["response"]) == ("accepted", {"status": "Unlocked"})
    row = await network.ask(station, commands.UnlockConnector(1))
    assert (row.state, row.response) == (CommandState.ACCEPTED, {"status": "Unlocked"})
    assert charger.asked == ["UnlockConnector 1"] * 2


@BOTH
@pytest.mark.ocpp(None, "TriggerMessage", "MeterValues")
async def test_it_sends_what_it_is_asked_for(network, api, station, charger, version):
    row = await api.command(station.identity, "TriggerMessage", {"requestedMessage": "MeterValues"})
    assert (row["state"], row["response"]) == ("accepted", {"status": "Accepted"})
    await charger.was_asked("TriggerMessage MeterValues")
    (value,) = await api.all("meter-values/", station=station.identity)
    assert (value["energy_wh"], value["session_id"]) == (1000, None)
    row = await network.ask(station, commands.TriggerMessage("StatusNotification", 1, 1))
    assert row.response == {"status": "Accepted"}
    await charger.was_asked("TriggerMessage StatusNotification")
    assert len(network.rows(ConnectorStatusEvent.objects.filter(station=station, evse_number=1))) == 2
    row = await network.ask(station, commands.TriggerMessage("FirmwareStatusNotification"))
    assert (row.state, row.status_word) == (CommandState.REJECTED, "NotImplemented")


@pytest.mark.parametrize("version", ["1.6"])
@pytest.mark.ocpp("1.6", "ExtendedTriggerMessage", "LogStatusNotification")
async def test_what_only_the_security_extension_can_ask_for_is_asked_in_its_words(network, station, charger, version):
    row = await network.ask(station, commands.TriggerMessage("LogStatusNotification"))
    assert (row.action, row.response) == ("ExtendedTriggerMessage", {"status": "Accepted"})
    await charger.was_asked("ExtendedTriggerMessage LogStatusNotification")
    (notice,) = network.rows(StationNotice.objects.filter(station=station))
    assert (notice.kind, notice.title) == ("log", "Idle")


@BOTH
@pytest.mark.ocpp(None, "ChangeAvailability")
async def test_it_goes_out_of_service_and_back(network, api, station, charger, version):
    out = {"1.6": {"connectorId": 0, "type": "Inoperative"}, "2.0.1": {"operationalStatus": "Inoperative"}}
    row = await api.command(station.identity, "ChangeAvailability", of(out, version))
    assert (row["state"], row["response"]) == ("accepted", {"status": "Accepted"})
    await charger.was_asked("ChangeAvailability Inoperative")
    await api.until(f"stations/{station.identity}/", status="unavailable")
    row = await network.ask(station, commands.ChangeAvailability(operative=True, evse_id=1))
    assert row.status_word == "Accepted"
    await charger.was_asked("ChangeAvailability Operative")
    await api.until(f"stations/{station.identity}/", status="available")


@BOTH
@pytest.mark.ocpp(None, "ClearCache", "DataTransfer")
async def test_it_forgets_cards_and_takes_data(network, api, station, charger, version):
    row = await api.command(station.identity, "ClearCache", {})
    assert (row["state"], row["response"]) == ("accepted", {"status": "Accepted"})
    assert (await network.ask(station, commands.ClearCache())).response == {"status": "Accepted"}
    row = await network.ask(station, commands.DataTransfer("Foreign", "hello", "x"))
    assert row.response == {"status": "Accepted", "data": "hello: x"}
    assert await charger.transfer("Nobody") == "UnknownVendorId"


def variables(network, station) -> dict[str, str]:
    rows = DeviceVariable.objects.filter(station=station, evse_number=0)
    return {f"{row.component}.{row.variable}": row.value for row in network.rows(rows)}


@pytest.mark.parametrize("version", ["1.6"])
@pytest.mark.ocpp("1.6", "GetConfiguration", "ChangeConfiguration")
async def test_its_configuration_is_read_changed_and_kept(network, api, station, charger, version):
    row = await api.command(station.identity, "GetConfiguration", {"key": ["HeartbeatInterval", "Colour"]})
    known = [{"key": "HeartbeatInterval", "readonly": False, "value": "300"}]
    assert row["response"] == {"configurationKey": known, "unknownKey": ["Colour"]}
    assert (await network.ask(station, commands.GetVariables())).state == CommandState.ACCEPTED
    stored = {"ConfigurationKey.HeartbeatInterval": "300", "ConfigurationKey.MeterValueSampleInterval": "60"}
    assert variables(network, station) == stored
    change = {"component": "ConfigurationKey", "variable": "HeartbeatInterval", "value": "120"}
    assert (await network.ask(station, commands.SetVariables((change,)))).status_word == "Accepted"
    assert charger.configuration["HeartbeatInterval"] == "120"
    assert variables(network, station) == stored | {"ConfigurationKey.HeartbeatInterval": "120"}
    row = await api.command(station.identity, "ChangeConfiguration", {"key": "Colour", "value": "red"})
    assert (row["state"], row["status_word"]) == ("rejected", "NotSupported")


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
@pytest.mark.ocpp("2.0.1", "GetVariables", "SetVariables")
@pytest.mark.ocpp("2.1", "GetVariables", "SetVariables")
async def test_its_variables_are_read_changed_and_kept(network, api, station, charger, version):
    address = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}
    row = await api.command(station.identity, "GetVariables", {"getVariableData": [address]})
    answer = {**address, "attributeStatus": "Accepted", "attributeValue": "300"}
    assert (row["state"], row["response"]) == ("accepted", {"getVariableResult": [answer]})
    change = {"component": "OCPPCommCtrlr", "variable": "HeartbeatInterval", "value": "120"}
    assert (await network.ask(station, commands.SetVariables((change,)))).state == CommandState.ACCEPTED
    assert charger.variables[0].value == "120"
    assert variables(network, station) == {"OCPPCommCtrlr.HeartbeatInterval": "120"}
    fixed = {"component": "ChargingStation", "variable": "Model", "value": "Model G"}
    assert (await network.ask(station, commands.SetVariables((fixed,)))).state == CommandState.REJECTED


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
@pytest.mark.ocpp("2.0.1", "GetBaseReport", "NotifyReport")
@pytest.mark.ocpp("2.1", "GetBaseReport", "NotifyReport")
async def test_its_report_arrives_in_parts_and_is_kept(network, api, station, charger, version):
    row = await api.command(station.identity, "GetBaseReport", {"requestId": 5, "reportBase": "FullInventory"})
    assert (row["status_word"], row["response"]) == ("Accepted", {"status": "Accepted"})
    await charger.was_asked("GetBaseReport FullInventory")
    (report,) = network.rows(DeviceModelReport.objects.filter(station=station))
    assert (report.request_id, report.parts, report.last_seq_no) == (5, [0, 1, 2], 2)
    assert report.completed_at is not None
    assert variables(network, station) == {
        "OCPPCommCtrlr.HeartbeatInterval": "300",
        "SampledDataCtrlr.TxUpdatedInterval": "60",
        "ChargingStation.Model": "Model F",
    }
    second = await network.ask(station, commands.GetBaseReport(6))
    await api.until(f"commands/{second.pk}/", state="confirmed")


NOTICES = {
    "1.6": ["firmware", "firmware", "log", "log", "security"],
    "2.0.1": ["event", "firmware", "log", "security"],
}


@BOTH
@pytest.mark.ocpp(None, "FirmwareStatusNotification", "LogStatusNotification", "SecurityEventNotification")
@pytest.mark.ocpp("1.6", "DiagnosticsStatusNotification", "SignedFirmwareStatusNotification")
@pytest.mark.ocpp("2.0.1", "NotifyEvent")
@pytest.mark.ocpp("2.1", "NotifyEvent")
async def test_its_notices_are_kept(network, station, charger, version):
    await charger.tell_rest()
    notices = network.rows(StationNotice.objects.filter(station=station))
    assert sorted(notice.kind for notice in notices) == of(NOTICES, version)


SIGN = {"1.6": v16.call.SignCertificate, "2.0.1": v201.call.SignCertificate}


@BOTH
@pytest.mark.ocpp(None, "SignCertificate")
async def test_it_is_told_that_its_certificate_request_is_none(charger, version):
    answer = await charger.ask(of(SIGN, version)(csr="-----BEGIN CERTIFICATE REQUEST-----"))
    assert answer.status == "Rejected"
    assert await charger.heartbeat()
