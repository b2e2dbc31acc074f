"""Every request of the central system: the answer obeys the schema and what it promises follows."""

import pytest

from apps.gateway.simulator import background, schemas
from apps.gateway.simulator.build import DIALECTS
from apps.gateway.simulator.driver import SimulatedStation
from tests.support.file_server import file_server

SOON = "2020-01-01T00:00:00Z"
SCHEDULE = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 9.7}]}
PROFILE_16 = {
    "chargingProfileId": 1,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Absolute",
    "chargingSchedule": SCHEDULE | {"startSchedule": SOON},
}
PROFILE_201 = {
    "id": 1,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Absolute",
    "chargingSchedule": [SCHEDULE | {"id": 1, "startSchedule": SOON}],
}
TOKEN = {"idToken": "TAG", "type": "ISO14443"}
HASH = {"hashAlgorithm": "SHA256", "issuerNameHash": "0a", "issuerKeyHash": "0b", "serialNumber": "1"}
NETWORK = {
    "ocppVersion": "OCPP20",
    "ocppTransport": "JSON",
    "ocppCsmsUrl": "wss://charge.example/ocpp",
    "messageTimeout": 30,
    "securityProfile": 2,
    "ocppInterface": "Wired0",
}
HEARTBEAT_INTERVAL = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}

