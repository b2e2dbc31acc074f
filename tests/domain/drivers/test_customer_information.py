"""Asking stations about customers: parts joined, words kept, cards forgotten."""

from datetime import timedelta

import pytest

from apps.chargers.choices import CommandOrigin
from apps.chargers.facts import Lesson
from apps.chargers.messages.commands.customer import CustomerInformationAnswered
from apps.chargers.messages.commands.local_lists import FULL, ListEntry, LocalListAnswered
from apps.chargers.messages.events.customer import CustomerInformationNotified
from apps.chargers.models import StationCommand
from apps.chargers.services.commands import CommandRefused
from apps.core import outbox
from apps.drivers.choices import InformationState
from apps.drivers.models import CustomerInformation
from apps.drivers.services.customer_information import (
    InvalidQuestion,
    ask_customer_information,
    forget_old_answers,
    learn_customer_answers,
    record_customer_information,
)
from apps.drivers.services.local_lists.answers import learn_list_updates
from tests.factories.chargers import NOON, OnlineStationFactory, context_of, fact_of

pytestmark = pytest.mark.django_db
HASH = {"hashAlgorithm": "SHA256", "issuerNameHash": "aa", "issuerKeyHash": "bb", "serialNumber": "01"}


@pytest.fixture
def station(harbour):
    return OnlineStationFactory(site=harbour, protocol="ocpp2.0.1", provisioning_enabled=False)


def ask(station, ada, **question):
    values = {"report": True, "clear": False, **question}
    return ask_customer_information(station=station, actor=ada, origin=CommandOrigin.PORTAL, at=NOON, **values)


def hear(row, seq_no, data, *, more=False):
    event = CustomerInformationNotified(row.request_id, seq_no, NOON, more, data)
    record_customer_information([fact_of(row.station, event)])
    row.refresh_from_db()


def answer(row, word="Accepted", **learnt):
    values = {"report": row.report, "clear": row.clear, "id_token": row.id_token, "id_token_type": row.id_token_type}
    lesson = CustomerInformationAnswered(word, row.request_id, **{**values, **learnt})
    learn_customer_answers([Lesson(context_of(row.station), lesson, row.command_id, NOON)])
    row.refresh_from_db()


@pytest.mark.parametrize("named", [{"id_token": "04A2"}, {"customer_identifier": "Rita"}, {"certificate_hash": HASH}])
def test_a_customer_is_named_by_a_card_an_identifier_or_a_certificate(station, ada, named):
    row = ask(station, ada, **named)
    (command,) = StationCommand.objects.all()
    assert command.arguments.items() >= named.items()
    assert (row.state, row.requested_by, row.command) == (InformationState.ASKED, ada, command)


def test_a_2_1_station_is_asked_about_a_card_of_255_characters(harbour, ada):
    row = ask(OnlineStationFactory(site=harbour, protocol="ocpp2.1"), ada, id_token="X" * 255)
    assert row.command.arguments["id_token"] == "X" * 255


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"id_token": "04A2", "customer_identifier": "Rita"},
        {"id_token": "04A2", "report": False},
        {"id_token": "X" * 37},
        {"certificate_hash": {"serialNumber": "1"}},
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_and_nothing_is_sent(station, ada, question):
    with pytest.raises(InvalidQuestion):
        ask(station, ada, **question)
    assert not StationCommand.objects.exists()
    assert not CustomerInformation.objects.exists()


def test_1_6_has_no_such_question(station, ada):
    station.protocol = "ocpp1.6"
    with pytest.raises(CommandRefused):
        ask(station, ada, id_token="04A2")


def test_parts_are_joined_in_their_order_however_they_come(station, ada):
    row = ask(station, ada, id_token="04A2")
    answer(row)
    assert row.state == InformationState.ACCEPTED
    hear(row, 2, "three")
    hear(row, 0, "one ", more=True)
    hear(row, 0, "one ", more=True)
    assert (row.state, row.completed_at) == (InformationState.ACCEPTED, None)
    hear(row, 1, "two ", more=True)
    assert (row.state, row.text, row.completed_at) == (InformationState.DONE, "one two three", NOON)


def test_parts_that_come_before_the_answer_are_not_undone_by_it(station, ada):
    row = ask(station, ada, id_token="04A2")
    hear(row, 0, "all of it")
    answer(row)
    assert (row.state, row.text) == (InformationState.DONE, "all of it")


@pytest.mark.parametrize("word", ["Invalid", "Rejected"])
def test_a_refusal_is_kept_in_the_stations_word(station, ada, word):
    row = ask(station, ada, id_token="04A2", clear=True)
    answer(row, word)
    assert (row.state, row.status_word) == (InformationState.REFUSED, word)
    assert StationCommand.objects.count() == 1, "nothing leaves the local list"


def test_what_nobody_asked_for_is_kept_as_well(station):
    event = CustomerInformationNotified(77, 0, NOON, False, "NUL \x00 and <b>")
    record_customer_information([fact_of(station, event)])
    row = CustomerInformation.objects.get()
    assert (row.request_id, row.requested_by, row.text) == (77, None, "NUL \ufffd and <b>")


def test_two_stations_may_use_the_same_number(station, harbour):
    other = OnlineStationFactory(site=harbour, protocol="ocpp2.0.1")
    facts = [
        fact_of(one, CustomerInformationNotified(5, 0, NOON, False, text))
        for one, text in ((station, "A"), (other, "B"))
    ]
    record_customer_information(facts)
    assert set(CustomerInformation.objects.values_list("station_id", "text")) == {(station.pk, "A"), (other.pk, "B")}


def test_a_card_that_is_forgotten_leaves_the_local_list_as_well(station, ada):
    listed = LocalListAnswered("Accepted", 3, FULL, (ListEntry("04A2", "ISO14443", "Accepted"),))
    learn_list_updates([Lesson(context_of(station), listed, 0, NOON)])
    row = ask(station, ada, id_token="04a2", clear=True)
    answer(row)
    removal = StationCommand.objects.order_by("-pk").first()
    assert (removal.name, removal.arguments["version"], removal.arguments["update_type"]) == (
        "SendLocalList", 4, "Differential",
    )  # fmt: skip
    assert removal.arguments["entries"] == [{"id_token": "04A2", "type": "ISO14443"}]


def test_a_question_that_never_reached_the_station_has_failed(station, ada):
    from apps.chargers.services.commands import cancel

    row = ask(station, ada, id_token="04A2")
    cancel(command=row.command, actor=ada, at=NOON)
    while outbox.relay():
        pass
    row.refresh_from_db()
    assert row.state == InformationState.FAILED


def test_answers_are_removed_after_a_month(station, ada):
    ask(station, ada, id_token="04A2")
    assert forget_old_answers(at=NOON + timedelta(days=30)) == 0
    assert forget_old_answers(at=NOON + timedelta(days=30, seconds=1)) == 1
    assert not CustomerInformation.objects.exists()
