"""Diagnostics and logs, from the wish to the file, over real sockets and real HTTP."""

import pytest

from apps.chargers.models import LogRequest, StationFile
from apps.chargers.services.files.storage import path_of
from apps.gateway.simulator import background
from tests.e2e.transfers import Depot

VERSIONS = ("1.6", "2.0.1")


@pytest.fixture
def depot(network, monkeypatch) -> Depot:
    monkeypatch.setattr(background, "STEP_S", 0)
    return Depot(network)


def ended(request: LogRequest) -> bool:
    return not request.is_open


def files_of(depot: Depot, request: LogRequest) -> list[StationFile]:
    return depot.network.rows(StationFile.objects.filter(log_request=request))


def content_of(depot: Depot, file: StationFile, settings) -> bytes:
    settings.FILES_ROOT = depot.network.database.var / "files"
    return path_of(file.storage_name).read_bytes()


@pytest.mark.ocpp("1.6", "GetDiagnostics", "DiagnosticsStatusNotification")
@pytest.mark.ocpp("2.0.1", "GetLog", "LogStatusNotification")
@pytest.mark.parametrize("version", VERSIONS)
async def test_diagnostics_are_uploaded_to_us_and_joined_to_the_request(depot, version, settings):
    station = depot.network.enrol()
    async with depot.network.dial(station, version=version) as charger:
        charger.station.log_content = b"line one\nline two\n"
        await charger.boot()
        request = await depot.until(depot.ask_for_log(station), ended, "the end of the upload")
    assert request.state == "Uploaded"
    assert [w for w in depot.words(request) if w != "Accepted"] == [
        "Requested",
        "Uploading",
        "FileReceived",
        "Uploaded",
    ]
    (file,) = files_of(depot, request)
    assert (file.station_id, file.size_bytes) == (station.pk, 18)
    assert content_of(depot, file, settings) == b"line one\nline two\n"


@pytest.mark.ocpp(None, "GetLog", "LogStatusNotification")
@pytest.mark.parametrize("version", VERSIONS)
async def test_the_security_log_is_asked_for_in_the_words_of_the_extension(depot, version):
    station = depot.network.enrol()
    async with depot.network.dial(station, version=version) as charger:
        await charger.boot()
        request = depot.ask_for_log(station, kind="SecurityLog")
        asked = await charger.expect_call("GetLog")
        request = await depot.until(request, ended, "the end of the upload")
    assert (asked["logType"], asked["requestId"]) == ("SecurityLog", request.request_id)
    assert (request.state, request.file_name) == ("Uploaded", f"{station.identity}-SecurityLog.txt")


async def test_credentials_may_be_given_as_user_and_password(depot):
    station = depot.network.enrol()
    async with depot.network.dial(station, version="1.6") as charger:
        await charger.boot()
        request = depot.ask_for_log(station, as_password=True)
        asked = await charger.expect_call("GetDiagnostics")
        request = await depot.until(request, ended, "the end of the upload")
    assert asked["location"].startswith("http://station:")
    assert asked["location"].endswith("/files/in/")
    assert (request.state, len(files_of(depot, request))) == ("Uploaded", 1)


@pytest.mark.parametrize(
    ("misbehaviour", "version", "kind", "state"),
    [
        ("log-upload-fails", "1.6", "DiagnosticsLog", "UploadFailure"),
        ("log-upload-fails", "1.6", "SecurityLog", "UploadFailure"),
        ("log-upload-fails", "2.0.1", "DiagnosticsLog", "UploadFailure"),
        ("log-refused", "1.6", "DiagnosticsLog", "Nothing"),
        ("log-refused", "1.6", "SecurityLog", "Rejected"),
        ("log-refused", "2.0.1", "SecurityLog", "Rejected"),
    ],
)
async def test_what_does_not_come_is_said_so(depot, misbehaviour, version, kind, state):
    station = depot.network.enrol()
    async with depot.network.dial(station, version=version, misbehave=[misbehaviour]) as charger:
        await charger.boot()
        request = await depot.until(depot.ask_for_log(station, kind=kind), ended, "the end of the request")
    assert (request.state, files_of(depot, request)) == (state, [])


@pytest.mark.ocpp("2.0.1", "GetLog")
async def test_a_second_request_cancels_the_first(depot, monkeypatch):
    station = depot.network.enrol()
    async with depot.network.dial(station, version="2.0.1") as charger:
        await charger.boot()
        monkeypatch.setattr(background, "STEP_S", 3600)
        first = await depot.until(depot.ask_for_log(station), lambda r: r.state == "Accepted", "the first answer")
        monkeypatch.setattr(background, "STEP_S", 0)
        second = await depot.until(depot.ask_for_log(station), ended, "the end of the second")
        first = await depot.until(first, ended, "the end of the first")
    assert (first.state, second.state) == ("Canceled", "Uploaded")
    assert "AcceptedCanceled" in depot.words(second)
