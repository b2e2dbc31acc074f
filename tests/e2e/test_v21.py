"""OCPP 2.1 through the real server: what stations say of streams, the grid, batteries and payments, and what we ask."""

import json
from decimal import Decimal

import pytest

from apps.chargers.messages.charging_profiles import (
    ChargingProfile,
    ChargingSchedule,
    ChargingSchedulePeriod,
    profile_as_json,
)
from apps.chargers.messages.commands.battery_swap import RequestBatterySwap
from apps.chargers.messages.commands.der import ClearDERControl, GetDERControl, SetDERControl
from apps.chargers.messages.commands.dynamic_charging import (
    NotifyAllowedEnergyTransfer,
    UpdateDynamicSchedule,
    UsePriorityCharging,
)
from apps.chargers.messages.commands.smart_charging import SetChargingProfile
from apps.chargers.messages.commands.streams import AdjustPeriodicEventStream, GetPeriodicEventStream
from apps.chargers.models import (
    BatterySwap,
    DerControl,
    DerEvent,
    DerReport,
    PeriodicEventStream,
    PeriodicEventValue,
    Settlement,
    StationDeviation,
    StationNotice,
    WebPayment,
)
from apps.energy.models import InstalledProfile
from apps.gateway.models import JournalEntry
from apps.gateway.simulator.v21 import der, streams
from apps.sessions.models import ChargingSession
from tests.e2e.network import CARD
from tests.support.waiting import eventually

pytestmark = pytest.mark.server
CURVE = {"curveData": [{"x": 1, "y": 2}], "priority": 0, "yUnit": "PctMaxW"}
TOKEN = {"idToken": CARD, "type": "ISO14443"}
T = "2026-03-01T11:59:00Z"


@pytest.fixture
def station(network):
    return network.enrol()


@pytest.fixture
async def charger(network, station):
    async with network.dial(station, version="2.1") as dialled:
        await dialled.boot()
        yield dialled


def journal(network, station, **fields):
    return network.rows(JournalEntry.objects.filter(station_id=station.pk, **fields).order_by("id"))


def deviations(network, station):
    return {row.code for row in network.rows(StationDeviation.objects.filter(station=station))}


# --- streams ------------------------------------------------------------------------------------------


@pytest.mark.ocpp("2.1", "OpenPeriodicEventStream", "ClosePeriodicEventStream", "NotifyPeriodicEventStream")
@pytest.mark.ocpp("2.1", "AdjustPeriodicEventStream", "GetPeriodicEventStream")
async def test_a_stream_is_opened_brings_values_is_adjusted_and_closed(network, station, charger):
    assert await streams.open_stream(charger.station, 3, monitoring_id=7) == {"status": "Accepted"}
    await streams.send_values(charger.station, 3, [(-2, "1.5"), (-1, "2.5")], pending=4)
    await charger.heartbeat()  # what was sent before it is stored by now
    (row,) = network.rows(PeriodicEventStream.objects.filter(station=station))
    assert (row.stream_id, row.variable_monitoring_id, row.interval_s, row.values_per_message) == (3, 7, 60, 2)
    assert (row.is_open, row.last_value, row.pending) == (True, "2.5", 4)
    values = network.rows(PeriodicEventValue.objects.filter(station_id=station.pk).order_by("at"))
    assert [(value.stream_id, value.value) for value in values] == [(3, "1.5"), (3, "2.5")]
    await eventually(lambda: len(journal(network, station, kind="send")) == 1, what="its line in the journal")

    assert (await network.ask(station, AdjustPeriodicEventStream(3, 30))).state == "accepted"
    assert (await network.ask(station, AdjustPeriodicEventStream(4, 30))).state == "rejected"
    (row,) = network.rows(PeriodicEventStream.objects.filter(station=station))
    assert (row.interval_s, row.values_per_message) == (30, 2)

    assert await streams.close_stream(charger.station, 3) == {}
    (row,) = network.rows(PeriodicEventStream.objects.filter(station=station))
    assert (row.is_open, row.closed_at is None) == (False, False)


async def test_what_a_station_lists_as_open_is_what_is_open(network, station, charger):
    await streams.open_stream(charger.station, 1, monitoring_id=1)
    await streams.open_stream(charger.station, 2, monitoring_id=2)
    del charger.station.streams[1]

    listed = await network.ask(station, GetPeriodicEventStream())

    assert (listed.state, listed.explanation) == ("accepted", "The charger answered: One stream is open.")
    rows = network.rows(PeriodicEventStream.objects.filter(station=station).order_by("stream_id"))
    assert [(row.stream_id, row.is_open) for row in rows] == [(1, False), (2, True)]


