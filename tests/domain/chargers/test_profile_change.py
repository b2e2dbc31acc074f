"""The way from one security profile to the next, and what goes wrong on it (case 18: TC_083, TC_A_19)."""

from datetime import timedelta

import pytest

from apps.chargers import events
from apps.chargers.choices import CertificateState, CommandOrigin, CommandState
from apps.chargers.messages.results import CommandResult
from apps.chargers.models import (
    DeviceVariable,
    SecurityProfileChange,
    StationCertificate,
    StationCommand,
    StationConnection,
)
from apps.chargers.services.commands import CommandRefused, Settlement, expire_commands, settle_commands
from apps.chargers.services.connections import NewConnection, register_connections
from apps.chargers.services.security.network_profiles import PRIORITY, slots_in_use
from apps.chargers.services.security.profile_change import (
    Target,
    UnableToChangeProfile,
    raise_security_profile,
    send_to_other_system,
)
from apps.chargers.services.security.profile_steps import advance_profile_change, expire_profile_changes
from apps.core import outbox
from apps.core.models import AuditEntry
from tests.factories.chargers import NOON, GatewayFactory, OnlineStationFactory

pytestmark = pytest.mark.django_db
URL = "wss://charge.example/ocpp"
LATER = NOON + timedelta(minutes=1)


@pytest.fixture
def station16():
    return OnlineStationFactory(protocol="ocpp1.6", security_profile=1, password_hash="sha256$x$y")


@pytest.fixture
def station201():
    station = OnlineStationFactory(protocol="ocpp2.0.1", security_profile=1, password_hash="sha256$x$y")
    DeviceVariable.objects.create(
        station=station, component="OCPPCommCtrlr", variable="NetworkConfigurationPriority", value="1",
        values_list="1,2,3",
    )  # fmt: skip
    return station


def begin(station, ada, profile=2, **options) -> SecurityProfileChange:
    target = Target(profile, options.pop("url", URL), options.pop("slot", None))
    return raise_security_profile(
        station=station, target=target, actor=ada, origin=CommandOrigin.PORTAL, at=NOON, **options
    )


def answer(change, status: str, *, accepted: bool = True, at=LATER) -> SecurityProfileChange:
    """The charger answers to the step that waits for it; what follows is delivered."""
    change.refresh_from_db()
    StationCommand.objects.filter(pk=change.command_id).update(state=CommandState.SENT, sent_at=at)
    result = CommandResult(accepted, status)
    settle_commands([Settlement.answered(change.command_id, result, {"status": status}, at)])
    outbox.relay()
    change.refresh_from_db()
    return change


def asked(change) -> tuple:
    command = change.command
    return command.name, command.arguments


def come_in(station, profile: int, *, proves: bool, at=LATER + timedelta(minutes=1)):
    new = NewConnection(
        station.pk, 10**12 + profile, station.protocol, at, security_profile=profile, reached_wanted_profile=proves
    )
    register_connections([new], gateway_id=GatewayFactory().pk)


def boot(station, at=LATER + timedelta(minutes=2)):
    payload = {
        "organisation_id": station.site.organisation_id, "site_id": station.site_id, "at": at.isoformat(),
        "reason": "ScheduledReset", "firmware_version": "1", "firmware_before": "1", "firmware_changed": False,
        "serial_number": "S", "serial_before": "S", "serial_changed": False,
    }  # fmt: skip
    outbox.record(outbox.Event(events.STATION_BOOTED, station.pk, payload))
    outbox.relay()


def required(station) -> tuple[int, int | None]:
    station.refresh_from_db()
    return station.security_profile, station.wanted_security_profile


def test_2x_profile_priority_restart_and_only_the_connection_makes_it_required(station201, ada):
    change = begin(station201, ada)
    assert (change.state, change.slot, change.slots_before) == ("planned", 2, "1")
    assert asked(change)[0] == "SetNetworkProfile"
    assert asked(change)[1]["url"] == URL

    assert answer(change, "Accepted").state == "profile_sent"
    priority = {"component": "OCPPCommCtrlr", "variable": "NetworkConfigurationPriority", "value": "2,1"}
    assert asked(change) == ("SetVariables", {"variables": [priority]})

    assert answer(change, "RebootRequired").state == "priority_set"
    assert asked(change) == ("Reset", {"type": "OnIdle"})

    assert answer(change, "Accepted").state == "rebooting"
    assert required(station201) == (1, 2)

    come_in(station201, 2, proves=True)
    change.refresh_from_db()
    assert (change.state, change.ended_at) == ("done", LATER + timedelta(minutes=1))
    assert required(station201) == (2, None)


