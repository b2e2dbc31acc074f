"""Commands from the wish to the proof, on every way that chargers can spoil it."""

from datetime import timedelta

import pytest

from apps.chargers.choices import CommandOrigin
from apps.chargers.messages.commands import (
    ChangeAvailability,
    ClearCache,
    Command,
    GetBaseReport,
    GetVariables,
    RawCall,
    RequestStartTransaction,
    Reset,
    SetVariables,
)
from apps.chargers.messages.events import VariableReport
from apps.chargers.messages.results import CommandResult
from apps.chargers.models import DeviceVariable, Evse, StationCommand
from apps.chargers.services import commands
from apps.chargers.services.commands import Claim, Confirmation, Settlement
from apps.chargers.services.connections import check_password, identify_stations, set_password
from apps.core import live
from apps.core.models import AuditEntry
from tests.factories.chargers import NOON, CommandFactory, OnlineStationFactory, StationFactory

pytestmark = pytest.mark.django_db
SOON = NOON + timedelta(seconds=2)
ACCEPTED = CommandResult(accepted=True, status="Accepted")
REJECTED = CommandResult(accepted=False, status="Rejected")
NEW_PASSWORD = "a-new-password-of-24-ch."


def ask(station, command: Command, actor=None, **fields) -> StationCommand:
    return commands.enqueue(
        station=station, command=command, actor=actor, origin=CommandOrigin.PORTAL, at=NOON, **fields
    )


def claim(station, message_id="m-1", at=SOON):
    socket = station.connection.connection_id
    return commands.claim_commands([Claim(station.pk, socket, message_id, at)])[0]


def send(station, command: Command) -> StationCommand:
    row = ask(station, command)
    assert claim(station).id == row.pk
    return row


def password_command(value=NEW_PASSWORD):
    return SetVariables(variables=({"component": "SecurityCtrlr", "variable": "BasicAuthPassword", "value": value},))


def test_a_wish_becomes_a_row_an_audit_line_and_a_nudge(ada, harbour, monkeypatch, django_capture_on_commit_callbacks):
    sent = []
    monkeypatch.setattr(live, "send_to_channel", lambda channel, message: sent.append((channel, message)))
    monkeypatch.setattr(live, "send_to_group", lambda group, message: None)
    station = OnlineStationFactory(site=harbour)

    with django_capture_on_commit_callbacks(execute=True):
        row = ask(station, Reset(type="Immediate"), actor=ada, address="10.1.1.1")

    assert (row.name, row.arguments, row.state) == ("Reset", {"type": "Immediate"}, "pending")
    assert (row.requested_by, row.deadline_at, row.awaits) == (ada, NOON + timedelta(seconds=60), "station.booted")
    line = AuditEntry.objects.get()
    assert (line.action, line.actor, line.address) == ("station.command.Reset", ada, "10.1.1.1")
    assert line.organisation == harbour.organisation
    assert sent == [(station.connection.gateway.channel, {"type": "command.ready", "station_ids": [station.pk]})]


@pytest.mark.parametrize(
    ("action", "payload", "promise"),
    [
        ("GetReport", {"requestId": 7, "componentCriteria": ["Problem"]}, ("report.completed", "7")),
        ("GetMonitoringReport", {"requestId": 8}, ("report.completed", "8")),
        ("GetDisplayMessages", {"requestId": 9, "id": [1]}, ("report.completed", "9")),
        ("GetChargingProfiles", {"requestId": 10, "chargingProfile": {}}, ("report.completed", "10")),
        ("GetBaseReport", {"requestId": 11, "customData": {"vendorId": "x"}}, ("report.completed", "11")),
        ("GetDERControl", {"requestId": 12}, ("der.reported", "12")),
        ("RequestBatterySwap", {"requestId": 13}, ("battery.swapped", "13")),
        ("GetLog", {"requestId": 14}, ("", "")),
        ("GetReport", {}, ("", "")),
    ],
)
def test_a_call_that_was_written_out_is_proven_by_the_report_of_its_number(harbour, action, payload, promise):
    row = ask(OnlineStationFactory(site=harbour), RawCall(action, payload))
    assert (row.awaits, row.correlation) == promise


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"retired_at": NOON}, "This station is retired; nothing can be asked of it."),
        ({"registration": "Rejected"}, "This station is rejected; accept it first."),
    ],
)
def test_nothing_is_asked_of_a_station_that_must_not_be_spoken_to(fields, sentence):
    station = StationFactory(**fields)

    with pytest.raises(commands.CommandRefused) as refusal:
        ask(station, ClearCache())

    assert refusal.value.message == sentence
    assert not StationCommand.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("deadline_s", [0, 86_401])
