"""The rules of one connection: ids, order, registration, outstanding calls, garbage (cases 22 to 27, 137 to 148)."""

import pytest

from apps.chargers.messages.commands import ClearCache, GetBaseReport, RawCall, Reset, TriggerMessage
from apps.chargers.messages.events import BootNotified, HeartbeatReceived
from apps.chargers.messages.replies import (
    BootReply,
    HeartbeatReply,
    RegistrationStatus,
    Reply,
    TransactionReply,
)
from apps.chargers.messages.tokens import AuthorizationStatus, IdTokenInfo
from apps.gateway.protocol.connection import Connection, ConnectionState, Limits
from apps.gateway.protocol.errors import CommandNotExpressible, ErrorCode
from apps.gateway.protocol.outcomes import AnswerNow, CloseNow, CommandAnswered, CommandFailed, Ignored, Inbound
from tests.pure.protocol.talk import BOOT, NOW, STATUS, VERSIONS, answer, call, connect, read, receive

START = {"connectorId": 1, "idTag": "TAG", "meterStart": 0, "timestamp": "2026-03-01T12:00:00Z"}
STARTED = TransactionReply(transaction_id=7, info=IdTokenInfo(AuthorizationStatus.ACCEPTED))
HEARTBEAT = '[2,"h1","Heartbeat",{}]'
UNKNOWN_ACTION = '[2,"h1","CustomOperation",{}]'


@pytest.mark.parametrize("version", VERSIONS)
def test_a_call_is_handed_out_and_its_reply_built(version):
    connection = connect(version)

    got = receive(connection, HEARTBEAT)

    assert got == Inbound("h1", "Heartbeat", HeartbeatReceived(), {}, NOW)
    assert connection.in_flight == 1
    assert connection.reply("h1", HeartbeatReply(NOW)) == '[3,"h1",{"currentTime":"2026-03-01T12:00:00.000Z"}]'
    assert connection.in_flight == 0


def test_a_version_that_we_do_not_speak_is_a_key_error():
    with pytest.raises(KeyError):
        Connection("ocpp0.1")


# --- errors


@pytest.mark.parametrize(
    ("version", "text", "answer_text"),
    [
        ("ocpp1.6", "nonsense", '[4,"-1","FormationViolation","The message is not valid JSON.",{}]'),
        ("ocpp2.0.1", "nonsense", '[4,"-1","RpcFrameworkError","The message is not valid JSON.",{}]'),
        ("ocpp2.0.1", '[9,"m",{}]', '[4,"m","MessageTypeNotSupported","The message type is not supported.",{}]'),
        ("ocpp1.6", UNKNOWN_ACTION, '[4,"h1","NotImplemented","The action is unknown.",{}]'),
        ("ocpp2.0.1", UNKNOWN_ACTION, '[4,"h1","NotImplemented","The action is unknown.",{}]'),
    ],
)
def test_what_cannot_be_handled_is_answered_by_the_names_of_the_version(version, text, answer_text):
    got = receive(connect(version), text)

    assert isinstance(got, AnswerNow)
    assert got.text == answer_text
    assert got.error_code == read(answer_text)[2]


def test_an_unknown_message_type_is_ignored_in_1_6():
    assert receive(connect("ocpp1.6"), '[9,"m",{}]') == Ignored("unknown-message-type", "m")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("action", ["Reset", "ClearCache", "CertificateSigned"])
def test_a_known_action_that_is_not_served_is_not_supported(version, action):
    got = call(connect(version), action, {})

    assert isinstance(got, AnswerNow)
    assert read(got.text)[2] == "NotSupported"


def test_only_so_many_unreadable_texts_in_a_row_are_borne():
    connection = connect(limits=Limits(garbage_in_a_row=3))
    for text in ("x", "x", HEARTBEAT, "x", "x"):
        receive(connection, text)

    *_, last = connection.receive_text("x", NOW)

    assert last == CloseNow(1008, "Too many unreadable messages in a row.")
    assert connection.state is ConnectionState.CLOSED
    assert receive(connection, HEARTBEAT) == Ignored("closed")


@pytest.mark.parametrize(("version", "name"), [("ocpp1.6", "FormationViolation"), ("ocpp2.0.1", "FormatViolation")])
def test_a_failure_to_handle_is_said_by_the_names_of_the_version(version, name):
    connection = connect(version)
    receive(connection, HEARTBEAT)

    assert connection.fail("h1", ErrorCode.FORMAT_VIOLATION, "why") == f'[4,"h1","{name}","why",{{}}]'
    assert connection.in_flight == 0


# --- repeated ids