async def test_values_of_a_stream_that_was_never_opened_are_kept(network, station, charger):
    await streams.send_values(charger.station, 9, [(0, "x")])
    await charger.heartbeat()

    (row,) = network.rows(PeriodicEventStream.objects.filter(station=station))
    assert (row.stream_id, row.variable_monitoring_id, row.last_value) == (9, None, "x")


async def test_a_station_that_opens_too_many_streams_is_told_no(network, station, charger):
    for stream_id in range(100):
        assert (await streams.open_stream(charger.station, stream_id, monitoring_id=1))["status"] == "Accepted"

    refused = await streams.open_stream(charger.station, 100, monitoring_id=1)

    assert (refused["status"], refused["statusInfo"]["reasonCode"]) == ("Rejected", "TooManyStreams")
    assert (await streams.open_stream(charger.station, 99, monitoring_id=2))["status"] == "Accepted"


# --- what is not answered, and answers that are refused ---------------------------------------------------


@pytest.mark.parametrize(
    ("frame", "deviation"),
    [
        ([6, "s1", "NotifyPeriodicEventStream", {"id": 3}], "send-invalid"),
        ([6, "s1", "MeterValues", {}], "send-refused"),
        ([6, "s1", "NotifyPeriodicEventStream"], "send-unreadable"),
        ([5, "m1", "GenericError", "what?", {}], "answer-refused"),
    ],
)
async def test_a_wrong_send_and_a_refused_answer_are_noted_and_not_answered(
    network, station, charger, frame, deviation
):
    heard = len(charger.frames)

    await charger.send_text(json.dumps(frame))
    await charger.heartbeat()

    answers = [one.message for one in charger.frames[heard:] if not one.sent]
    assert [(message[0], list(message[2])) for message in answers] == [(3, ["currentTime"])]
    await eventually(lambda: deviation in deviations(network, station), what=deviation)
    await eventually(lambda: journal(network, station, message_id=frame[1], is_inbound=True), what="its line")


async def test_an_answer_that_breaks_the_schema_is_refused_and_fails_the_command(network, api, station, charger):
    charger.on("ClearCache", {"status": "Maybe"})

    row = await api.command(station.identity, "ClearCache", {})

    assert (row["state"], row["error_code"]) == ("failed", "PropertyConstraintViolation")
    refusal = await charger.expect_frame(lambda frame: not frame.sent and frame.message[0] == 5)
    (sent,) = [frame.message for frame in charger.frames if not frame.sent and frame.action == "ClearCache"]
    assert refusal.message[1:3] == [sent[1], "PropertyConstraintViolation"]
    await eventually(
        lambda: journal(network, station, message_id=sent[1], is_inbound=False, kind="error"), what="its line"
    )
    charger.on("ClearCache", {"status": "Accepted"})
    assert (await api.command(station.identity, "ClearCache", {}))["state"] == "accepted"


# --- distributed energy resources -------------------------------------------------------------------------


@pytest.mark.ocpp("2.1", "SetDERControl", "GetDERControl", "ClearDERControl", "ReportDERControl")
async def test_controls_are_set_reported_and_cleared(network, api, station, charger):
    assert (await network.ask(station, SetDERControl("C1", "VoltVar", CURVE))).state == "accepted"
    gradient = {"priority": 0, "gradient": 1, "softGradient": 2}
    assert (await network.ask(station, SetDERControl("C2", "Gradients", gradient))).state == "accepted"
    rows = network.rows(DerControl.objects.filter(station=station).order_by("control_id"))
    assert [(row.control_id, row.control_type, row.is_default, row.settings) for row in rows] == [
        ("C1", "VoltVar", True, CURVE),
        ("C2", "Gradients", True, gradient),
    ]

    asked = await network.ask(station, GetDERControl(9))
    await api.until(f"commands/{asked.pk}/", state="confirmed")
    (report,) = network.rows(DerReport.objects.filter(station=station))
    assert (report.request_id, report.parts, report.completed_at is None) == (9, 2, False)
    rows = network.rows(DerControl.objects.filter(station=station).order_by("control_id"))
    assert [(row.control_id, row.request_id, row.settings) for row in rows] == [("C1", 9, CURVE), ("C2", 9, gradient)]

    assert (await network.ask(station, ClearDERControl(True, "VoltVar"))).state == "accepted"
    assert [row.control_id for row in network.rows(DerControl.objects.filter(station=station))] == ["C2"]
    assert (await network.ask(station, ClearDERControl(True, "VoltVar"))).state == "rejected"