def test_a_deadline_has_limits(deadline_s):
    with pytest.raises(commands.CommandRefused) as refusal:
        ask(StationFactory(), ClearCache(), deadline_s=deadline_s)
    assert refusal.value.field == "deadline_s"


def test_commands_are_claimed_oldest_first_and_one_at_a_time():
    station = OnlineStationFactory()
    first, second = ask(station, ClearCache()), ask(station, GetVariables())

    claimed = claim(station)
    assert (claimed.id, claimed.name, claimed.message_id) == (first.pk, "ClearCache", "m-1")
    assert claim(station, "m-2") is None

    assert commands.settle_commands([Settlement.answered(first.pk, ACCEPTED, {"status": "Accepted"}, SOON)]) == [True]
    assert claim(station, "m-3").id == second.pk


def test_a_socket_that_no_longer_owns_the_station_claims_nothing():
    station = OnlineStationFactory()
    ask(station, ClearCache())

    assert commands.claim_commands([Claim(station.pk, 1, "m-1", SOON)]) == [None]


def test_claims_of_many_stations_answer_in_their_order():
    busy, idle = OnlineStationFactory(), OnlineStationFactory()
    row = ask(busy, ClearCache())

    claims = [
        Claim(idle.pk, idle.connection.connection_id, "m-1", SOON),
        Claim(busy.pk, busy.connection.connection_id, "m-2", SOON),
    ]

    nothing, command = commands.claim_commands(claims)
    assert nothing is None
    assert command.id == row.pk
    assert commands.stations_with_pending_commands(busy.connection.gateway_id) == []


def test_the_sweep_knows_which_stations_of_a_gateway_wait():
    station = OnlineStationFactory()
    ask(station, ClearCache())
    ask(StationFactory(), ClearCache())

    assert commands.stations_with_pending_commands(station.connection.gateway_id) == [station.pk]


def test_the_chargers_answer_is_kept_word_for_word():
    row = send(OnlineStationFactory(), ClearCache())

    commands.settle_commands(
        [
            Settlement.answered(
                row.pk, REJECTED, {"status": "Rejected", "customData": {"vendorId": "x"}}, SOON,
                action="ClearCache", request={},
            )
        ]
    )  # fmt: skip

    row.refresh_from_db()
    assert (row.state, row.status_word, row.settled_at) == ("rejected", "Rejected", SOON)
    assert (row.action, row.request) == ("ClearCache", {})
    assert row.response == {"status": "Rejected", "customData": {"vendorId": "x"}}
    assert row.explanation == "The charger answered “Rejected”."


@pytest.mark.parametrize(
    ("settle", "state", "error_code", "explanation"),
    [
        (
            lambda pk: Settlement.failed(pk, "NotSupported", "no cache", {}, SOON),
            "failed", "NotSupported", "The charger answered with the error NotSupported: no cache.",
        ),
        (lambda pk: Settlement.timed_out(pk, SOON), "timed_out", "", "The charger did not answer in time."),
        (
            lambda pk: Settlement.lost(pk, SOON),
            "failed", "connection lost", "The connection was lost before the charger answered.",
        ),
        (
            lambda pk: Settlement.impossible(pk, "OCPP 1.6 cannot say this.", SOON),
            "failed", "not expressible", "OCPP 1.6 cannot say this.",
        ),
    ],
)  # fmt: skip
def test_every_other_end_says_what_happened(settle, state, error_code, explanation):
    row = send(OnlineStationFactory(), ClearCache())

    commands.settle_commands([settle(row.pk)])

    row.refresh_from_db()
    assert (row.state, row.error_code, row.explanation) == (state, error_code, explanation)


def test_a_late_answer_changes_nothing():
    row = send(OnlineStationFactory(), ClearCache())
    commands.settle_commands([Settlement.timed_out(row.pk, SOON)])

    assert commands.settle_commands([Settlement.answered(row.pk, ACCEPTED, {}, SOON)]) == [False]

    row.refresh_from_db()
    assert row.state == "timed_out"


def test_a_remote_start_is_confirmed_by_its_session():
    station = OnlineStationFactory()
    row = send(station, RequestStartTransaction(id_token="04AB", remote_start_id=77, evse_id=1))
    commands.settle_commands([Settlement.answered(row.pk, ACCEPTED, {"status": "Accepted"}, SOON)])
    row.refresh_from_db()
    assert row.explanation == "The charger answered “Accepted”. Waiting for a session to start."
    assert row.confirm_due_at == SOON + timedelta(seconds=180)
    awaited = commands.awaited_starts([station.pk], at=SOON)
    assert [(a.command_id, a.remote_start_id, a.id_token, a.evse_id) for a in awaited] == [(row.pk, 77, "04AB", 1)]

    other = OnlineStationFactory()
    assert commands.confirm_commands([Confirmation(other.pk, "session.started", "77")], at=SOON) == []
    assert commands.confirm_commands([Confirmation(station.pk, "session.started", "77")], at=SOON) == [row.pk]

    row.refresh_from_db()
    assert (row.state, row.confirmed_at, row.explanation) == ("confirmed", SOON, "The session started.")
    assert commands.awaited_starts([station.pk], at=SOON) == []