def test_a_call_in_flight_is_not_handed_out_twice():
    connection = connect()
    call(connection, "StartTransaction", START)

    assert call(connection, "StartTransaction", START) == Ignored(
        "duplicate-in-flight", "m1", "StartTransaction", message_type=2
    )
    assert connection.in_flight == 1


def test_a_repeated_call_has_the_same_answer_again():
    connection = connect()
    call(connection, "StartTransaction", START)
    first = connection.reply("m1", STARTED)

    again = call(connection, "StartTransaction", START)

    assert again == AnswerNow(first, "repeated", "m1", "StartTransaction")
    assert connection.in_flight == 0


def test_an_answered_id_with_another_payload_is_a_new_call():
    connection = connect()
    call(connection, "StartTransaction", START)
    connection.reply("m1", STARTED)

    assert isinstance(call(connection, "StartTransaction", START | {"connectorId": 2}), Inbound)


@pytest.mark.parametrize("action", ["Heartbeat", "BootNotification"])
def test_answers_that_age_are_made_anew_for_a_charger_that_always_uses_one_id(action):
    connection = connect()
    payload = BOOT["ocpp1.6"] if action == "BootNotification" else {}
    reply = BootReply(RegistrationStatus.ACCEPTED, NOW, 60) if action == "BootNotification" else HeartbeatReply(NOW)
    call(connection, action, payload)
    connection.reply("m1", reply)

    assert isinstance(call(connection, action, payload), Inbound)


def test_a_failed_call_is_handled_anew_when_it_is_repeated():
    connection = connect()
    call(connection, "StartTransaction", START)
    connection.fail("m1")

    assert isinstance(call(connection, "StartTransaction", START), Inbound)


def test_only_the_last_answers_are_remembered():
    connection = connect(limits=Limits(remembered_answers=2))
    for message_id in ("a", "b", "c"):
        call(connection, "StartTransaction", START, message_id)
        connection.reply(message_id, STARTED)

    assert isinstance(call(connection, "StartTransaction", START, "c"), AnswerNow)
    assert isinstance(call(connection, "StartTransaction", START, "b"), AnswerNow)
    assert isinstance(call(connection, "StartTransaction", START, "a"), Inbound)


def test_pipelined_calls_are_all_handed_out_in_order():
    connection = connect()
    ids = [call(connection, "Heartbeat", {}, message_id).message_id for message_id in ("a", "b", "c")]

    assert ids == ["a", "b", "c"]
    assert connection.in_flight == 3


def test_replying_to_a_call_that_is_not_in_flight_is_a_key_error():
    with pytest.raises(KeyError):
        connect().reply("m1", Reply())


# --- registration


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("status", [RegistrationStatus.PENDING, RegistrationStatus.REJECTED])
def test_a_station_that_is_not_accepted_may_only_boot(version, status):
    connection = connect(version, registration=status)

    refusal = call(connection, "StatusNotification", STATUS[version])
    boot = call(connection, "BootNotification", BOOT[version], "m2")

    assert isinstance(refusal, AnswerNow)
    assert refusal.error_code == "SecurityError"
    assert isinstance(boot, Inbound)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_station_that_was_never_told_may_speak_before_it_boots(version):
    assert isinstance(call(connect(version), "StatusNotification", STATUS[version]), Inbound)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_answer_to_a_boot_opens_and_closes_the_gate(version):
    connection = connect(version)
    for status, outcome in ((RegistrationStatus.PENDING, AnswerNow), (RegistrationStatus.ACCEPTED, Inbound)):
        boot = call(connection, "BootNotification", BOOT[version], f"boot-{status}")
        assert isinstance(boot, Inbound)
        assert isinstance(boot.event, BootNotified)
        connection.reply(boot.message_id, BootReply(status, NOW, 30))

        assert isinstance(call(connection, "StatusNotification", STATUS[version], f"status-{status}"), outcome)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_pending_station_may_send_what_it_was_triggered_to_send(version):
    connection = connect(version, registration=RegistrationStatus.PENDING)
    connection.send_command(TriggerMessage("StatusNotification"), "t1")
    assert isinstance(call(connection, "StatusNotification", STATUS[version]), AnswerNow)
    answer(connection, "t1", {"status": "Accepted"})

    assert isinstance(call(connection, "StatusNotification", STATUS[version]), Inbound)
    assert isinstance(call(connection, "Heartbeat", {}, "m2"), AnswerNow)


def test_a_pending_station_may_send_the_report_it_was_asked_for():
    connection = connect("ocpp2.0.1", registration=RegistrationStatus.PENDING)
    connection.send_command(GetBaseReport(request_id=5), "t1")
    answer(connection, "t1", {"status": "Accepted"})
    report = {"requestId": 5, "generatedAt": "2026-03-01T12:00:00Z", "seqNo": 0}

    assert isinstance(call(connection, "NotifyReport", report), Inbound)