async def test_a_default_takes_the_place_of_the_one_before(network, station, charger):
    await network.ask(station, SetDERControl("C1", "VoltVar", CURVE))
    await network.ask(station, SetDERControl("C2", "VoltVar", CURVE))

    rows = network.rows(DerControl.objects.filter(station=station).order_by("control_id"))
    assert [(row.control_id, row.is_superseded) for row in rows] == [("C1", True), ("C2", False)]


@pytest.mark.ocpp("2.1", "NotifyDERAlarm", "NotifyDERStartStop")
async def test_alarms_and_starts_are_kept_once(network, station, charger):
    await network.ask(station, SetDERControl("C1", "VoltVar", CURVE))
    alarm = der.alarm(charger.station, "HVMustTrip", "OverVoltage")
    for _ in range(2):
        await charger.call(alarm.action, alarm.payload)
    started = der.start_stop(charger.station, "C1", started=True)
    await charger.call(started.action, started.payload)

    events = network.rows(DerEvent.objects.filter(station=station).order_by("pk"))
    assert [(event.kind, event.control, event.grid_fault) for event in events] == [
        ("alarm", "HVMustTrip", "OverVoltage"),
        ("started", "C1", ""),
    ]
    assert [row.is_running for row in network.rows(DerControl.objects.filter(station=station))] == [True]


# --- batteries --------------------------------------------------------------------------------------------


@pytest.mark.ocpp("2.1", "RequestBatterySwap", "BatterySwap")
async def test_batteries_are_swapped_at_our_wish(network, api, station, charger):
    asked = await network.ask(station, RequestBatterySwap(4, CARD, "ISO14443"))
    row = await api.until(f"commands/{asked.pk}/", state="confirmed")
    assert row["explanation"] == "The batteries were swapped."
    await eventually(lambda: len(network.rows(BatterySwap.objects.filter(station=station))) == 2, what="both batteries")
    rows = network.rows(BatterySwap.objects.filter(station=station).order_by("pk"))
    assert [(b.request_id, b.kind, b.serial_number, b.soc_percent, b.soh_percent, b.token_value) for b in rows] == [
        (4, "BatteryIn", "EMPTY-1", 11.5, 93.0, CARD),
        (4, "BatteryOut", "FULL-1", 98.0, 93.0, CARD),
    ]
    again = {"batteryData": [{"evseId": 1, "serialNumber": "FULL-1", "soC": 98, "soH": 93}], "eventType": "BatteryOut",
             "idToken": TOKEN, "requestId": 4}  # fmt: skip
    await charger.call("BatterySwap", again)
    assert len(network.rows(BatterySwap.objects.filter(station=station))) == 2


# --- payments ---------------------------------------------------------------------------------------------


@pytest.mark.ocpp("2.1", "NotifyWebPaymentStarted", "NotifySettlement", "VatNumberValidation")
async def test_payments_are_kept_once_and_vat_numbers_are_checked(network, station, charger):
    assert await charger.call("NotifyWebPaymentStarted", {"evseId": 1, "timeout": 120}) == {}
    settled = {"pspRef": "P1", "status": "Settled", "settlementAmount": 12.34, "settlementTime": T,
               "transactionId": "T1", "receiptId": "R1"}  # fmt: skip
    for _ in range(2):
        assert await charger.call("NotifySettlement", settled) == {}

    (payment,) = network.rows(WebPayment.objects.filter(station=station))
    assert (payment.evse_number, payment.timeout_s) == (1, 120)
    (row,) = network.rows(Settlement.objects.filter(station=station))
    assert (row.psp_ref, row.status, str(row.amount), row.currency, row.transaction_id) == (
        "P1", "Settled", "12.340000", network.site.currency, "T1",
    )  # fmt: skip
    good = await charger.call("VatNumberValidation", {"vatNumber": "DE136695976", "evseId": 1})
    assert good == {"status": "Accepted", "vatNumber": "DE136695976", "evseId": 1}
    bad = await charger.call("VatNumberValidation", {"vatNumber": "DE136695977"})
    assert (bad["status"], bad["statusInfo"]["reasonCode"]) == ("Rejected", "InvalidFormat")


