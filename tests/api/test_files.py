"""Firmware, campaigns, logs and files by programs."""

import pytest

from apps.chargers.models import Firmware, FirmwareCampaign, FirmwareUpdate, LogRequest
from apps.chargers.services.files.tickets import hash_token
from tests.factories.chargers import OnlineStationFactory
from tests.factories.files import MODEL, VENDOR, FirmwareFactory, PublicationFactory, StationFileFactory


@pytest.fixture
def station(harbour):
    return OnlineStationFactory(site=harbour, vendor=VENDOR, model=MODEL, protocol="ocpp2.0.1")


@pytest.fixture
def firmware(voltwerk):
    return FirmwareFactory(organisation=voltwerk, version="2.0")


def post(client, path, body=None):
    return client.post(f"/api/v1/{path}", body or {}, content_type="application/json")


def test_a_version_is_described_and_its_file_gets_an_address(ada_api):
    made = post(ada_api, "firmware/", {"vendor": VENDOR, "version": "9"})
    assert (made.status_code, made.json()["has_file"]) == (201, False)
    address = post(ada_api, f"firmware/{made.json()['id']}/upload/").json()["upload_url"]
    token = address.split("/files/in/")[1].rstrip("/")
    assert Firmware.objects.get(tickets__token_hash=hash_token(token)).pk == made.json()["id"]


def test_a_station_is_updated_and_followed(ada_api, station, firmware):
    made = post(ada_api, "firmware-updates/", {"station": station.pk, "firmware": firmware.pk})
    assert (made.status_code, made.json()["state"]) == (201, "Requested")
    assert [note["word"] for note in made.json()["progress"]] == ["Requested"]
    again = post(ada_api, "firmware-updates/", {"station": station.pk, "firmware": firmware.pk})
    assert (again.status_code, again.json()["code"]) == (409, "update_refused")
    assert FirmwareUpdate.objects.count() == 1


def test_a_campaign_is_started_paused_resumed_and_cancelled(ada_api, station, firmware):
    body = {"firmware": firmware.pk, "stations": [station.pk], "name": "Spring", "waves": "1"}
    made = post(ada_api, "campaigns/", body).json()
    assert made["stations"] == {"waiting": 1}
    states = [
        post(ada_api, f"campaigns/{made['id']}/{what}/").json()["state"] for what in ("pause", "resume", "cancel")
    ]
    assert states == ["paused", "running", "cancelled"]
    assert post(ada_api, f"campaigns/{made['id']}/resume/").status_code in (400, 409)


def test_stations_of_others_do_not_exist_for_a_campaign(ada_api, firmware, rival_site):
    foreign = OnlineStationFactory(site=rival_site)
    made = post(ada_api, "campaigns/", {"firmware": firmware.pk, "stations": [foreign.pk], "name": "x"})
    assert (made.status_code, FirmwareCampaign.objects.count()) == (400, 0)


def test_a_log_is_asked_for(ada_api, station):
    made = post(ada_api, "log-requests/", {"station": station.pk, "kind": "SecurityLog"})
    assert (made.status_code, made.json()["state"], made.json()["files"]) == (201, "Requested", [])
    assert LogRequest.objects.get().station == station


def test_a_file_is_a_download_and_nothing_else(ada_api, station, settings, tmp_path):
    settings.FILES_ROOT = tmp_path
    file = StationFileFactory(log_request__station=station, content=b"<script>alert(1)</script>")
    got = ada_api.get(f"/api/v1/station-files/{file.pk}/content/")
    assert b"".join(got.streaming_content) == b"<script>alert(1)</script>"
    assert got["Content-Type"] == "application/octet-stream"
    assert got["Content-Disposition"] == 'attachment; filename="log.txt"'
    assert got["X-Content-Type-Options"] == "nosniff"


def test_what_a_controller_offers_is_taken_back(ada_api, station, firmware):
    row = PublicationFactory(station=station, firmware=firmware)
    assert ada_api.delete(f"/api/v1/firmware-publications/{row.pk}/").status_code == 202
    assert station.commands.get().name == "UnpublishFirmware"
