"""Firmware and files in the portal."""

import io
import zipfile

import pytest

from apps.chargers.models import Firmware, FirmwareCampaign, FirmwareUpdate, LogRequest
from apps.chargers.services.files.storage import path_of
from apps.portal.files import archives
from tests.factories.chargers import NOON, OnlineStationFactory
from tests.factories.files import (
    MODEL,
    VENDOR,
    FirmwareFactory,
    FirmwareUpdateFactory,
    LogRequestFactory,
    StationFileFactory,
)


@pytest.fixture
def station(harbour):
    return OnlineStationFactory(site=harbour, vendor=VENDOR, model=MODEL, firmware_version="1.0", protocol="ocpp2.0.1")


@pytest.fixture
def firmware(voltwerk):
    return FirmwareFactory(organisation=voltwerk, version="2.0")


@pytest.fixture
def page(client, ada):
    client.force_login(ada)
    return client


def text(response) -> str:
    return response.content.decode()


def test_a_failed_update_says_what_to_do_next(page, station):
    FirmwareUpdateFactory(station=station, state="InvalidSignature", ended_at=NOON)
    shown = text(page.get(f"/stations/{station.pk}/files/"))
    assert "Signature refused" in shown
    assert "Compare signature and certificate" in shown


def test_an_update_is_asked_for(page, station, firmware):
    answer = page.post(f"/stations/{station.pk}/update-firmware/", {"firmware": firmware.pk})
    assert answer.status_code == 302
    assert FirmwareUpdate.objects.get().version == "2.0"


def test_an_update_needs_a_firmware_or_an_address_not_both(page, station, firmware):
    both = {"firmware": firmware.pk, "location": "ftp://h/f.bin"}
    for data in ({}, both):
        assert page.post(f"/stations/{station.pk}/update-firmware/", data).status_code == 422
    assert not FirmwareUpdate.objects.exists()


def test_an_address_elsewhere_is_shown_without_its_password(page, station):
    page.post(f"/stations/{station.pk}/update-firmware/", {"location": "ftp://u:secret@h/f.bin"})
    update = FirmwareUpdate.objects.get()
    shown = text(page.get(f"/firmware-updates/{update.pk}/"))
    assert "ftp://u:•••@h/f.bin" in shown
    assert "secret" not in shown


def test_a_log_is_asked_for(page, station):
    assert page.post(f"/stations/{station.pk}/request-log/", {"kind": "DiagnosticsLog"}).status_code == 302
    assert LogRequest.objects.get().station == station


def test_an_upload_that_was_told_but_never_came_is_explained(page, station):
    log = LogRequestFactory(station=station, state="Uploaded", ended_at=NOON)
    assert "none arrived here" in text(page.get(f"/log-requests/{log.pk}/"))


@pytest.fixture
def stored(settings, tmp_path, station):
    settings.FILES_ROOT = tmp_path
    return lambda content: StationFileFactory(log_request__station=station, content=content)


def test_a_text_is_shown_escaped_and_searched(page, stored):
    file = stored(b"first line\n<b>second</b>\nthird line\n")
    shown = text(page.get(f"/station-files/{file.pk}/"))
    assert "&lt;b&gt;second&lt;/b&gt;" in shown
    found = text(page.get(f"/station-files/{file.pk}/?find=LINE"))
    assert "third line" in found
    assert "second&lt;" not in found


def test_other_files_are_listed_or_only_downloaded(page, stored):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("logs/today.txt", "x")
    assert "logs/today.txt" in text(page.get(f"/station-files/{stored(packed.getvalue()).pk}/"))
    assert "This is no text" in text(page.get(f"/station-files/{stored(b'a' + bytes(9)).pk}/"))


def test_an_archive_with_a_huge_directory_is_not_read(stored, monkeypatch):
    monkeypatch.setattr(archives, "MOST_DIRECTORY_BYTES", 1000)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(50):
            archive.writestr(f"{number}.txt", "x")
    path = path_of(stored(packed.getvalue()).storage_name)
    assert archives.entries_of(path, most=3) is None
    monkeypatch.setattr(archives, "MOST_DIRECTORY_BYTES", 5000)
    assert archives.entries_of(path, most=3) == [("0.txt", 1), ("1.txt", 1), ("2.txt", 1)]


def test_a_text_of_very_many_lines_is_cut(page, stored):
    file = stored(b"\n" * 9_000)
    shown = text(page.get(f"/station-files/{file.pk}/"))
    assert "The first 5000 lines" in shown
    assert "5001" not in shown


def test_a_large_text_is_cut(page, stored):
    file = stored(b"x" * 300 * 1024)
    assert "The first 256 KiB" in text(page.get(f"/station-files/{file.pk}/"))


def test_a_version_is_added_and_its_file_gets_a_form(page, voltwerk):
    page.post("/firmware/new/", {"organisation": voltwerk.pk, "vendor": VENDOR, "version": "9"})
    firmware = Firmware.objects.get()
    shown = text(page.post(f"/firmware/{firmware.pk}/file/"))
    assert 'enctype="multipart/form-data"' in shown
    assert 'action="/files/in/' in shown


def test_a_campaign_chooses_by_vendor_model_and_version(page, station, firmware, harbour):
    OnlineStationFactory(site=harbour, vendor="Other")
    data = {"name": "Spring", "firmware": firmware.pk, "waves": "1", "pause_min": 60, "halt_after_failures": 1}
    assert page.post("/campaigns/new/", {**data, "version_now": "1.0"}).status_code == 302
    campaign = FirmwareCampaign.objects.get()
    assert [member.station for member in campaign.members.all()] == [station]
    assert station.identity in text(page.get(f"/campaigns/{campaign.pk}/"))
    assert page.post(f"/campaigns/{campaign.pk}/pause/").status_code == 302
    campaign.refresh_from_db()
    assert campaign.state == "paused"


def test_a_campaign_without_stations_is_refused(page, firmware):
    data = {"name": "Spring", "firmware": firmware.pk, "waves": "", "pause_min": 60, "halt_after_failures": 1}
    assert page.post("/campaigns/new/", data).status_code == 422
    assert not FirmwareCampaign.objects.exists()
