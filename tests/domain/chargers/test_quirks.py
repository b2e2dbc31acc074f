"""Quirk profiles: whose they are, whom they fit, and what they do where frames are read."""

import pytest

from apps.chargers.engine.quirks import QUIRKS, Quirks, combine, problem_with, read_quirks
from apps.chargers.messages.events import BootNotified
from apps.chargers.models import ChargingStation, QuirkProfile, StationCommand
from apps.chargers.services.connections import identify_stations
from apps.chargers.services.provisioning import record_boots
from apps.chargers.services.quirk_profiles import (
    QuirkProfileInvalid,
    QuirkProfileShipped,
    remove_quirk_profile,
    resolve_quirks,
    resolve_quirks_of_organisation,
    save_quirk_profile,
)
from tests.factories.chargers import NOON, OnlineStationFactory, StationFactory, fact_of

pytestmark = pytest.mark.django_db


def profile(station, quirks, **fields):
    values = {"name": "Ours", "vendor_pattern": "acme*", **fields}
    return save_quirk_profile(organisation=station.site.organisation, quirks=quirks, actor=None, at=NOON, **values)


def of(station):
    return resolve_quirks([station.pk])[station.pk]


def test_every_quirk_has_words_for_people_and_a_default():
    assert set(QUIRKS) == set(Quirks.__slots__)
    assert all(quirk.label and quirk.help.endswith(".") for quirk in QUIRKS.values())


def test_a_profile_fits_by_vendor_model_and_firmware():
    station = StationFactory(vendor="ACME Corp", model="One", firmware_version="1.2")
    profile(station, {"tag_suffix": ";"}, model_pattern="one", firmware_pattern="1.*")
    assert of(station).tag_suffix == ";"
    station.firmware_version = "2.0"
    station.save()
    assert of(station) == Quirks()


def test_an_own_profile_outranks_a_shipped_one_name_by_name():
    station = StationFactory(vendor="Grizzl-E")
    assert of(station) == Quirks(assumed_protocol="ocpp1.6", is_lenient=True)
    profile(station, {"is_lenient": False}, vendor_pattern="grizzl*")
    assert of(station) == Quirks(assumed_protocol="ocpp1.6")
    station.refresh_from_db()
    assert station.quirks == {"assumed_protocol": {"value": "ocpp1.6", "source": "Grizzl-E"}}


def test_profiles_of_others_and_inactive_ones_say_nothing():
    station = StationFactory(vendor="Acme")
    profile(OnlineStationFactory(), {"is_lenient": True})
    profile(station, {"reversed_tags": True}, is_active=False)
    assert of(station) == Quirks()


@pytest.mark.parametrize(
    ("quirks", "fields"),
    [
        ({"flies": True}, {}),
        ({"is_lenient": "yes"}, {}),
        ({"only_rate_unit": "kW"}, {}),
        ({"silent_before_boot_s": 9999}, {}),
        ({"is_lenient": True}, {"vendor_pattern": ""}),
        ({"is_lenient": True}, {"name": " "}),
    ],
)
def test_what_cannot_be_is_refused(quirks, fields):
    with pytest.raises(QuirkProfileInvalid):
        profile(StationFactory(), quirks, **fields)
    assert not QuirkProfile.objects.exclude(organisation=None).exists()


def test_a_shipped_profile_is_nobodys_to_change():
    shipped = QuirkProfile.objects.get(name="Grizzl-E")
    with pytest.raises(QuirkProfileShipped):
        remove_quirk_profile(profile=shipped, actor=None, at=NOON)
    assert QuirkProfile.objects.filter(name="Grizzl-E").exists()


def test_taking_a_profile_away_takes_its_quirks_away():
    station = StationFactory(vendor="Acme")
    made = profile(station, {"is_lenient": True})
    assert of(station).is_lenient
    remove_quirk_profile(profile=made, actor=None, at=NOON)
    resolve_quirks_of_organisation(station.site.organisation_id)
    assert ChargingStation.objects.get(pk=station.pk).quirks == {}


def test_the_first_boot_tells_what_a_station_is_and_so_its_habits():
    station = OnlineStationFactory()
    profile(station, {"probing_reboots": True, "silent_before_boot_s": 30})
    record_boots([fact_of(station, BootNotified("Acme", "One"))])
    credentials = identify_stations([station.identity])[station.identity]
    assert credentials.context("ocpp1.6").quirks == Quirks(probing_reboots=True, silent_before_boot_s=30)
    assert not StationCommand.objects.exists()


def test_at_the_door_a_models_habit_counts_like_a_setting():
    station = StationFactory(vendor="Grizzl-E")
    of(station)
    credentials = identify_stations([station.identity])[station.identity]
    assert (credentials.is_lenient, credentials.assumed_protocol) == (True, "ocpp1.6")


def test_stored_names_of_other_releases_are_passed_over():
    assert read_quirks({"gone": {"value": 1, "source": "x"}, "is_lenient": {"value": 7, "source": "x"}}) == Quirks()
    assert combine([("a", {"is_lenient": True}), ("b", {"is_lenient": False})]) == {}
    assert problem_with("tag_suffix", ";") == ""
