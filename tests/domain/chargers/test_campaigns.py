"""Campaigns: waves, windows, halts; driven step by step by rows alone."""

from datetime import time, timedelta

import pytest

from apps.chargers.choices import CommandState
from apps.chargers.engine.waves import BadWaves, is_within, read_waves
from apps.chargers.models import FirmwareUpdate, StationCommand
from apps.chargers.services.campaigns.driving import drive_campaigns
from apps.chargers.services.campaigns.managing import (
    CampaignRefused,
    cancel_campaign,
    pause_campaign,
    resume_campaign,
    start_campaign,
)
from tests.factories.chargers import NOON, OnlineStationFactory, StationFactory
from tests.factories.files import MODEL, VENDOR, FirmwareFactory

HOUR = timedelta(hours=1)


@pytest.fixture
def firmware(voltwerk):
    return FirmwareFactory(organisation=voltwerk, version="2.0")


@pytest.fixture
def stations(harbour):
    """Ten, online, of the firmware's model."""
    return OnlineStationFactory.create_batch(
        10, site=harbour, vendor=VENDOR, model=MODEL, firmware_version="1.0", evses=0
    )


def begin(firmware, stations, ada, **options):
    options = {"waves": "1, 3", "pause_s": 3600, **options}
    return start_campaign(
        firmware=firmware, stations=stations, name="Spring", actor=ada, at=NOON, base_url="http://cn.example", **options
    )


def states(campaign) -> dict[str, int]:
    found: dict[str, int] = {}
    for state in campaign.members.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def end_updates(state: str, at=NOON) -> None:
    """What is under way ends so."""
    rows = FirmwareUpdate.objects.filter(ended_at=None)
    rows.update(state=state, ended_at=at)


def test_waves_are_read_as_people_write_them():
    assert read_waves("1, 10 %", total=20) == [1, 2, 17]
    assert read_waves("", total=5) == [5]
    assert read_waves("50%, 50%", total=3) == [2, 1]
    assert read_waves("10", total=4) == [4]
    for text in ("0", "-1", "many", "200 %", "1.5"):
        with pytest.raises(BadWaves):
            read_waves(text, total=10)


def test_a_window_may_lie_over_midnight_and_is_of_the_site():
    evening, morning = time(22), time(6)
    assert not is_within(evening, morning, at=NOON, zone="UTC")
    assert is_within(evening, morning, at=NOON, zone="Pacific/Auckland")
    assert is_within(time(12), time(13), at=NOON, zone="UTC")
    assert not is_within(time(11), time(12), at=NOON, zone="UTC")
    assert is_within(None, None, at=NOON, zone="UTC")


def test_the_first_wave_alone_is_asked_first(firmware, stations, ada):
    campaign = begin(firmware, stations, ada)
    drive_campaigns(NOON)
    assert states(campaign) == {"running": 1, "waiting": 9}
    assert StationCommand.objects.filter(name="UpdateFirmware", state=CommandState.PENDING).count() == 1


def test_a_step_repeated_asks_nobody_twice(firmware, stations, ada):
    begin(firmware, stations, ada, waves="")
    for _ in range(3):
        drive_campaigns(NOON)
    assert FirmwareUpdate.objects.count() == 10
    assert StationCommand.objects.count() == 10


def test_the_next_wave_opens_after_the_pause_and_the_last_ends_the_campaign(firmware, stations, ada):
    campaign = begin(firmware, stations, ada)
    at = NOON
    seen = []
    for _ in range(3):
        drive_campaigns(at)
        end_updates("Installed", at)
        drive_campaigns(at)
        seen.append(states(campaign))
        drive_campaigns(at + HOUR - timedelta(seconds=1))
        assert states(campaign) == seen[-1]
        at += HOUR
    assert seen == [{"succeeded": 1, "waiting": 9}, {"succeeded": 4, "waiting": 6}, {"succeeded": 10}]
    campaign.refresh_from_db()
    assert (campaign.state, campaign.open_wave) == ("done", 3)