REQUESTS = [
    *(
        row
        for version in ("2.0.1",)
        for row in (
            (
                version,
                "ClearVariableMonitoring",
                {"id": [9]},
                {"clearMonitoringResult": [{"id": 9, "status": "NotFound"}]},
            ),
            (version, "GetMonitoringReport", {"requestId": 1}, {"status": "EmptyResultSet"}),
            (version, "SetMonitoringBase", {"monitoringBase": "All"}, {"status": "Accepted"}),
            (version, "SetMonitoringLevel", {"severity": 3}, {"status": "Accepted"}),
            (
                version,
                "SetVariableMonitoring",
                {"setMonitoringData": [{**HEARTBEAT_INTERVAL, "type": "Delta", "value": 1, "severity": 5}]},
                {
                    "setMonitoringResult": [
                        {**HEARTBEAT_INTERVAL, "type": "Delta", "severity": 5, "status": "Accepted", "id": 1}
                    ]
                },
            ),
        )
    ),
    ("1.6", "CancelReservation", {"reservationId": 9}, {"status": "Rejected"}),
    ("1.6", "ChangeAvailability", {"connectorId": 0, "type": "Inoperative"}, {"status": "Accepted"}),
    ("1.6", "ChangeAvailability", {"connectorId": 9, "type": "Inoperative"}, {"status": "Rejected"}),
    ("1.6", "ChangeConfiguration", {"key": "HeartbeatInterval", "value": "60"}, {"status": "Accepted"}),
    ("1.6", "ChangeConfiguration", {"key": "HeartbeatInterval", "value": "often"}, {"status": "Rejected"}),
    ("1.6", "ChangeConfiguration", {"key": "NumberOfConnectors", "value": "3"}, {"status": "Rejected"}),
    ("1.6", "ChangeConfiguration", {"key": "SecurityProfile", "value": "2"}, {"status": "RebootRequired"}),
    ("1.6", "ChangeConfiguration", {"key": "NoSuchKey", "value": "1"}, {"status": "NotSupported"}),
    ("1.6", "ClearCache", {}, {"status": "Accepted"}),
    ("1.6", "ClearChargingProfile", {"id": 5}, {"status": "Unknown"}),
    ("1.6", "DataTransfer", {"vendorId": "nobody"}, {"status": "UnknownVendorId"}),
    ("1.6", "GetCompositeSchedule", {"connectorId": 9, "duration": 60}, {"status": "Rejected"}),
    ("1.6", "GetDiagnostics", {"location": "ftp://x/"}, {"fileName": "CP1-diagnostics.txt"}),
    ("1.6", "GetLocalListVersion", {}, {"listVersion": 0}),
    (
        "1.6",
        "GetLog",
        {"requestId": 1, "logType": "DiagnosticsLog", "log": {"remoteLocation": "ftp://x/"}},
        {"status": "Accepted", "filename": "CP1-DiagnosticsLog.txt"},
    ),
    ("1.6", "RemoteStartTransaction", {"connectorId": 9, "idTag": "TAG"}, {"status": "Rejected"}),
    ("1.6", "RemoteStopTransaction", {"transactionId": 99}, {"status": "Rejected"}),
    (
        "1.6",
        "ReserveNow",
        {"connectorId": 1, "expiryDate": SOON, "idTag": "T", "reservationId": 1},
        {"status": "Accepted"},
    ),
    ("1.6", "SendLocalList", {"listVersion": 1, "updateType": "Full"}, {"status": "Accepted"}),
    ("1.6", "SendLocalList", {"listVersion": 0, "updateType": "Differential"}, {"status": "Failed"}),
    ("1.6", "SetChargingProfile", {"connectorId": 1, "csChargingProfiles": PROFILE_16}, {"status": "Accepted"}),
    (
        "1.6",
        "SignedUpdateFirmware",
        {
            "requestId": 1,
            "firmware": {
                "location": "ftp://x/y",
                "retrieveDateTime": SOON,
                "signature": "AA==",
                "signingCertificate": "PEM",
            },
        },
        {"status": "Accepted"},
    ),
    ("1.6", "TriggerMessage", {"requestedMessage": "Heartbeat"}, {"status": "Accepted"}),
    ("1.6", "UnlockConnector", {"connectorId": 1}, {"status": "Unlocked"}),
    ("1.6", "UnlockConnector", {"connectorId": 9}, {"status": "NotSupported"}),
    ("2.0.1", "CancelReservation", {"reservationId": 9}, {"status": "Rejected"}),
    ("2.0.1", "ClearDisplayMessage", {"id": 9}, {"status": "Unknown"}),
    ("2.0.1", "GetDisplayMessages", {"requestId": 1}, {"status": "Unknown"}),
    (
        "2.0.1",
        "SetDisplayMessage",
        {"message": {"id": 1, "priority": "AlwaysFront", "message": {"format": "UTF8", "content": "x"}}},
        {"status": "NotSupportedPriority"},
    ),
    (
        "2.0.1",
        "ReserveNow",
        {"id": 1, "expiryDateTime": SOON, "idToken": {"idToken": "T", "type": "ISO14443"}, "evseId": 1},
        {"status": "Accepted"},
    ),
    ("2.0.1", "ChangeAvailability", {"operationalStatus": "Inoperative"}, {"status": "Accepted"}),
    ("2.0.1", "ClearCache", {}, {"status": "Accepted"}),
    ("2.0.1", "ClearChargingProfile", {"chargingProfileId": 5}, {"status": "Unknown"}),
    ("2.0.1", "CustomerInformation", {"requestId": 1, "report": True, "clear": False}, {"status": "Invalid"}),
    (
        "2.0.1",
        "CustomerInformation",
        {"requestId": 1, "report": True, "clear": False, "customerIdentifier": "Rita"},
        {"status": "Accepted"},
    ),
    ("2.0.1", "DataTransfer", {"vendorId": "nobody"}, {"status": "UnknownVendorId"}),
    ("2.0.1", "GetBaseReport", {"requestId": 1, "reportBase": "FullInventory"}, {"status": "Accepted"}),
    ("2.0.1", "GetCompositeSchedule", {"evseId": 9, "duration": 60}, {"status": "Rejected"}),
    ("2.0.1", "GetChargingProfiles", {"requestId": 1, "chargingProfile": {"stackLevel": 7}}, {"status": "NoProfiles"}),
    ("2.0.1", "GetLocalListVersion", {}, {"versionNumber": 0}),
    (
        "2.0.1",
        "GetLog",
        {"requestId": 1, "logType": "SecurityLog", "log": {"remoteLocation": "ftp://x/"}},
        {"status": "Accepted", "filename": "CP1-SecurityLog.txt"},
    ),
    ("2.0.1", "GetReport", {"requestId": 1, "componentCriteria": ["Problem"]}, {"status": "EmptyResultSet"}),
    ("2.0.1", "GetTransactionStatus", {"transactionId": "x"}, {"messagesInQueue": False, "ongoingIndicator": False}),
    (
        "2.0.1",
        "GetVariables",
        {"getVariableData": [HEARTBEAT_INTERVAL]},
        {"getVariableResult": [HEARTBEAT_INTERVAL | {"attributeStatus": "Accepted", "attributeValue": "300"}]},
    ),
    (
        "2.0.1",
        "PublishFirmware",
        {"requestId": 1, "location": "ftp://x/y", "checksum": "0" * 32},
        {"status": "Accepted"},
    ),
    ("2.0.1", "RequestStartTransaction", {"evseId": 9, "remoteStartId": 1, "idToken": TOKEN}, {"status": "Rejected"}),
    ("2.0.1", "RequestStopTransaction", {"transactionId": "x"}, {"status": "Rejected"}),
    ("2.0.1", "SendLocalList", {"versionNumber": 1, "updateType": "Full"}, {"status": "Accepted"}),
    ("2.0.1", "SetChargingProfile", {"evseId": 1, "chargingProfile": PROFILE_201}, {"status": "Accepted"}),
    (
        "2.0.1",
        "SetVariables",
        {"setVariableData": [HEARTBEAT_INTERVAL | {"attributeValue": "60"}]},
        {"setVariableResult": [HEARTBEAT_INTERVAL | {"attributeStatus": "Accepted"}]},
    ),
    ("2.0.1", "TriggerMessage", {"requestedMessage": "SignCombinedCertificate"}, {"status": "NotImplemented"}),
    ("2.0.1", "UnpublishFirmware", {"checksum": "0" * 32}, {"status": "NoFirmware"}),
    ("2.0.1", "UnlockConnector", {"evseId": 1, "connectorId": 1}, {"status": "Unlocked"}),
    ("2.0.1", "UnlockConnector", {"evseId": 1, "connectorId": 2}, {"status": "UnknownConnector"}),
]
TARIFF = {"tariffId": "T1", "currency": "EUR"}
NEW_IN_21 = [
    ("2.1", "ChangeTransactionTariff", {"transactionId": "x", "tariff": TARIFF}, {"status": "TxNotFound"}),
    ("2.1", "ClearTariffs", {}, {"clearTariffsResult": [{"status": "NoTariff"}]}),
    ("2.1", "GetTariffs", {"evseId": 0}, {"status": "NoTariff"}),
    ("2.1", "SetDefaultTariff", {"evseId": 0, "tariff": TARIFF}, {"status": "Accepted"}),
    ("2.1", "AFRRSignal", {"timestamp": "2026-03-01T12:00:00Z", "signal": 1}, {"status": "Accepted"}),
    ("2.1", "AdjustPeriodicEventStream", {"id": 9, "params": {"interval": 5}}, {"status": "Rejected"}),
    ("2.1", "ClearDERControl", {"isDefault": True}, {"status": "NotFound"}),
    ("2.1", "GetDERControl", {"requestId": 1}, {"status": "NotFound"}),
    ("2.1", "GetPeriodicEventStream", {}, {}),
    (
        "2.1",
        "NotifyAllowedEnergyTransfer",
        {"transactionId": "x", "allowedEnergyTransfer": ["DC"]},
        {"status": "Rejected"},
    ),
    ("2.1", "RequestBatterySwap", {"requestId": 1, "idToken": TOKEN}, {"status": "Accepted"}),
    (
        "2.1",
        "SetDERControl",
        {"isDefault": True, "controlId": "C1", "controlType": "Gradients"},
        {"status": "Rejected", "statusInfo": {"reasonCode": "MissingParam"}},
    ),
    (
        "2.1",
        "UpdateDynamicSchedule",
        {"chargingProfileId": 9, "scheduleUpdate": {"limit": 16}},
        {"status": "Rejected"},
    ),
    ("2.1", "UsePriorityCharging", {"transactionId": "x", "activate": True}, {"status": "Rejected"}),
]
OF_CERTIFICATES = [
    ("CertificateSigned", {"certificateChain": "PEM"}, {"status": "Rejected"}),
    ("DeleteCertificate", {"certificateHashData": HASH}, {"status": "NotFound"}),
]
REQUESTS += [
    *((version, *case) for version in ("1.6", "2.0.1") for case in OF_CERTIFICATES),
    ("1.6", "ExtendedTriggerMessage", {"requestedMessage": "Heartbeat"}, {"status": "Accepted"}),
    (
        "1.6",
        "GetInstalledCertificateIds",
        {"certificateType": "CentralSystemRootCertificate"},
        {"status": "NotFound"},
    ),
    (
        "1.6",
        "InstallCertificate",
        {"certificateType": "CentralSystemRootCertificate", "certificate": "PEM"},
        {"status": "Failed"},
    ),
    ("2.0.1", "CostUpdated", {"totalCost": 1.5, "transactionId": "x"}, {}),
    ("2.0.1", "GetInstalledCertificateIds", {}, {"status": "NotFound"}),
    (
        "2.0.1",
        "InstallCertificate",
        {"certificateType": "CSMSRootCertificate", "certificate": "PEM"},
        {"status": "Failed"},
    ),
    ("2.0.1", "SetNetworkProfile", {"configurationSlot": 1, "connectionData": NETWORK}, {"status": "Accepted"}),
]
REQUESTS += [("2.1", *case[1:]) for case in REQUESTS if case[0] == "2.0.1"] + NEW_IN_21
ELSEWHERE = {"GetConfiguration", "Reset", "UpdateFirmware"}


