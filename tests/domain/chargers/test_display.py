"""Messages on displays: asked for, shown, replaced, read back, cleared."""

from datetime import timedelta

import pytest

from apps.chargers.choices import CommandOrigin
from apps.chargers.facts import Lesson
from apps.chargers.messages.commands.display import (
    DisplayMessageAnswered,
    DisplayMessageCleared,
    DisplayReadAnswered,
)
from apps.chargers.messages.display import DisplayContent, DisplayText
from apps.chargers.messages.events.display import DisplayMessagesNotified
from apps.chargers.models import DeviceVariable, DisplayMessage, StationCommand
from apps.chargers.services import display
from apps.chargers.services.display import UnableToShow
from tests.factories.chargers import NOON, OnlineStationFactory, context_of, fact_of

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def station(harbour):
    return OnlineStationFactory(site=harbour, protocol="ocpp2.0.1")


def ask(station, content="Welcome", **changes) -> DisplayMessage:
    return display.set_message(
        station=station, content=content, actor=None, origin=CommandOrigin.PORTAL, at=NOON, **changes
    )


def content_of(number, words="Welcome", priority="NormalCycle") -> DisplayContent:
    return DisplayContent(number, priority, DisplayText(words, "UTF8", "en"))


def answer(message, status="Accepted", words=None, at=NOON) -> DisplayMessage:
    content = content_of(message.number, words or message.content)
    learnt = DisplayMessageAnswered(content, status == "Accepted", status)
    display.learn_settings([Lesson(context_of(message.station), learnt, message.command_id, at)])
    message.refresh_from_db()
    return message


def told(station, *contents, request_id=9, more=False, at=LATER):
    display.record_display_messages([fact_of(station, DisplayMessagesNotified(request_id, more, contents), at)])


def reading(station, at=LATER, **changes):
    values = {"request_id": 9, "is_told": True, "is_filtered": False, **changes}
    display.learn_readings([Lesson(context_of(station), DisplayReadAnswered(**values), 1, at)])


def test_asking_writes_a_row_and_the_command(station):
    message = ask(
        station, priority="InFront", shown_in="Idle", language="en", starts_at=NOON, ends_at=LATER,
        transaction_id="TX", number=7,
    )  # fmt: skip
    assert (message.state, message.number) == ("asked", 7)
    assert message.command.arguments == {
        "message_id": 7, "content": "Welcome", "priority": "InFront", "format": "UTF8", "language": "en",
        "state": "Idle", "starts_at": "2026-03-14T12:00:00Z", "ends_at": "2026-03-14T12:05:00Z",
        "transaction_id": "TX",
    }  # fmt: skip


def test_an_accepted_message_is_on_the_display(station):
    message = answer(ask(station))
    assert (message.state, message.status_word, message.told_at) == ("installed", "Accepted", NOON)


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("NotSupportedMessageFormat", "The display cannot show this format."),
        ("NotSupportedPriority", "The display does not know this priority."),
        ("NotSupportedState", "The display cannot tie messages to this state."),
        ("UnknownTransaction", "The station knows of no such transaction."),
        ("LanguageNotSupported", "The display does not know this language."),
        ("Rejected", "The station refused, perhaps because it can hold no more messages."),
    ],
)
def test_a_refused_message_says_why(station, word, sentence):
    message = answer(ask(station), word)
    assert (message.state, message.status_word, message.explanation) == ("refused", word, sentence)


def test_a_message_with_the_same_number_replaces_the_one_before(station):
    first = answer(ask(station, number=7))
    second = answer(ask(station, "Closed", number=7), at=LATER)
    first.refresh_from_db()
    assert (first.state, second.state, second.content) == ("replaced", "installed", "Closed")


def test_a_refused_replacement_leaves_what_was_there(station):
    first = answer(ask(station, number=7))
    answer(ask(station, "Closed", number=7), "Rejected")
    first.refresh_from_db()
    assert first.state == "installed"


@pytest.mark.parametrize("again", [False, True])
def test_a_raw_call_gets_its_row_once(station, again):
    raw = StationCommand.objects.create(station=station, name="RawCall", created_at=NOON, deadline_at=LATER)
    learnt = DisplayMessageAnswered(content_of(7), True, "Accepted")
    for _ in range(1 + again):
        display.learn_settings([Lesson(context_of(station), learnt, raw.pk, NOON)])
    row = DisplayMessage.objects.get()
    assert (row.number, row.content, row.language, row.state) == (7, "Welcome", "en", "installed")