# --- charging -----------------------------------------------------------------------------------------------


@pytest.mark.ocpp("2.1", "TransactionEvent", "NotifyPriorityCharging", "PullDynamicScheduleUpdate")
@pytest.mark.ocpp("2.1", "UsePriorityCharging", "NotifyAllowedEnergyTransfer")
async def test_a_session_keeps_what_only_2_1_says_of_it(network, api, station, charger):
    await charger.plug_in()
    transaction = await charger.start(token=CARD)
    event = {
        "eventType": "Updated", "timestamp": charger.station.now(), "triggerReason": "OperationModeChanged",
        "seqNo": transaction.next_seq_no(), "evse": {"id": 1, "connectorId": 1},
        "preconditioningStatus": "Ready", "evseSleep": False,
        "transactionInfo": {"transactionId": transaction.id, "operationMode": "CentralSetpoint",
                            "transactionLimit": {"maxEnergy": 20000}, "tariffId": "TA"},
    }  # fmt: skip
    await charger.call("TransactionEvent", event)
    seq_no = event["seqNo"]
    (session,) = network.rows(ChargingSession.objects.filter(station=station))
    assert (session.protocol, session.details) == (
        "ocpp2.1",
        {
            "operation_mode": [seq_no, "CentralSetpoint"],
            "tariff_id": [seq_no, "TA"],
            "limit": [seq_no, {"maxEnergy": 20000}],
            "preconditioning_status": [seq_no, "Ready"],
            "evse_sleep": [seq_no, False],
        },
    )
    assert await charger.call("NotifyPriorityCharging", {"transactionId": transaction.id, "activated": True}) == {}
    (notice,) = network.rows(StationNotice.objects.filter(station=station, kind="priority"))
    assert notice.title == f"Priority charging on: {transaction.id}"
    pulled = await charger.call("PullDynamicScheduleUpdate", {"chargingProfileId": 1})
    assert (pulled["status"], pulled["statusInfo"]["reasonCode"]) == ("Rejected", "NoSchedule")
    assert (await network.ask(station, UsePriorityCharging(transaction.id, True))).status_word == "NoProfile"
    assert (await network.ask(station, NotifyAllowedEnergyTransfer(transaction.id, ("AC_three_phase",)))).state == (
        "accepted"
    )
    assert (await network.ask(station, NotifyAllowedEnergyTransfer("other", ("DC",)))).state == "rejected"


@pytest.mark.ocpp("2.1", "UpdateDynamicSchedule")
async def test_a_dynamic_limit_that_was_taken_is_what_the_charger_is_told_when_it_asks(network, station, charger):
    profile = ChargingProfile(
        7, 0, "TxDefaultProfile", "Dynamic", (ChargingSchedule("A", (ChargingSchedulePeriod(0, Decimal(16)),)),)
    )
    set_profile = SetChargingProfile(1, profile_as_json(profile))
    assert (await network.ask(station, set_profile)).state == "accepted"
    assert (await network.ask(station, UpdateDynamicSchedule(7, {"limit": 9.5}))).state == "accepted"
    (row,) = network.rows(InstalledProfile.objects.filter(station=station))
    assert row.profile.schedule.periods[0].limit == Decimal("9.5")
    pulled = await charger.call("PullDynamicScheduleUpdate", {"chargingProfileId": 7})
    assert pulled == {"status": "Accepted", "scheduleUpdate": {"limit": 9.5}}
    assert (await network.ask(station, UpdateDynamicSchedule(8, {"limit": 1}))).state == "rejected"


@pytest.mark.ocpp("2.1", "GetCertificateChainStatus")
async def test_a_chain_that_nobody_checks_is_said_to_have_failed(charger):
    hashes = {"hashAlgorithm": "SHA256", "issuerNameHash": "a", "issuerKeyHash": "b", "serialNumber": "c"}
    asked = {"certificateHashData": hashes, "source": "OCSP", "urls": ["http://ocsp.example"]}

    answer = await charger.call("GetCertificateChainStatus", {"certificateStatusRequests": [asked]})

    (status,) = answer["certificateStatus"]
    assert (status["certificateHashData"], status["source"], status["status"]) == (hashes, "OCSP", "Failed")