# --- our calls


@pytest.mark.parametrize("version", VERSIONS)
def test_one_call_of_ours_waits_for_its_answer_before_the_next(version):
    connection = connect(version)
    sent = connection.send_command(ClearCache(), "c1")

    assert sent.text == '[2,"c1","ClearCache",{}]'
    assert (connection.can_send, connection.outstanding) == (False, sent)
    with pytest.raises(RuntimeError):
        connection.send_command(ClearCache(), "c2")

    got = answer(connection, "c1", {"status": "Accepted"})

    assert isinstance(got, CommandAnswered)
    assert (got.result.accepted, got.result.status, got.payload) == (True, "Accepted", {"status": "Accepted"})
    assert connection.can_send


def test_calls_that_cross_are_both_answered():
    connection = connect()
    connection.send_command(ClearCache(), "same")
    assert isinstance(call(connection, "Heartbeat", {}, "same"), Inbound)

    assert isinstance(answer(connection, "same", {"status": "Accepted"}), CommandAnswered)
    assert read(connection.reply("same", HeartbeatReply(NOW)))[0] == 3


def test_an_error_of_the_charger_fails_the_command_and_frees_the_way():
    connection = connect()
    connection.send_command(ClearCache(), "c1")

    got = receive(connection, '[4,"c1","NotSupported","no cache",{"a":1}]')

    assert got == CommandFailed("c1", "ClearCache", "NotSupported", "no cache", {"a": 1})
    assert connection.can_send


@pytest.mark.parametrize(
    ("version", "text", "code"),
    [
        ("ocpp1.6", '[3,"c1",{}]', "OccurenceConstraintViolation"),
        ("ocpp2.0.1", '[3,"c1",{}]', "OccurrenceConstraintViolation"),
        ("ocpp1.6", '[3,"c1",{"status":"Maybe"}]', "PropertyConstraintViolation"),
        ("ocpp1.6", '[3,"c1",null]', "FormationViolation"),
        ("ocpp2.0.1", '[3,"c1"]', "FormatViolation"),
    ],
)
def test_an_invalid_answer_fails_that_command_only(version, text, code):
    connection = connect(version)
    connection.send_command(ClearCache(), "c1")

    got = receive(connection, text)

    assert isinstance(got, CommandFailed)
    assert (got.message_id, got.error_code, got.message_type) == ("c1", code, 3)
    assert connection.can_send


def test_the_1_6_field_in_a_2_0_1_answer_fails_that_command_only():
    connection = connect("ocpp2.0.1")
    connection.send_command(RawCall("GetLocalListVersion", {}), "c1")

    got = answer(connection, "c1", {"listVersion": 3})

    assert isinstance(got, CommandFailed)
    assert got.error_code == "FormatViolation"
    assert got.description == "listVersion: is not a field of this message"
    assert connection.can_send


def test_a_lenient_connection_takes_an_answer_with_surplus_fields():
    connection = connect("ocpp2.0.1", lenient=True)
    connection.send_command(ClearCache(), "c1")

    got = answer(connection, "c1", {"status": "Accepted", "note": "hi"})

    assert isinstance(got, CommandAnswered)
    assert got.deviations == ("extra-field:note",)


@pytest.mark.parametrize("text", ['[3,"x",{}]', '[4,"x","GenericError","",{}]', '[3,"x",5]'])
def test_an_answer_nobody_waits_for_is_ignored(text):
    got = receive(connect(), text)

    assert isinstance(got, Ignored)
    assert (got.reason, got.message_id) == ("unexpected-answer", "x")


def test_a_late_answer_is_ignored_and_named():
    connection = connect()
    connection.send_command(Reset(), "c1")
    assert connection.time_out("c1") is True
    assert connection.time_out("c1") is False
    assert connection.can_send

    assert answer(connection, "c1", {"status": "Accepted"}) == Ignored("late-answer", "c1", "Reset", "", 3)


def test_a_late_answer_does_not_settle_the_call_that_waits_now():
    connection = connect()
    connection.send_command(Reset(), "c1")
    connection.time_out("c1")
    connection.send_command(ClearCache(), "c2")

    assert isinstance(answer(connection, "c1", {"status": "Accepted"}), Ignored)
    assert not connection.can_send


def test_a_command_that_fits_no_schema_is_not_sent():
    connection = connect()

    with pytest.raises(CommandNotExpressible, match="type: must be one of Hard, Soft"):
        connection.send_command(RawCall("Reset", {"type": "Warm"}), "c1")
    assert connection.can_send