def test_what_is_read_back_in_parts_is_joined(station):
    reading(station)
    told(station, content_of(1, "one"), content_of(2, "two"), more=True)
    told(station, content_of(3, "three"))
    rows = DisplayMessage.objects.filter(state="installed").order_by("number")
    assert [(row.number, row.content) for row in rows] == [(1, "one"), (2, "two"), (3, "three")]


def test_the_last_part_confirms_the_command(station):
    command = display.read_messages(station=station, actor=None, origin=CommandOrigin.PORTAL, at=NOON)
    StationCommand.objects.filter(pk=command.pk).update(state="accepted", sent_at=NOON)
    number = command.arguments["request_id"]
    told(station, content_of(1), request_id=number, more=True)
    command.refresh_from_db()
    assert command.state == "accepted"
    told(station, content_of(2), request_id=number)
    command.refresh_from_db()
    assert command.state == "confirmed"


def test_what_a_whole_reading_does_not_tell_is_shown_no_more(station):
    gone, kept = answer(ask(station, number=1)), answer(ask(station, number=2))
    reading(station)
    told(station, content_of(2))
    gone.refresh_from_db(), kept.refresh_from_db()
    assert (gone.state, kept.state) == ("cleared", "installed")


def test_also_when_the_parts_overtake_the_answer(station):
    gone = answer(ask(station, number=1))
    told(station, content_of(2))
    gone.refresh_from_db()
    assert gone.state == "installed"
    reading(station, at=LATER + timedelta(seconds=1))
    gone.refresh_from_db()
    assert gone.state == "cleared"


def test_a_reading_by_filter_says_nothing_of_the_others(station):
    kept = answer(ask(station, number=1))
    reading(station, is_filtered=True, numbers=(2,))
    told(station, content_of(2))
    kept.refresh_from_db()
    assert kept.state == "installed"


def test_unknown_means_that_nothing_fits_the_filter(station):
    first, second = answer(ask(station, number=1)), answer(ask(station, number=2))
    reading(station, is_told=False, is_filtered=True, numbers=(1,))
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.state, second.state) == ("cleared", "installed")


@pytest.mark.parametrize(
    ("status", "state", "words"),
    [
        ("Accepted", "cleared", ""),
        ("Unknown", "cleared", "The station no longer knew it."),
        ("Rejected", "installed", ""),
    ],
)
def test_clearing(station, status, state, words):
    message = answer(ask(station))
    command = display.clear_message(message=message, actor=None, origin=CommandOrigin.PORTAL, at=LATER)
    assert command.arguments == {"message_id": message.number}
    learnt = DisplayMessageCleared(message.number, status == "Accepted", status)
    display.learn_clearings([Lesson(context_of(station), learnt, command.pk, LATER)])
    message.refresh_from_db()
    assert (message.state, message.explanation) == (state, words)


def test_another_stations_message_of_the_same_number_stays(station, harbour):
    message = answer(ask(station, number=7))
    other = OnlineStationFactory(site=harbour, protocol="ocpp2.0.1")
    display.learn_clearings([Lesson(context_of(other), DisplayMessageCleared(7, True, "Accepted"), 1, LATER)])
    message.refresh_from_db()
    assert message.state == "installed"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"content": "  "}, "Write what shall be shown"),
        ({"ends_at": NOON}, "has ended already"),
        ({"starts_at": LATER, "ends_at": LATER}, "ends before it begins"),
    ],
)
def test_what_cannot_be_is_refused(station, changes, words):
    with pytest.raises(UnableToShow, match=words):
        ask(station, **changes)
    assert not StationCommand.objects.exists()


def test_a_16_station_has_no_messages(harbour):
    with pytest.raises(UnableToShow, match="begin with OCPP 2"):
        ask(OnlineStationFactory(site=harbour))


def test_a_call_that_failed_shows_nothing(station):
    message = ask(station)
    StationCommand.objects.filter(pk=message.command_id).update(explanation="The charger did not answer in time.")
    display.note_unanswered(command_id=message.command_id, at=NOON)
    message.refresh_from_db()
    assert (message.state, message.explanation) == ("refused", "The charger did not answer in time.")


def test_what_the_display_can_do_is_read_from_the_device_model(station):
    assert display.supported(station).formats == ("UTF8", "ASCII", "HTML", "URI")
    DeviceVariable.objects.create(
        station=station, component="DisplayMessageCtrlr", variable="SupportedFormats", value="ASCII, URI"
    )
    assert display.supported(station).formats == ("ASCII", "URI")