def test_1_6_sets_its_key_and_restarts_where_the_charger_says_so(station16, ada):
    change = begin(station16, ada, url="")
    assert asked(change) == ("SetVariables", {"variables": [{"variable": "SecurityProfile", "value": "2"}]})
    assert required(station16) == (1, 2)

    assert answer(change, "RebootRequired").state == "priority_set"
    assert asked(change)[0] == "Reset"
    assert answer(change, "Accepted").state == "rebooting"
    come_in(station16, 2, proves=True)
    assert required(station16) == (2, None)


def test_1_6_that_just_says_accepted_reconnects_by_itself(station16, ada):
    change = answer(begin(station16, ada, url=""), "Accepted")
    assert (change.state, change.command.name) == ("rebooting", "SetVariables")


@pytest.mark.parametrize(
    ("answers", "explanation"),
    [
        (
            ["Rejected"],
            "The charger did not take the new profile: The charger answered “Rejected”. Nothing was changed at the"
            " charger.",
        ),
        (
            ["Failed"],
            "The charger did not take the new profile: The charger answered “Failed”. Nothing was changed at the"
            " charger.",
        ),
        (
            ["Accepted", "Rejected"],
            "The charger took the profile, but did not put it first: The charger answered “Rejected”. The new profile"
            " lies unused in slot 2; the charger connects as before. Nothing has to be taken back.",
        ),
        (
            ["Accepted", "Accepted", "Rejected"],
            "The charger took everything, but did not restart: The charger answered “Rejected”. The charger will try"
            " it at its next restart. To take it back, set NetworkConfigurationPriority to “1” under Variables.",
        ),
    ],
)
def test_a_refusal_at_any_step_ends_it_with_the_chargers_words_and_the_way_back(station201, ada, answers, explanation):
    change = begin(station201, ada)
    for word in answers:
        change = answer(change, word, accepted=word == "Accepted")
    assert (change.state, change.explanation) == ("failed", explanation)
    assert change.words == answers[-1]
    assert required(station201) == (1, None)
    assert AuditEntry.objects.filter(action="station.profile_change_failed").count() == 1


def test_a_charger_that_comes_back_with_its_old_profile_failed(station201, ada):
    change = begin(station201, ada)
    for word in ("Accepted", "Accepted", "Accepted"):
        change = answer(change, word)
    come_in(station201, 1, proves=False)
    boot(station201)
    change.refresh_from_db()
    assert change.state == "failed"
    assert "it restarted and came back with profile 1" in change.explanation
    assert required(station201) == (1, None)


def test_a_boot_on_the_old_socket_says_nothing_yet(station201, ada):
    change = begin(station201, ada)
    for word in ("Accepted", "Accepted", "Accepted"):
        change = answer(change, word)
    StationConnection.objects.filter(station=station201).update(connected_at=NOON)
    boot(station201)
    change.refresh_from_db()
    assert change.state == "rebooting"


def test_a_charger_that_never_comes_back_fails_within_the_hour_or_a_day_where_it_waits_to_be_idle(station201, ada):
    change = begin(station201, ada)
    for word in ("Accepted", "Accepted"):
        change = answer(change, word)
    change = answer(change, "Scheduled")
    assert change.due_at == LATER + timedelta(hours=24)
    assert expire_profile_changes(LATER + timedelta(hours=23)) == 0
    assert expire_profile_changes(LATER + timedelta(hours=24)) == 1
    assert expire_profile_changes(LATER + timedelta(hours=24)) == 0
    change.refresh_from_db()
    assert change.explanation.startswith(
        "The charger did not come back with the new profile: it was not seen with it in time."
    )


