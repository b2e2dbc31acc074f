"""Changing a charger's password: what goes over the wire, what opens the door meanwhile (cases 10, 16, 17)."""

import pytest

from apps.chargers.choices import CommandOrigin, CommandState, KeyEncoding
from apps.chargers.engine import passwords
from apps.chargers.facts import Lesson
from apps.chargers.messages.commands.network import NetworkProfileSet
from apps.chargers.messages.results import CommandResult
from apps.chargers.models import DeviceVariable, NetworkProfile, StationCommand
from apps.chargers.services.commands import Settlement, settle_commands
from apps.chargers.services.commands.sealing import unseal
from apps.chargers.services.connections import PasswordUnacceptable, check_password, identify_stations
from apps.chargers.services.security.network_profiles import free_slot, record_network_profiles, slots_in_use
from apps.chargers.services.security.passwords import tell_new_password
from tests.factories.chargers import NOON, OnlineStationFactory, StationFactory, context_of

pytestmark = pytest.mark.django_db
OLD, NEW = "the-old-password-0", "the-new-password-0"


def station(**fields):
    return OnlineStationFactory(password_hash=passwords.hash_password(OLD), **fields)


def tell(one, ada, password=None):
    return tell_new_password(station=one, actor=ada, origin=CommandOrigin.PORTAL, at=NOON, password=password)


def sent(change) -> dict:
    return unseal(change.command.sealed)["variables"][0]


def opens(one, *presented: bytes) -> list[bool]:
    credentials = identify_stations([one.identity])[one.identity]
    return [check_password(credentials, password) for password in presented]


def test_one_of_ours_has_forty_hexadecimal_digits_and_opens_as_text_and_as_bytes(ada):
    one = station()
    change = tell(one, ada)
    assert sent(change) == {"variable": "AuthorizationKey", "value": change.password}
    assert len(change.password) == 40
    assert opens(one, change.password.encode(), bytes.fromhex(change.password)) == [True, True]


def test_a_charger_that_reads_hexadecimal_is_told_in_hexadecimal(ada):
    one = station(key_encoding=KeyEncoding.HEX)
    change = tell(one, ada, NEW)
    assert sent(change)["value"] == NEW.encode().hex()
    assert opens(one, NEW.encode(), NEW.encode().hex().encode(), NEW.encode().hex().upper().encode()) == [True] * 3


def test_a_key_in_hexadecimal_is_not_encoded_twice(ada):
    key = "0123456789ABCDEF0123456789abcdef01234567"
    assert sent(tell(station(key_encoding=KeyEncoding.HEX), ada, key))["value"] == key


def test_a_charger_that_reads_text_is_told_the_text(ada):
    assert sent(tell(station(), ada, NEW))["value"] == NEW


def test_2x_is_told_by_its_security_controller(ada):
    one = station(protocol="ocpp2.0.1", key_encoding=KeyEncoding.HEX)
    expected = {"component": "SecurityCtrlr", "variable": "BasicAuthPassword", "value": NEW}
    assert sent(tell(one, ada, NEW)) == expected


@pytest.mark.parametrize(
    ("fields", "password"),
    [
        ({}, "x" * 41),
        ({}, "too short"),
        ({"protocol": "ocpp2.0.1"}, "x" * 41),
        ({"key_encoding": KeyEncoding.HEX}, "x" * 21),
        ({"protocol": ""}, NEW),
    ],
)
def test_what_the_charger_could_not_take_is_refused_and_nothing_is_asked(ada, fields, password):
    with pytest.raises(PasswordUnacceptable):
        tell(station(**fields), ada, password)
    assert StationCommand.objects.count() == 0


@pytest.mark.parametrize(
    ("status", "accepted", "opening"),
    [("Accepted", True, [False, True]), ("Rejected", False, [True, False])],
)
def test_the_charger_decides_which_password_opens_the_door(ada, status, accepted, opening):
    one = station()
    change = tell(one, ada, NEW)
    assert opens(one, OLD.encode(), NEW.encode()) == [True, True]
    StationCommand.objects.filter(pk=change.command.pk).update(state=CommandState.SENT, sent_at=NOON)
    result = CommandResult(accepted, status)
    settle_commands([Settlement.answered(change.command.pk, result, {"status": status}, NOON)])
    assert opens(one, OLD.encode(), NEW.encode()) == opening
    assert NEW not in str(StationCommand.objects.values())


def profile(one, slot, *, profile=2, url="wss://a.example", details=None):
    learnt = NetworkProfileSet(slot, url, profile, "ocpp2.0.1", "Wired0", details or {})
    return Lesson(context_of(one), learnt, 1, NOON)


def test_network_profiles_are_kept_by_slot_the_last_counts_and_secrets_do_not_stay():
    one = StationFactory()
    record_network_profiles([profile(one, 1), profile(one, 2, details={"apn": {"apn": "iot", "apnPassword": "s3"}})])
    record_network_profiles([profile(one, 1, url="wss://b.example")])
    kept = {row.slot: row for row in NetworkProfile.objects.all()}
    assert (kept[1].url, kept[2].url) == ("wss://b.example", "wss://a.example")
    assert kept[2].details == {"apn": {"apn": "iot", "apnPassword": "•••"}}


@pytest.mark.parametrize(
    ("value", "offered", "kept", "expected"),
    [
        (None, "", [], 1),
        ("1", "1,2,3", [], 2),
        ("1", "1,2,3", [2], 3),
        ("1", "1,2", [2], 2),
        ("2,1", "1,2", [], 1),
        ("0", "", [], 1),
        ("1,4", "", [], 5),
    ],
)
def test_a_slot_is_chosen_that_the_station_does_not_use(value, offered, kept, expected):
    one = StationFactory()
    if value is not None:
        DeviceVariable.objects.create(
            station=one, component="OCPPCommCtrlr", variable="NetworkConfigurationPriority", value=value,
            values_list=offered,
        )  # fmt: skip
    record_network_profiles([profile(one, slot) for slot in kept])
    assert free_slot(one) == expected
    assert slots_in_use(one) == [int(slot) for slot in (value or "").split(",") if slot]