def test_it_halts_by_itself_and_forgives_when_it_is_resumed(firmware, stations, ada):
    campaign = begin(firmware, stations, ada, waves="2", halt_after_failures=2)
    drive_campaigns(NOON)
    end_updates("InstallationFailed")
    drive_campaigns(NOON)
    campaign.refresh_from_db()
    assert (campaign.state, states(campaign)) == ("halted", {"failed": 2, "waiting": 8})
    drive_campaigns(NOON + 2 * HOUR)
    assert states(campaign) == {"failed": 2, "waiting": 8}
    resume_campaign(campaign=campaign, actor=ada, at=NOON)
    drive_campaigns(NOON)
    drive_campaigns(NOON + HOUR)
    assert states(campaign) == {"failed": 2, "running": 8}


def test_a_paused_one_begins_nothing_and_a_cancelled_one_never_again(firmware, stations, ada):
    campaign = begin(firmware, stations, ada)
    pause_campaign(campaign=campaign, actor=ada, at=NOON)
    drive_campaigns(NOON)
    assert states(campaign) == {"waiting": 10}
    resume_campaign(campaign=campaign, actor=ada, at=NOON)
    drive_campaigns(NOON)
    cancel_campaign(campaign=campaign, actor=ada, at=NOON)
    assert states(campaign) == {"running": 1, "skipped": 9}
    with pytest.raises(CampaignRefused):
        resume_campaign(campaign=campaign, actor=ada, at=NOON)


def test_whoever_is_offline_waits_and_holds_up_nobody(firmware, stations, harbour, ada):
    away = StationFactory(site=harbour, identity="AAA", vendor=VENDOR, model=MODEL, firmware_version="1.0")
    campaign = begin(firmware, [away, *stations], ada, waves="2", pause_s=0)
    drive_campaigns(NOON)
    end_updates("Installed")
    drive_campaigns(NOON)
    assert states(campaign) == {"succeeded": 1, "running": 9, "waiting": 1}
    assert campaign.members.get(state="waiting").station == away


def test_a_wave_that_nobody_was_there_for_proves_nothing(firmware, harbour, ada):
    away = StationFactory.create_batch(2, site=harbour, vendor=VENDOR, model=MODEL)
    campaign = begin(firmware, away, ada, waves="1", pause_s=0)
    drive_campaigns(NOON)
    campaign.refresh_from_db()
    assert campaign.open_wave == 1


def test_no_station_is_updated_twice_at_once(firmware, stations, voltwerk, ada):
    other = FirmwareFactory(organisation=voltwerk, version="3.0")
    first, second = begin(firmware, stations, ada, waves=""), begin(other, stations, ada, waves="")
    drive_campaigns(NOON)
    assert (states(first), states(second)) == ({"running": 10}, {"waiting": 10})


def test_who_has_the_version_already_is_left_out(firmware, stations, ada):
    campaign = begin(firmware, stations, ada, waves="")
    type(stations[0]).objects.filter(pk=stations[0].pk).update(firmware_version="2.0")
    drive_campaigns(NOON)
    assert states(campaign) == {"running": 9, "skipped": 1}


def test_one_that_was_never_asked_waits_again(firmware, stations, ada):
    campaign = begin(firmware, stations, ada)
    drive_campaigns(NOON)
    end_updates("NoAnswer")
    drive_campaigns(NOON + timedelta(seconds=10))
    assert states(campaign) == {"running": 1, "waiting": 9}
    assert FirmwareUpdate.objects.count() == 2


def test_outside_of_its_window_nothing_begins(firmware, stations, ada):
    campaign = begin(firmware, stations, ada, window_from=time(2), window_to=time(4))
    drive_campaigns(NOON)
    assert states(campaign) == {"waiting": 10}


def test_its_end_leaves_out_whoever_was_not_reached(firmware, stations, ada):
    campaign = begin(firmware, stations, ada, ends_at=NOON + HOUR)
    drive_campaigns(NOON)
    end_updates("Installed")
    drive_campaigns(NOON + HOUR)
    campaign.refresh_from_db()
    assert (campaign.state, states(campaign)) == ("done", {"succeeded": 1, "skipped": 9})


def test_stations_of_others_are_refused(firmware, rival_site, ada):
    with pytest.raises(CampaignRefused):
        begin(firmware, [OnlineStationFactory(site=rival_site)], ada)