def test_an_answer_after_the_proof_adds_the_chargers_words_and_takes_nothing_back():
    station = OnlineStationFactory()
    row = send(station, RequestStartTransaction(id_token="04AB", remote_start_id=77, evse_id=1))
    commands.confirm_commands([Confirmation(station.pk, "session.started", "77")], at=SOON)
    answer = Settlement.answered(
        row.pk,
        ACCEPTED,
        {"status": "Accepted"},
        SOON + timedelta(seconds=1),
        action="RequestStartTransaction",
        request={},
    )

    assert commands.settle_commands([answer]) == [True]
    assert commands.settle_commands([answer]) == [False]

    row.refresh_from_db()
    assert (row.state, row.status_word, row.response) == ("confirmed", "Accepted", {"status": "Accepted"})
    assert (row.settled_at, row.explanation, row.confirm_due_at) == (SOON, "The session started.", None)


def test_an_accepted_start_that_nothing_follows_fails_visibly():
    row = send(OnlineStationFactory(), RequestStartTransaction(id_token="04AB", remote_start_id=77))
    commands.settle_commands([Settlement.answered(row.pk, ACCEPTED, {}, SOON)])

    assert commands.expire_commands(SOON + timedelta(seconds=179)) == 0
    assert commands.expire_commands(SOON + timedelta(seconds=180)) == 1

    row.refresh_from_db()
    assert row.state == "failed"
    assert row.explanation == "The charger accepted, but no session started within 180 seconds."


def test_a_command_to_an_absent_charger_waits_and_then_expires():
    row = ask(StationFactory(), ClearCache(), deadline_s=30)

    assert commands.expire_commands(NOON + timedelta(seconds=29)) == 0
    assert commands.expire_commands(NOON + timedelta(seconds=30)) == 1

    row.refresh_from_db()
    assert row.state == "timed_out"
    assert row.explanation == (
        "The charger was not connected, or busy with another command, until the deadline."
    )  # fmt: skip


def test_a_command_past_its_deadline_is_not_sent_any_more():
    station = OnlineStationFactory()
    row = ask(station, ClearCache(), deadline_s=30)

    assert claim(station, at=NOON + timedelta(seconds=30)) is None
    row.refresh_from_db()
    assert row.state == "pending"


def test_what_was_sent_and_forgotten_is_found_by_the_sweep(settings):
    settings.OCPP_CALL_TIMEOUT_S = 30
    row = CommandFactory(station=StationFactory(), state="sent", sent_at=NOON)

    assert commands.expire_commands(NOON + timedelta(seconds=39)) == 0
    assert commands.expire_commands(NOON + timedelta(seconds=40)) == 1

    row.refresh_from_db()
    assert row.state == "timed_out"


def test_a_waiting_command_can_be_taken_back_and_a_sent_one_cannot(ada):
    station = OnlineStationFactory()
    row = ask(station, ClearCache())
    commands.cancel(command=row, actor=ada, at=SOON)
    assert (row.state, row.explanation) == ("superseded", "Cancelled by Ada before it was sent.")

    sent = send(station, ClearCache())
    with pytest.raises(commands.CommandNotCancellable):
        commands.cancel(command=sent, actor=ada, at=SOON)
    sent.refresh_from_db()
    assert sent.state == "sent"


def test_the_newest_wish_for_availability_supersedes_the_one_that_waits():
    station = OnlineStationFactory()
    old = ask(station, ChangeAvailability(operative=False, evse_id=1))
    other_place = ask(station, ChangeAvailability(operative=False, evse_id=2))
    new = ask(station, ChangeAvailability(operative=True, evse_id=1))

    states = dict(StationCommand.objects.values_list("pk", "state"))
    assert states == {old.pk: "superseded", other_place.pk: "pending", new.pk: "pending"}


def test_accepted_availability_is_remembered_and_shows_in_the_status():
    station = OnlineStationFactory()
    row = send(station, ChangeAvailability(operative=False))

    commands.settle_commands([Settlement.answered(row.pk, ACCEPTED, {}, SOON)])

    assert set(Evse.objects.values_list("wanted_operative", flat=True)) == {False}
    station.refresh_from_db()
    assert station.status == "unavailable"


