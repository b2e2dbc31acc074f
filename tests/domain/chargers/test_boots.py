"""Boots: what is stored, what is answered, what is asked afterwards."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.chargers.messages.events import BootNotified
from apps.chargers.messages.replies import RegistrationStatus
from apps.chargers.models import DeviceVariable, StationCommand, StationNotice
from apps.chargers.services.provisioning import record_boots
from apps.core.models import OutboxEvent
from tests.factories.chargers import NOON, CommandFactory, OnlineStationFactory, fact_of

pytestmark = pytest.mark.django_db


def boot(station, at=NOON, **fields):
    event = BootNotified(**{"vendor": "Acme", "model": "One", **fields})
    return record_boots([fact_of(station, event, at)])[0]


def test_a_boot_is_stored_and_answered_with_a_jittered_interval():
    station = OnlineStationFactory(heartbeat_interval_s=300)

    reply = boot(station, serial_number="S1", firmware_version="1.0", reason="PowerUp", imsi="262", iccid="89")

    assert reply.status is RegistrationStatus.ACCEPTED
    assert reply.current_time == NOON
    assert 270 <= reply.interval_s <= 330
    station.refresh_from_db()
    assert (station.vendor, station.model, station.serial_number) == ("Acme", "One", "S1")
    assert (station.firmware_version, station.booted_at, station.boot_reason) == ("1.0", NOON, "PowerUp")
    assert (station.imsi, station.iccid) == ("262", "89")
    payload = OutboxEvent.objects.get(name="station.booted").payload
    assert (payload["firmware_changed"], payload["serial_changed"]) == (False, False)


@pytest.mark.parametrize("registration", ["Pending", "Rejected"])
def test_a_station_that_is_not_accepted_is_told_to_ask_again_soon(registration):
    station = OnlineStationFactory(registration=registration)

    reply = boot(station)

    assert (reply.status, reply.interval_s) == (RegistrationStatus(registration), 60)
    assert not StationCommand.objects.exists()


def test_what_a_boot_leaves_out_stays_known():
    station = OnlineStationFactory(serial_number="S1", firmware_version="1.0")

    boot(station)

    station.refresh_from_db()
    assert (station.serial_number, station.firmware_version) == ("S1", "1.0")


def test_a_new_serial_number_means_replaced_hardware():
    station = OnlineStationFactory(serial_number="S1", firmware_version="1.0")

    boot(station, serial_number="S2", firmware_version="2.0")

    notices = list(StationNotice.objects.order_by("pk").values_list("kind", "title"))
    assert notices == [("hardware", "Hardware replaced: serial number S1 → S2"), ("firmware", "Firmware 1.0 → 2.0")]
    payload = OutboxEvent.objects.get(name="station.booted").payload
    assert (payload["serial_before"], payload["serial_number"], payload["serial_changed"]) == ("S1", "S2", True)


@pytest.mark.parametrize(("protocol", "name"), [("ocpp1.6", "GetVariables"), ("ocpp2.0.1", "GetBaseReport")])
def test_an_unknown_device_model_is_asked_for_after_a_boot(protocol, name):
    station = OnlineStationFactory(protocol=protocol)

    boot(station)

    command = StationCommand.objects.get()
    assert (command.name, command.state, command.origin) == (name, "pending", "automation")


def test_a_known_device_model_is_asked_for_again_only_when_the_firmware_changed():
    station = OnlineStationFactory(firmware_version="1.0")
    DeviceVariable.objects.create(station=station, component="ConfigurationKey", variable="X", value="1")

    boot(station, firmware_version="1.0")
    assert not StationCommand.objects.exists()
    boot(station, firmware_version="1.1")
    assert StationCommand.objects.count() == 1


def test_a_station_that_restarts_when_asked_is_asked_once_an_hour():
    station = OnlineStationFactory()

    boot(station)
    boot(station, NOON + timedelta(minutes=59))
    assert StationCommand.objects.count() == 1
    boot(station, NOON + timedelta(minutes=61))
    assert StationCommand.objects.count() == 2


def test_nothing_is_asked_unbidden_where_provisioning_is_switched_off():
    station = OnlineStationFactory(provisioning_enabled=False)

    boot(station)

    assert not StationCommand.objects.exists()


def test_a_boot_confirms_the_reset_that_was_accepted():
    station = OnlineStationFactory(provisioning_enabled=False)
    reset = CommandFactory(station=station, name="Reset", awaits="station.booted", state="accepted", sent_at=NOON)
    never_sent = CommandFactory(station=station, name="Reset", awaits="station.booted")

    boot(station, NOON + timedelta(seconds=40))

    reset.refresh_from_db()
    never_sent.refresh_from_db()
    assert (reset.state, reset.confirmed_at) == ("confirmed", NOON + timedelta(seconds=40))
    assert reset.explanation == "The station restarted."
    assert never_sent.state == "pending"


def test_hostile_text_from_a_boot_is_cut_and_kept():
    station = OnlineStationFactory()

    boot(station, vendor="A\x00" + "v" * 500, model="<script>", iccid="9" * 99)

    station.refresh_from_db()
    assert (len(station.vendor), station.model, len(station.iccid)) == (80, "<script>", 30)


@pytest.mark.parametrize("how_many", [1, 50])
def test_booting_costs_a_constant_number_of_statements(how_many):
    stations = [OnlineStationFactory(vendor="Acme", model="One", firmware_version="1") for _ in range(how_many)]
    for station in stations:
        DeviceVariable.objects.create(station=station, component="ConfigurationKey", variable="X", value="1")
    facts = [fact_of(station, BootNotified("Acme", "One", firmware_version="1")) for station in stations]

    with CaptureQueriesContext(connection) as asked:
        replies = record_boots(facts)

    locks = 1 if connection.vendor == "postgresql" else 0
    statements = [q["sql"] for q in asked if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(statements) == 5 + locks
    assert len(replies) == how_many
