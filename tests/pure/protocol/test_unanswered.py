"""SEND (type 6) and CALLRESULTERROR (type 5): in 2.1 as its text says, in older versions as ever."""

import json

import pytest

from apps.chargers.messages.commands import ClearCache
from apps.chargers.messages.replies import RegistrationStatus
from apps.gateway.protocol.outcomes import AnswerNow, AnswerRefused, CommandFailed, Ignored, Inbound
from tests.pure.protocol.talk import BOOT, NOW, answer, call, connect, read, receive, send

VALUES = {"id": 3, "pending": 0, "basetime": "2026-03-01T11:59:00Z", "data": [{"t": 0, "v": "1"}]}
NOTIFY = "NotifyPeriodicEventStream"


def test_what_is_sent_unanswered_is_taken_in_and_keeps_no_call_open():
    connection = connect("ocpp2.1")

    got = send(connection, NOTIFY, VALUES)

    assert isinstance(got, Inbound)
    assert (got.action, got.is_answered, connection.in_flight) == (NOTIFY, False, 0)
    with pytest.raises(KeyError):
        connection.fail("s1")


@pytest.mark.parametrize(
    ("action", "payload", "ignored"),
    [
        (NOTIFY, VALUES | {"data": []}, Ignored("send-invalid", "s1", NOTIFY, "OccurrenceConstraintViolation", 6)),
        (NOTIFY, {}, Ignored("send-invalid", "s1", NOTIFY, "OccurrenceConstraintViolation", 6)),
        ("Heartbeat", {}, Ignored("send-refused", "s1", "Heartbeat", "NotSupported", 6)),
        ("Nonsense", {}, Ignored("send-refused", "s1", "Nonsense", "NotSupported", 6)),
    ],
)
def test_a_wrong_send_is_noted_and_not_answered(action, payload, ignored):
    assert send(connect("ocpp2.1"), action, payload) == ignored


@pytest.mark.parametrize(
    "text", ['[6,"s1"]', '[6,"s1","NotifyPeriodicEventStream",[]]', '[6,"s1",5,{}]', '[6,7,"Heartbeat",{}]', "[6]"]
)
def test_a_misshapen_send_is_not_answered_either(text):
    got = receive(connect("ocpp2.1"), text)

    assert isinstance(got, Ignored)
    assert (got.reason, got.error_code, got.message_type) == ("send-unreadable", "FormatViolation", 6)


def test_a_station_that_is_not_accepted_sends_in_vain():
    connection = connect("ocpp2.1", registration=RegistrationStatus.PENDING)

    assert send(connection, NOTIFY, VALUES) == Ignored("send-refused", "s1", NOTIFY, "SecurityError", 6)


def test_what_is_only_sent_unanswered_is_refused_as_a_call():
    got = call(connect("ocpp2.1"), NOTIFY, VALUES)

    assert isinstance(got, AnswerNow)
    assert (read(got.text)[0], got.error_code) == (4, "NotSupported")


def test_a_lenient_connection_mends_what_is_sent_too():
    got = send(connect("ocpp2.1", lenient=True), NOTIFY, VALUES | {"id": "3", "mood": "good"})

    assert isinstance(got, Inbound)
    assert got.event.stream_id == 3
    assert set(got.deviations) == {"wrong-type:id", "extra-field:mood"}


def test_nul_characters_and_long_ids_are_named_for_sends_as_for_calls():
    text = json.dumps([6, "s" * 40, NOTIFY, VALUES | {"data": [{"t": 0, "v": "a\0"}]}])

    got = receive(connect("ocpp2.1", lenient=True), text)

    assert isinstance(got, Inbound)
    assert got.event.values[0][1] == "a"
    assert got.deviations == ("nul-character", "message-id-too-long")


def test_an_answer_of_ours_that_is_refused_is_told():
    connection = connect("ocpp2.1")

    got = receive(connection, '[5,"m1","PropertyConstraintViolation","no such status",{}]')

    assert got == AnswerRefused("m1", "PropertyConstraintViolation", "no such status")
    assert isinstance(call(connection, "BootNotification", BOOT["ocpp2.1"]), Inbound)


@pytest.mark.parametrize("text", ['[5,"m1"]', '[5,"m1",7]', '[5,8,"GenericError"]'])
def test_a_misshapen_refusal_is_ignored(text):
    got = receive(connect("ocpp2.1"), text)

    assert isinstance(got, Ignored)
    assert (got.reason, got.message_type) == ("unexpected-answer", 5)


@pytest.mark.parametrize(
    ("payload", "code"), [({}, "OccurrenceConstraintViolation"), ({"status": "Maybe"}, "PropertyConstraintViolation")]
)
def test_an_answer_that_breaks_the_schema_fails_the_command_and_is_refused(payload, code):
    connection = connect("ocpp2.1")
    connection.send_command(ClearCache(), "c1")

    got = answer(connection, "c1", payload)

    assert isinstance(got, CommandFailed)
    assert (got.error_code, read(got.text)[:3]) == (code, [5, "c1", code])
    assert connection.can_send


def test_an_answer_that_is_no_object_is_refused_under_the_id_of_the_command():
    connection = connect("ocpp2.1")
    connection.send_command(ClearCache(), "c1")

    got = receive(connection, '[3,"c1",null]')

    assert isinstance(got, CommandFailed)
    assert read(got.text)[:3] == [5, "c1", "FormatViolation"]


def test_an_error_is_never_refused():
    connection = connect("ocpp2.1")
    connection.send_command(ClearCache(), "c1")

    got = receive(connection, '[4,"c1",17]')

    assert isinstance(got, CommandFailed)
    assert got.text == ""


def test_an_answer_that_nobody_waits_for_is_not_refused():
    assert answer(connect("ocpp2.1"), "c9", {}) == Ignored("unexpected-answer", "c9", message_type=3)


@pytest.mark.parametrize("text", ['[5,"m1","GenericError","",{}]', '[6,"m1","Heartbeat",{}]'])
def test_older_versions_know_neither_type(text):
    assert receive(connect("ocpp1.6"), text) == Ignored("unknown-message-type", "m1")
    got = receive(connect("ocpp2.0.1"), text)
    assert isinstance(got, AnswerNow)
    assert got.error_code == "MessageTypeNotSupported"


@pytest.mark.parametrize("version", ["ocpp1.6", "ocpp2.0.1"])
def test_older_versions_say_nothing_to_an_answer_that_breaks_the_schema(version):
    connection = connect(version)
    connection.send_command(ClearCache(), "c1")

    got = answer(connection, "c1", {"status": "Maybe"})

    assert isinstance(got, CommandFailed)
    assert got.text == ""


def test_too_many_unreadable_sends_in_a_row_close_the_socket():
    connection = connect("ocpp2.1")
    outcomes = [outcome for _ in range(20) for outcome in connection.receive_text("[6]", NOW)]

    assert [type(outcome).__name__ for outcome in outcomes[-2:]] == ["Ignored", "CloseNow"]