def test_one_connector_out_of_service_says_nothing_about_its_evse():
    station = OnlineStationFactory()
    row = send(station, ChangeAvailability(operative=False, evse_id=1, connector_id=2))
    commands.settle_commands([Settlement.answered(row.pk, ACCEPTED, {}, SOON)])
    assert set(Evse.objects.values_list("wanted_operative", flat=True)) == {True}


def test_a_wish_for_a_connector_leaves_those_for_its_evse_and_its_neighbour():
    station = OnlineStationFactory()
    evse = ask(station, ChangeAvailability(operative=False, evse_id=1))
    neighbour = ask(station, ChangeAvailability(operative=False, evse_id=1, connector_id=1))
    old = ask(station, ChangeAvailability(operative=False, evse_id=1, connector_id=2))
    new = ask(station, ChangeAvailability(operative=True, evse_id=1, connector_id=2))
    assert dict(StationCommand.objects.values_list("pk", "state")) == {
        evse.pk: "pending", neighbour.pk: "pending", old.pk: "superseded", new.pk: "pending",
    }  # fmt: skip


def test_what_an_answer_teaches_is_stored():
    station = OnlineStationFactory()
    row = send(station, GetVariables())
    learnt = (VariableReport("ConfigurationKey", "HeartbeatInterval", "300", mutability="ReadWrite"),)

    commands.settle_commands([Settlement.answered(row.pk, CommandResult(True, "", variables=learnt), {}, SOON)])

    variable = DeviceVariable.objects.get()
    assert (variable.station, variable.component, variable.variable) == (
        station,
        "ConfigurationKey",
        "HeartbeatInterval",
    )
    assert (variable.value, variable.mutability, variable.updated_at) == ("300", "ReadWrite", SOON)


def test_a_report_that_is_its_own_answer_waits_for_nothing():
    station = OnlineStationFactory()
    row = send(station, GetBaseReport(request_id=5))
    learnt = (VariableReport("ConfigurationKey", "HeartbeatInterval", "300"),)

    commands.settle_commands([Settlement.answered(row.pk, CommandResult(True, "", variables=learnt), {}, SOON)])

    row.refresh_from_db()
    assert (row.state, row.confirm_due_at) == ("accepted", None)


class TestChangeOfPassword:
    OLD = b"the-old-password-1"

    @pytest.fixture
    def station(self, ada):
        station = OnlineStationFactory(protocol="ocpp2.0.1")
        set_password(station=station, password=self.OLD.decode(), actor=ada)
        return station

    def opens(self, station, password: bytes) -> bool:
        return check_password(identify_stations([station.identity])[station.identity], password)

    def test_the_value_reaches_the_charger_and_no_row(self, station):
        row = ask(station, password_command())

        assert row.arguments["variables"][0]["value"] == "•••"
        assert NEW_PASSWORD not in row.sealed
        assert claim(station).arguments["variables"][0]["value"] == NEW_PASSWORD
        assert NEW_PASSWORD not in str(list(AuditEntry.objects.values()))

    def test_accepted_the_new_one_opens_the_door_and_the_old_one_does_not(self, station):
        row = send(station, password_command())
        request = {
            "setVariableData": [
                {"component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"},
                 "attributeValue": NEW_PASSWORD}
            ]
        }  # fmt: skip

        commands.settle_commands(
            [Settlement.answered(row.pk, ACCEPTED, {}, SOON, action="SetVariables", request=request)]
        )

        assert self.opens(station, NEW_PASSWORD.encode())
        assert not self.opens(station, self.OLD)
        row.refresh_from_db()
        assert row.sealed == ""
        assert row.request["setVariableData"][0]["attributeValue"] == "•••"

    def test_rejected_the_old_one_stays(self, station):
        row = send(station, password_command())

        commands.settle_commands([Settlement.answered(row.pk, REJECTED, {}, SOON)])

        assert self.opens(station, self.OLD)
        assert not self.opens(station, NEW_PASSWORD.encode())

    def test_where_the_answer_is_lost_either_opens_the_door(self, station):
        row = send(station, password_command())

        commands.settle_commands([Settlement.lost(row.pk, SOON)])

        assert self.opens(station, self.OLD)
        assert self.opens(station, NEW_PASSWORD.encode())

    def test_one_that_never_left_us_is_no_password(self, station):
        ask(station, password_command())

        commands.expire_commands(NOON + timedelta(minutes=5))

        assert self.opens(station, self.OLD)
        assert not self.opens(station, NEW_PASSWORD.encode())

    def test_a_short_one_is_refused_before_it_is_sent(self, station):
        with pytest.raises(commands.CommandRefused) as refusal:
            ask(station, password_command("short"))
        assert refusal.value.message == "A charger's password needs 16 to 64 printable ASCII characters."
        assert not StationCommand.objects.exists()