@pytest.fixture(params=["1.6", "2.0.1", "2.1"])
async def station(request, csms, monkeypatch):
    monkeypatch.setattr(background, "STEP_S", 0)
    async with SimulatedStation(url=csms.url, identity="CP1", version=request.param, connectors=2) as station:
        await station.boot()
        yield station


def test_every_handler_has_a_request_here():
    for version, dialect in DIALECTS.items():
        assert set(dialect.handlers) - {action for v, action, *_ in REQUESTS if v == version} <= ELSEWHERE


@pytest.mark.parametrize(("version", "action", "payload", "expected"), REQUESTS)
async def test_the_answer_is_the_one_of_the_specification(csms, version, action, payload, expected):
    assert schemas.problem(version, action, payload) is None
    async with SimulatedStation(url=csms.url, identity="CP1", version=version, connectors=2) as station:
        await station.boot()
        answer = await csms.ask(action, payload)
    assert answer[0] == 3
    assert answer[2] == expected
    assert schemas.problem(version, action, answer[2], is_answer=True) is None


async def test_a_remote_start_and_stop_make_a_whole_transaction(csms, station):
    old = station.station.dialect.version == "1.6"
    if old:
        answer = await csms.ask("RemoteStartTransaction", {"connectorId": 2, "idTag": "TAG"})
    else:
        answer = await csms.ask("RequestStartTransaction", {"evseId": 2, "remoteStartId": 77, "idToken": TOKEN})
    assert answer[2] == {"status": "Accepted"}
    await csms.until(lambda: csms.payloads("StartTransaction" if old else "TransactionEvent"))
    await station.wait_until(lambda: station.evse(2).status == "Charging")
    transaction = station.evse(2).transaction
    stop = {"transactionId": transaction.id}
    assert (await csms.ask("RemoteStopTransaction" if old else "RequestStopTransaction", stop))[2][
        "status"
    ] == "Accepted"
    await transaction.ended.wait()
    if old:
        assert csms.payloads("StopTransaction")[0]["reason"] == "Remote"
    else:
        first, *_, last = csms.payloads("TransactionEvent")
        assert first["triggerReason"] == "RemoteStart"
        assert first["transactionInfo"]["remoteStartId"] == 77
        assert (last["triggerReason"], last["transactionInfo"]["stoppedReason"]) == ("RemoteStop", "Remote")


