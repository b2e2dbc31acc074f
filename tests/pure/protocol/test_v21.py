"""OCPP 2.1: what is new in it. Each action becomes its event, each reply its payload, each command its call."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from apps.chargers.messages.commands import RawCall
from apps.chargers.messages.commands.battery_swap import RequestBatterySwap
from apps.chargers.messages.commands.der import ClearDERControl, GetDERControl, SetDERControl
from apps.chargers.messages.commands.dynamic_charging import (
    AFRRSignal,
    NotifyAllowedEnergyTransfer,
    UpdateDynamicSchedule,
    UsePriorityCharging,
)
from apps.chargers.messages.commands.streams import AdjustPeriodicEventStream, GetPeriodicEventStream
from apps.chargers.messages.events import TransactionDetails
from apps.chargers.messages.events.battery_swap import BatteriesSwapped, Battery
from apps.chargers.messages.events.certificate_chains import CertificateChainStatusAsked, CertificateQuestion
from apps.chargers.messages.events.der import (
    DerAlarmRaised,
    DerControl,
    DerControlKept,
    DerControlsCleared,
    DerControlsReported,
    DerControlSwitched,
)
from apps.chargers.messages.events.dynamic_charging import DynamicScheduleAsked, PriorityChargingNotified
from apps.chargers.messages.events.payments import SettlementNotified, VatNumberAsked, WebPaymentStarted
from apps.chargers.messages.events.streams import (
    Stream,
    StreamAdjusted,
    StreamClosed,
    StreamOpened,
    StreamsListed,
    StreamValuesReported,
)
from apps.chargers.messages.replies import (
    AuthorizeReply,
    CertificateChainStatusReply,
    DynamicScheduleReply,
    Reply,
    SettlementReply,
    TransactionReply,
    VatNumberReply,
    VerdictReply,
)
from apps.chargers.messages.tokens import AuthorizationStatus, IdToken, IdTokenInfo
from apps.gateway.protocol.adapter import adapter_for
from apps.gateway.protocol.outcomes import CommandAnswered, Inbound
from tests.pure.protocol.talk import NOW, answer, call, connect, read, send

AT = datetime(2026, 3, 1, 11, 59, tzinfo=UTC)
T = "2026-03-01T11:59:00Z"
TOKEN = {"idToken": "0" * 40, "type": "DirectPayment"}
STREAM = {"id": 3, "variableMonitoringId": 7, "params": {"interval": 60, "values": 5}}
ALARM = {"controlType": "HVMustTrip", "timestamp": T}
BATTERY = {"evseId": 2, "serialNumber": "B-1", "soC": 11.5, "soH": 93}
SWAP = {"batteryData": [BATTERY], "eventType": "BatteryIn", "idToken": TOKEN, "requestId": 4}
FULL_BATTERY = BATTERY | {"productionDate": "2025-01-01T00:00:00Z", "vendorInfo": "x"}
SETTLED = {"pspRef": "P1", "status": "Settled", "settlementAmount": 12.345, "settlementTime": T}
COMPANY = {"name": "ACME", "address1": "Street 1", "city": "Bremen", "country": "Germany"}
HASHES = {"hashAlgorithm": "SHA256", "issuerNameHash": "a", "issuerKeyHash": "b", "serialNumber": "c"}
CHAIN = {"certificateStatusRequests": [{"certificateHashData": HASHES, "source": "OCSP", "urls": ["http://ocsp"]}]}
QUESTION = CertificateQuestion("SHA256", "a", "b", "c", "OCSP", ("http://ocsp",))
CURVE = {"curveData": [{"x": 1, "y": 2}], "priority": 0, "yUnit": "PctMaxW"}
FIXED_PF = {"priority": 1, "displacement": 0.9, "excitation": True}
GRADIENT = {"priority": 0, "gradient": 1, "softGradient": 2}
EVENT = {
    "eventType": "Updated",
    "timestamp": T,
    "triggerReason": "RunningCost",
    "seqNo": 3,
    "transactionInfo": {"transactionId": "T1"},
}


@pytest.mark.parametrize(
    ("action", "payload", "event"),
    [
        ("OpenPeriodicEventStream", {"constantStreamData": STREAM}, StreamOpened(Stream(3, 7, 60, 5))),
        ("OpenPeriodicEventStream", {"constantStreamData": STREAM | {"params": {}}}, StreamOpened(Stream(3, 7))),
        ("ClosePeriodicEventStream", {"id": 3}, StreamClosed(3)),
        ("NotifyDERAlarm", ALARM, DerAlarmRaised("HVMustTrip", AT)),
        ("NotifyDERAlarm", ALARM | {"gridEventFault": "OverVoltage", "alarmEnded": True, "extraInfo": "x"},
         DerAlarmRaised("HVMustTrip", AT, "OverVoltage", True, "x")),
        ("NotifyDERStartStop", {"controlId": "C1", "started": True, "timestamp": T, "supersededIds": ["C0"]},
         DerControlSwitched("C1", True, AT, ("C0",))),
        ("ReportDERControl", {"requestId": 9}, DerControlsReported(9, False)),
        ("ReportDERControl",
         {"requestId": 9, "tbc": True,
          "curve": [{"id": "C1", "curveType": "VoltVar", "isDefault": True, "isSuperseded": True, "curve": CURVE}],
          "fixedPFInject": [{"id": "C2", "isDefault": False, "isSuperseded": False, "fixedPF": FIXED_PF}],
          "gradient": [{"id": "C3", "gradient": GRADIENT}]},
         DerControlsReported(9, True, (
             DerControl("C1", "VoltVar", CURVE, is_default=True, is_superseded=True),
             DerControl("C2", "FixedPFInject", FIXED_PF),
             DerControl("C3", "Gradients", GRADIENT, is_default=True)))),
        ("BatterySwap", SWAP, BatteriesSwapped(
            4, "BatteryIn", IdToken("0" * 40, "DirectPayment"), (Battery(2, "B-1", 11.5, 93),))),
        ("BatterySwap", SWAP | {"batteryData": [FULL_BATTERY], "eventType": "BatteryOutTimeout"}, BatteriesSwapped(
            4, "BatteryOutTimeout", IdToken("0" * 40, "DirectPayment"),
            (Battery(2, "B-1", 11.5, 93, "2025-01-01T00:00:00Z", "x"),))),
        ("NotifyWebPaymentStarted", {"evseId": 1, "timeout": 120}, WebPaymentStarted(1, 120)),
        ("VatNumberValidation", {"vatNumber": "DE136695976", "evseId": 1}, VatNumberAsked("DE136695976", 1)),
        ("NotifySettlement", SETTLED, SettlementNotified("P1", "Settled", Decimal("12.345"), AT)),
        ("NotifySettlement",
         SETTLED | {"transactionId": "T1", "statusInfo": "i", "receiptId": "R", "receiptUrl": "https://r",
                    "vatNumber": "DE1", "vatCompany": COMPANY},
         SettlementNotified("P1", "Settled", Decimal("12.345"), AT, "T1", "i", "R", "https://r", "DE1", COMPANY)),
        ("NotifyPriorityCharging", {"transactionId": "T1", "activated": True}, PriorityChargingNotified("T1", True)),
        ("PullDynamicScheduleUpdate", {"chargingProfileId": 5}, DynamicScheduleAsked(5)),
        ("GetCertificateChainStatus", CHAIN, CertificateChainStatusAsked((QUESTION,))),
    ],
)  # fmt: skip
def test_a_new_action_becomes_its_event(action, payload, event):
    got = call(connect("ocpp2.1"), action, payload)

    assert isinstance(got, Inbound), got
    assert got.event == event
    assert got.deviations == ()


@pytest.mark.ocpp("2.1", "NotifyPeriodicEventStream")
def test_values_of_a_stream_stand_at_their_instant():
    data = [{"t": 0, "v": "1"}, {"t": 2.5, "v": "2"}, {"t": -60, "v": "0"}]

    got = send(connect("ocpp2.1"), "NotifyPeriodicEventStream", {"id": 3, "pending": 4, "basetime": T, "data": data})

    values = ((AT, "1"), (AT + timedelta(seconds=2.5), "2"), (AT - timedelta(seconds=60), "0"))
    assert isinstance(got, Inbound)
    assert got.event == StreamValuesReported(3, 4, values)
    assert (got.message_type, got.is_answered) == (6, False)


def test_an_offset_that_no_clock_can_mean_is_replaced_by_the_receipt_and_named():
    payload = {"id": 3, "pending": 0, "basetime": T, "data": [{"t": 1e18, "v": "1"}]}

    got = send(connect("ocpp2.1"), "NotifyPeriodicEventStream", payload)

    assert isinstance(got, Inbound)
    assert (got.event.values, got.deviations) == (((NOW, "1"),), ("timestamp-impossible",))


def test_what_only_2_1_says_of_a_transaction_is_kept():
    limit = {"maxCost": 20, "maxSoC": 80}
    costs = {
        "totalCost": {"currency": "EUR", "typeOfCost": "NormalCost", "total": {"inclTax": 4.2}},
        "totalUsage": {"energy": 1.5, "chargingTime": 60, "idleTime": 0},
    }
    info = {"transactionId": "T1", "operationMode": "ChargingOnly", "tariffId": "TA", "transactionLimit": limit}
    payload = EVENT | {
        "transactionInfo": info, "costDetails": costs, "preconditioningStatus": "Ready", "evseSleep": True,
        "idToken": TOKEN,
    }  # fmt: skip

    got = call(connect("ocpp2.1"), "TransactionEvent", payload)

    assert isinstance(got, Inbound), got
    assert got.event.details == TransactionDetails("ChargingOnly", "TA", limit, costs, "Ready", True)
    assert (got.event.trigger_reason, got.event.id_token) == ("RunningCost", IdToken("0" * 40, "DirectPayment"))


def test_an_event_that_says_nothing_new_carries_nothing_new():
    assert call(connect("ocpp2.1"), "TransactionEvent", EVENT).event.details is None


def test_new_measurands_are_kept_under_their_names():
    sampled = [
        {"value": 80, "measurand": "Display.TargetSOC", "unitOfMeasure": {"unit": "Percent"}},
        {"value": 2, "measurand": "Power.Active.Setpoint", "unitOfMeasure": {"unit": "kW"}},
        {"value": 30, "measurand": "Energy.Active.Setpoint.Interval", "location": "Upstream"},
        {"value": 1, "measurand": "Display.ChargingComplete"},
        {"value": 16, "measurand": "Current.Import.Offered", "phase": "L1"},
    ]
    payload = {"evseId": 1, "meterValue": [{"timestamp": T, "sampledValue": sampled}]}

    got = call(connect("ocpp2.1"), "MeterValues", payload)

    assert isinstance(got, Inbound), got
    assert got.event.readings[0].other == {
        "Display.TargetSOC": 80,
        "Power.Active.Setpoint": 2000,
        "Energy.Active.Setpoint.Interval/Upstream": 30,
        "Display.ChargingComplete": 1,
        "Current.Import.Offered/L1": 16,
    }
    assert got.deviations == ()


LONG = IdTokenInfo(AuthorizationStatus.ACCEPTED, group_id="G" * 300, personal_message="m" * 2000)
LONG_SAID = {
    "status": "Accepted",
    "groupIdToken": {"idToken": "G" * 255, "type": "Central"},
    "personalMessage": {"format": "UTF8", "content": "m" * 1024},
}
STATUS_SAID = {"certificateHashData": HASHES, "source": "OCSP", "status": "Failed", "nextUpdate": f"{T[:-1]}.000Z"}


@pytest.mark.parametrize(
    ("action", "payload", "reply", "said"),
    [
        ("Authorize", {"idToken": TOKEN}, AuthorizeReply(LONG), {"idTokenInfo": LONG_SAID}),
        ("TransactionEvent", EVENT, TransactionReply(info=LONG, total_cost=Decimal("4.2")),
         {"totalCost": 4.2, "idTokenInfo": LONG_SAID}),
        ("OpenPeriodicEventStream", {"constantStreamData": STREAM}, VerdictReply(True), {"status": "Accepted"}),
        ("OpenPeriodicEventStream", {"constantStreamData": STREAM}, VerdictReply(False, "TooMany", "No."),
         {"status": "Rejected", "statusInfo": {"reasonCode": "TooMany", "additionalInfo": "No."}}),
        ("ClosePeriodicEventStream", {"id": 3}, Reply(), {}),
        ("NotifyDERAlarm", ALARM, Reply(), {}),
        ("NotifyDERStartStop", {"controlId": "C1", "started": True, "timestamp": T}, Reply(), {}),
        ("ReportDERControl", {"requestId": 9}, Reply(), {}),
        ("BatterySwap", SWAP, Reply(), {}),
        ("NotifyWebPaymentStarted", {"evseId": 1, "timeout": 120}, Reply(), {}),
        ("VatNumberValidation", {"vatNumber": "X"}, VatNumberReply(False, "InvalidFormat", "No.", vat_number="X"),
         {"status": "Rejected", "vatNumber": "X",
          "statusInfo": {"reasonCode": "InvalidFormat", "additionalInfo": "No."}}),
        ("VatNumberValidation", {"vatNumber": "X"},
         VatNumberReply(True, vat_number="X", evse_id=1, company=COMPANY),
         {"status": "Accepted", "vatNumber": "X", "evseId": 1, "company": COMPANY}),
        ("NotifySettlement", SETTLED, SettlementReply(), {}),
        ("NotifySettlement", SETTLED, SettlementReply("R", "https://r"),
         {"receiptId": "R", "receiptUrl": "https://r"}),
        ("NotifyPriorityCharging", {"transactionId": "T1", "activated": True}, Reply(), {}),
        ("PullDynamicScheduleUpdate", {"chargingProfileId": 5}, DynamicScheduleReply(False, "NoSchedule"),
         {"status": "Rejected", "statusInfo": {"reasonCode": "NoSchedule"}}),
        ("PullDynamicScheduleUpdate", {"chargingProfileId": 5}, DynamicScheduleReply(True, update={"limit": 16.0}),
         {"status": "Accepted", "scheduleUpdate": {"limit": 16.0}}),
        ("GetCertificateChainStatus", CHAIN, CertificateChainStatusReply(((QUESTION, "Failed", AT),)),
         {"certificateStatus": [STATUS_SAID]}),
    ],
)  # fmt: skip
def test_a_reply_becomes_a_payload_that_its_schema_allows(action, payload, reply, said):
    connection = connect("ocpp2.1")
    call(connection, action, payload)

    message_type, _, got = read(connection.reply("m1", reply))

    assert (message_type, got) == (3, said)
    assert connection._adapter.schemas.check_response(action, got) == ()


@pytest.mark.parametrize(
    ("command", "action", "payload"),
    [
        (AdjustPeriodicEventStream(3, 30), "AdjustPeriodicEventStream", {"id": 3, "params": {"interval": 30}}),
        (AdjustPeriodicEventStream(3, values=9), "AdjustPeriodicEventStream", {"id": 3, "params": {"values": 9}}),
        (GetPeriodicEventStream(), "GetPeriodicEventStream", {}),
        (SetDERControl("C1", "VoltVar", CURVE), "SetDERControl",
         {"isDefault": True, "controlId": "C1", "controlType": "VoltVar", "curve": CURVE}),
        (SetDERControl("C2", "FixedPFInject", FIXED_PF, is_default=False), "SetDERControl",
         {"isDefault": False, "controlId": "C2", "controlType": "FixedPFInject", "fixedPFInject": FIXED_PF}),
        (SetDERControl("C3", "Gradients", GRADIENT), "SetDERControl",
         {"isDefault": True, "controlId": "C3", "controlType": "Gradients", "gradient": GRADIENT}),
        (GetDERControl(9), "GetDERControl", {"requestId": 9}),
        (GetDERControl(9, False, "VoltVar", "C1"), "GetDERControl",
         {"requestId": 9, "isDefault": False, "controlType": "VoltVar", "controlId": "C1"}),
        (ClearDERControl(True), "ClearDERControl", {"isDefault": True}),
        (ClearDERControl(False, control_id="C1"), "ClearDERControl", {"isDefault": False, "controlId": "C1"}),
        (RequestBatterySwap(4, "TAG"), "RequestBatterySwap",
         {"requestId": 4, "idToken": {"idToken": "TAG", "type": "Central"}}),
        (UsePriorityCharging("T1", True), "UsePriorityCharging", {"transactionId": "T1", "activate": True}),
        (UpdateDynamicSchedule(5, {"limit": 16.0}), "UpdateDynamicSchedule",
         {"chargingProfileId": 5, "scheduleUpdate": {"limit": 16.0}}),
        (AFRRSignal(T, -3), "AFRRSignal", {"timestamp": T, "signal": -3}),
        (NotifyAllowedEnergyTransfer("T1", ("AC_three_phase", "DC_BPT")), "NotifyAllowedEnergyTransfer",
         {"transactionId": "T1", "allowedEnergyTransfer": ["AC_three_phase", "DC_BPT"]}),
        (RawCall("GetTariffs", {"evseId": 0}), "GetTariffs", {"evseId": 0}),
    ],
)  # fmt: skip
@pytest.mark.ocpp(
    "2.1", "AFRRSignal", "AdjustPeriodicEventStream", "ClearDERControl", "GetDERControl", "GetPeriodicEventStream",
    "NotifyAllowedEnergyTransfer", "RequestBatterySwap", "SetDERControl", "UpdateDynamicSchedule",
    "UsePriorityCharging",
)  # fmt: skip
def test_a_command_is_said_in_2_1(command, action, payload):
    sent = connect("ocpp2.1").send_command(command, "c1")

    assert (sent.action, sent.payload) == (action, payload)


def learnt(command, response):
    connection = connect("ocpp2.1")
    connection.send_command(command, "c1")
    got = answer(connection, "c1", response)
    assert isinstance(got, CommandAnswered), got
    return got.result.learnt


@pytest.mark.parametrize(
    ("command", "response", "lesson"),
    [
        (AdjustPeriodicEventStream(3, 30), {"status": "Accepted"}, (StreamAdjusted(3, 30, None),)),
        (AdjustPeriodicEventStream(3, 30), {"status": "Rejected"}, ()),
        (GetPeriodicEventStream(), {}, (StreamsListed(()),)),
        (GetPeriodicEventStream(), {"constantStreamData": [STREAM]}, (StreamsListed((Stream(3, 7, 60, 5),)),)),
        (SetDERControl("C1", "VoltVar", CURVE), {"status": "Accepted", "supersededIds": ["C0"]},
         (DerControlKept(DerControl("C1", "VoltVar", CURVE, is_default=True), ("C0",)),)),
        (SetDERControl("C1", "VoltVar", CURVE), {"status": "NotSupported"}, ()),
        (ClearDERControl(True, "VoltVar"), {"status": "Accepted"}, (DerControlsCleared(True, "VoltVar"),)),
        (ClearDERControl(True, "VoltVar"), {"status": "NotFound"}, ()),
        (RawCall("ClearDERControl", {"isDefault": False, "controlId": "C1"}), {"status": "Accepted"},
         (DerControlsCleared(False, "", "C1"),)),
    ],
)  # fmt: skip
def test_an_agreement_teaches(command, response, lesson):
    assert learnt(command, response) == lesson


def test_a_report_that_was_asked_for_may_come_while_the_station_is_pending():
    assert adapter_for("ocpp2.1").invited_by("GetDERControl", {"requestId": 1}) == {"ReportDERControl"}
