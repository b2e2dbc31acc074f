"""Messages on the display, in the words of 2.0.1."""

from datetime import UTC, datetime

import pytest

from apps.chargers.messages.commands import RawCall
from apps.chargers.messages.commands.display import (
    ClearDisplayMessage,
    DisplayMessageAnswered,
    DisplayMessageCleared,
    DisplayReadAnswered,
    GetDisplayMessages,
    SetDisplayMessage,
)
from apps.chargers.messages.display import DisplayContent, DisplayText
from apps.chargers.messages.events.display import DisplayMessagesNotified
from apps.chargers.messages.replies import Reply
from apps.gateway.protocol.errors import CommandNotExpressible
from apps.gateway.protocol.v201.display import read_message
from tests.pure.protocol.talk import answer, call, connect, read

VERSIONS_2 = pytest.mark.parametrize("version", ["ocpp2.0.1", "ocpp2.1"])
START, END = "2026-03-01T12:00:00Z", "2026-03-01T13:00:00Z"
MESSAGE = {
    "id": 7, "priority": "InFront", "message": {"format": "UTF8", "content": "Hello", "language": "en"},
    "state": "Charging", "startDateTime": START, "endDateTime": END, "transactionId": "TX",
}  # fmt: skip
CONTENT = DisplayContent(
    7, "InFront", DisplayText("Hello", "UTF8", "en"), "Charging",
    datetime(2026, 3, 1, 12, 0, tzinfo=UTC), datetime(2026, 3, 1, 13, 0, tzinfo=UTC), "TX",
)  # fmt: skip


@pytest.mark.parametrize(
    ("command", "sent"),
    [
        (SetDisplayMessage(7, "Hello", "InFront", "UTF8", "en", "Charging", START, END, "TX"),
         ["SetDisplayMessage", {"message": MESSAGE}]),
        (SetDisplayMessage(7, "Hello"),
         ["SetDisplayMessage", {"message": {"id": 7, "priority": "NormalCycle",
                                            "message": {"format": "UTF8", "content": "Hello"}}}]),
        (GetDisplayMessages(3), ["GetDisplayMessages", {"requestId": 3}]),
        (GetDisplayMessages(3, (1, 2), "InFront", "Idle"),
         ["GetDisplayMessages", {"requestId": 3, "id": [1, 2], "priority": "InFront", "state": "Idle"}]),
        (ClearDisplayMessage(7), ["ClearDisplayMessage", {"id": 7}]),
    ],
)  # fmt: skip
@VERSIONS_2
@pytest.mark.ocpp(None, "SetDisplayMessage", "GetDisplayMessages", "ClearDisplayMessage")
def test_what_is_asked_of_a_display(version, command, sent):
    assert read(connect(version).send_command(command, "m").text)[2:] == sent
    with pytest.raises(CommandNotExpressible):
        connect("ocpp1.6").send_command(command, "m")


def result(version, action, payload, response):
    connection = connect(version)
    connection.send_command(RawCall(action, payload), "m")
    return answer(connection, "m", response).result


@pytest.mark.parametrize(
    "status",
    ["Accepted", "NotSupportedMessageFormat", "NotSupportedPriority", "NotSupportedState", "Rejected",
     "UnknownTransaction"],
)  # fmt: skip
@VERSIONS_2
@pytest.mark.ocpp(None, "SetDisplayMessage")
def test_the_answer_teaches_what_is_shown(version, status):
    got = result(version, "SetDisplayMessage", {"message": MESSAGE}, {"status": status})
    accepted = status == "Accepted"
    assert (got.accepted, got.status) == (accepted, status)
    assert got.learnt == (DisplayMessageAnswered(CONTENT, accepted, status),)


@pytest.mark.parametrize(
    ("payload", "status", "learnt"),
    [
        ({"requestId": 3}, "Accepted", DisplayReadAnswered(3, True, False)),
        ({"requestId": 3}, "Unknown", DisplayReadAnswered(3, False, False)),
        ({"requestId": 3, "id": [1], "priority": "InFront", "state": "Idle"}, "Unknown",
         DisplayReadAnswered(3, False, True, (1,), "InFront", "Idle")),
    ],
)  # fmt: skip
@VERSIONS_2
@pytest.mark.ocpp(None, "GetDisplayMessages")
def test_the_answer_to_a_reading(version, payload, status, learnt):
    got = result(version, "GetDisplayMessages", payload, {"status": status})
    assert (got.accepted, got.learnt) == (status == "Accepted", (learnt,))


@pytest.mark.parametrize("status", ["Accepted", "Unknown"])
@VERSIONS_2
@pytest.mark.ocpp(None, "ClearDisplayMessage")
def test_the_answer_to_a_clearing(version, status):
    got = result(version, "ClearDisplayMessage", {"id": 7}, {"status": status})
    assert got.learnt == (DisplayMessageCleared(7, status == "Accepted", status),)


@pytest.mark.parametrize(
    ("payload", "event"),
    [
        ({"requestId": 3, "messageInfo": [MESSAGE], "tbc": True}, DisplayMessagesNotified(3, True, (CONTENT,))),
        ({"requestId": 3}, DisplayMessagesNotified(3, False, ())),
        ({"requestId": 3, "messageInfo": [{"id": 1, "priority": "InFront", "endDateTime": "soon",
                                           "message": {"format": "ASCII", "content": "x"}}]},
         DisplayMessagesNotified(3, False, (DisplayContent(1, "InFront", DisplayText("x", "ASCII")),),
                                 ("timestamp-unreadable",))),
    ],
)  # fmt: skip
@VERSIONS_2
@pytest.mark.ocpp(None, "NotifyDisplayMessages")
def test_what_a_display_shows_is_told(version, payload, event):
    connection = connect(version)
    assert call(connection, "NotifyDisplayMessages", payload).event == event
    assert read(connection.reply("m1", Reply())) == [3, "m1", {}]


def test_further_languages_of_2_1_are_read():
    info = MESSAGE | {"messageExtra": [{"format": "UTF8", "content": "Hallo", "language": "de"}]}
    assert read_message(info, []).extra == (DisplayText("Hallo", "UTF8", "de"),)


@pytest.mark.ocpp("2.1", "SetDisplayMessage")
def test_a_language_that_2_1_does_not_know_is_a_refusal():
    got = result("ocpp2.1", "SetDisplayMessage", {"message": MESSAGE}, {"status": "LanguageNotSupported"})
    assert (got.accepted, got.status) == (False, "LanguageNotSupported")