async def test_a_new_password_is_used_at_the_next_connect(csms):
    async with SimulatedStation(url=csms.url, identity="CP1", password="first-password-16") as station:
        await csms.ask("ChangeConfiguration", {"key": "AuthorizationKey", "value": "second-password-16"})
        await station.go_offline()
        await station.reconnect()
    async with SimulatedStation(url=csms.url, identity="CP2", version="2.0.1", password="first-password-16") as station:
        where = {"component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"}}
        await csms.ask("SetVariables", {"setVariableData": [where | {"attributeValue": "second-password-16"}]})
        await station.go_offline()
        await station.reconnect()
    first, second, third, fourth = csms.passwords
    assert len({first, second, third, fourth}) == 4
    assert second == "Basic Q1AxOnNlY29uZC1wYXNzd29yZC0xNg=="


async def test_the_configuration_hides_the_password_and_names_unknown_keys(csms):
    async with SimulatedStation(url=csms.url, identity="CP1"):
        answer = (await csms.ask("GetConfiguration", {"key": ["AuthorizationKey", "Nonsense"]}))[2]
        everything = (await csms.ask("GetConfiguration", {}))[2]
    assert answer == {"configurationKey": [{"key": "AuthorizationKey", "readonly": False}], "unknownKey": ["Nonsense"]}
    assert len(everything["configurationKey"]) > 30
    assert schemas.problem("1.6", "GetConfiguration", everything, is_answer=True) is None


async def test_a_full_report_comes_in_parts_that_join(csms):
    async with SimulatedStation(url=csms.url, identity="CP1", version="2.0.1", connectors=2) as station:
        await csms.ask("GetBaseReport", {"requestId": 5, "reportBase": "FullInventory"})
        await csms.until(lambda: csms.payloads("NotifyReport") and not csms.payloads("NotifyReport")[-1]["tbc"])
        parts = csms.payloads("NotifyReport")
        assert [part["seqNo"] for part in parts] == list(range(len(parts)))
        assert [part["tbc"] for part in parts] == [True] * (len(parts) - 1) + [False]
        assert sum(len(part["reportData"]) for part in parts) == len(station.station.settings) > 40
        assert [p for part in parts if (p := schemas.problem("2.0.1", "NotifyReport", part))] == []