def test_a_charger_that_is_not_there_ends_it_when_its_command_expires(station201, ada):
    change = begin(station201, ada)
    expire_commands(NOON + timedelta(seconds=601))
    outbox.relay()
    change.refresh_from_db()
    assert (change.state, required(station201)) == ("failed", (1, None))


def test_a_connection_that_breaks_before_the_answer_to_the_restart_is_waited_for(station201, ada):
    change = begin(station201, ada)
    for word in ("Accepted", "Accepted"):
        change = answer(change, word)
    StationCommand.objects.filter(pk=change.command_id).update(state=CommandState.SENT, sent_at=LATER)
    settle_commands([Settlement.lost(change.command_id, LATER)])
    outbox.relay()
    change.refresh_from_db()
    assert change.state == "rebooting"


def test_a_step_announced_twice_is_taken_once(station201, ada):
    change = begin(station201, ada)
    first = change.command_id
    answer(change, "Accepted")
    advance_profile_change(command_id=first, at=LATER)
    assert StationCommand.objects.filter(name="SetVariables").count() == 1


def test_only_one_change_at_a_time(station201, ada):
    begin(station201, ada)
    with pytest.raises(UnableToChangeProfile, match="under way"):
        begin(station201, ada)
    assert StationCommand.objects.count() == 1


@pytest.mark.parametrize(
    ("options", "field", "words"),
    [
        ({"profile": 1}, "profile", "never lowered"),
        ({"profile": 4}, "profile", "Choose"),
        ({"profile": 3}, "certificate_is_installed", "install one first"),
        ({"profile": 2, "url": "ws://charge.example"}, "url", "wss://"),
        ({"profile": 2, "url": ""}, "url", "Give the address"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_asked(station201, ada, options, field, words):
    with pytest.raises(UnableToChangeProfile, match=words) as caught:
        begin(station201, ada, **options)
    assert caught.value.field == field
    assert StationCommand.objects.count() == 0
    assert required(station201) == (1, None)


def test_without_a_password_there_is_no_profile_1(ada):
    station = OnlineStationFactory(protocol="ocpp1.6")
    with pytest.raises(UnableToChangeProfile, match="needs a password"):
        begin(station, ada, profile=1, url="")


def test_a_rejected_station_is_not_spoken_to(station16, ada):
    station16.registration = "Rejected"
    station16.save()
    with pytest.raises(CommandRefused):
        begin(station16, ada, url="")
    assert SecurityProfileChange.objects.count() == 0
    assert required(station16) == (1, None)


def test_a_charger_that_is_there_already_is_held_to_it_at_once(station16, ada):
    StationConnection.objects.filter(station=station16).update(security_profile=2)
    change = begin(station16, ada, url="")
    assert (change.state, StationCommand.objects.count()) == ("done", 0)
    assert required(station16) == (2, None)


def test_a_station_is_sent_to_another_system_with_its_old_slots_behind(station201, ada):
    target = Target(2, "wss://other.example/ocpp", 3)
    change = send_to_other_system(station=station201, target=target, actor=ada, origin=CommandOrigin.PORTAL, at=NOON)
    change = answer(change, "Accepted")
    assert asked(change)[1]["variables"][0]["value"] == "3,1"
    change = answer(change, "Accepted")
    change = answer(change, "Accepted")
    assert change.state == "done"
    assert "wss://other.example/ocpp first" in change.explanation
    assert required(station201) == (1, None)


def test_1_6_cannot_be_sent_to_another_system(station16, ada):
    with pytest.raises(UnableToChangeProfile, match="no words"):
        send_to_other_system(station=station16, target=Target(2, URL), actor=ada, origin=CommandOrigin.PORTAL, at=NOON)


def test_a_certificate_that_the_station_took_from_us_suffices_for_profile_3(station16, ada):
    StationCertificate.objects.create(station=station16, state=CertificateState.ACCEPTED, fingerprint="ab" * 32)
    assert begin(station16, ada, profile=3, url="").state == "planned"


def test_slots_that_are_no_numbers_of_slots_are_passed_over(station201):
    DeviceVariable.objects.update_or_create(
        station=station201, attribute="Actual", **PRIORITY, defaults={"value": "1, ²,99999999999,4294967296,x,3"}
    )
    assert slots_in_use(station201) == [1, 3]