async def test_a_firmware_update_is_told_step_by_step_and_ends_in_the_new_version(csms, station):
    with file_server() as held:
        held.files["/acme-2.4.1.bin"] = b"firmware" * 50_000
        await _update(csms, station, f"{held.url}/acme-2.4.1.bin")
    assert held.ranges == ["bytes=0-262143", "bytes=262144-524287"]


async def _update(csms, station, location):
    if station.station.dialect.version == "1.6":
        answer = await csms.ask("UpdateFirmware", {"location": location, "retrieveDate": SOON})
        assert answer[2] == {}
    else:
        firmware = {"location": location, "retrieveDateTime": SOON}
        answer = await csms.ask("UpdateFirmware", {"requestId": 3, "firmware": firmware})
        assert answer[2] == {"status": "Accepted"}
    expected = ["Downloading", "Downloaded", "Installing", "Installed"]
    if station.station.dialect.version != "1.6":
        expected.insert(3, "InstallRebooting")
    await csms.until(lambda: len(csms.payloads("FirmwareStatusNotification")) == len(expected))
    steps = csms.payloads("FirmwareStatusNotification")
    assert [step["status"] for step in steps] == expected
    boot = csms.payloads("BootNotification")[1]
    assert boot.get("firmwareVersion", boot.get("chargingStation", {}).get("firmwareVersion")) == "acme-2.4.1"


async def test_a_reset_on_idle_waits_for_the_transaction(csms):
    async with SimulatedStation(url=csms.url, identity="CP1", version="2.0.1") as station:
        await station.boot()
        await station.start(token="TAG")
        assert (await csms.ask("Reset", {"type": "OnIdle"}))[2] == {"status": "Scheduled"}
        assert len(csms.sockets) == 1
        await station.stop()
        await csms.until(lambda: len(csms.payloads("BootNotification")) == 2)
    assert csms.payloads("BootNotification")[1]["reason"] == "ScheduledReset"


async def test_availability_changes_after_the_transaction_when_scheduled(csms, station):
    old = station.station.dialect.version == "1.6"
    await station.start(token="TAG")
    request = (
        {"connectorId": 1, "type": "Inoperative"} if old else {"evse": {"id": 1}, "operationalStatus": "Inoperative"}
    )
    assert (await csms.ask("ChangeAvailability", request))[2] == {"status": "Scheduled"}
    await station.stop()
    last = csms.payloads("StatusNotification")[-1]
    assert last.get("status", last.get("connectorStatus")) == "Unavailable"


async def test_an_installed_profile_limits_the_current_and_shows_in_the_composite_schedule(csms, station):
    old = station.station.dialect.version == "1.6"
    if old:
        await csms.ask("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": PROFILE_16})
        answer = (await csms.ask("GetCompositeSchedule", {"connectorId": 1, "duration": 600}))[2]
        schedule = answer["chargingSchedule"]
    else:
        await csms.ask("SetChargingProfile", {"evseId": 1, "chargingProfile": PROFILE_201})
        answer = (await csms.ask("GetCompositeSchedule", {"evseId": 1, "duration": 600}))[2]
        schedule = answer["schedule"]
    assert schedule["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 9.7}]
    await station.plug_in()
    await station.start(token="TAG")
    sample = await station.meter(seconds=60)
    assert sample.current_a == (9.7, 9.7, 9.7)
    station.station.profiles.clear()
    assert (await station.meter(seconds=60)).current_a == (15.94, 15.94, 15.94)


async def test_a_trigger_sends_the_message_asked_for(csms, station):
    await csms.ask("TriggerMessage", {"requestedMessage": "MeterValues"})
    await csms.until(lambda: len(csms.payloads("MeterValues")) == 2)
    assert {m["meterValue"][0]["sampledValue"][0]["context"] for m in csms.payloads("MeterValues")} == {"Trigger"}


async def test_a_reservation_is_held_until_it_is_cancelled_or_expires(csms):
    def words():
        return [p["status"] for p in csms.payloads("StatusNotification") if p["connectorId"] == 1]

    request = {"connectorId": 1, "expiryDate": "2099-01-01T00:00:00Z", "idTag": "TAG", "reservationId": 1}
    async with SimulatedStation(url=csms.url, identity="CP1") as station:
        await station.boot()
        await csms.ask("ReserveNow", request)
        await csms.until(lambda: words() == ["Available", "Reserved"])
        assert (await csms.ask("CancelReservation", {"reservationId": 1}))[2] == {"status": "Accepted"}
        await csms.until(lambda: words() == ["Available", "Reserved", "Available"])
        await csms.ask("ReserveNow", request | {"expiryDate": SOON})
        await csms.until(lambda: words() == ["Available", "Reserved"] * 2 + ["Available"])
