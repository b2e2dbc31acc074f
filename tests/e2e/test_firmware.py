"""Firmware from the catalogue to the new version, over real sockets and real HTTP."""

from collections.abc import Iterator

import pytest

from apps.chargers.engine.masking import mask_urls
from apps.chargers.models import ChargingStation, FirmwarePublication, FirmwareUpdate, StationNotice
from apps.gateway.simulator import background
from tests.e2e.transfers import MODEL, VENDOR, Depot, Signer, content_of
from tests.support.pki import issue
from tests.support.server import ServerProcess

VERSIONS = ("1.6", "2.0.1")
SIGNED_WAY = [
    "Requested", "Downloading", "Downloaded", "SignatureVerified", "Installing", "InstallRebooting",
    "Installed",
]  # fmt: skip
PLAIN_WAY = {
    "1.6": ["Requested", "Downloading", "Downloaded", "Installing", "Installed"],
    "2.0.1": ["Requested", "Downloading", "Downloaded", "Installing", "InstallRebooting", "Installed"],
}


@pytest.fixture
def depot(network, monkeypatch) -> Depot:
    monkeypatch.setattr(background, "STEP_S", 0)
    return Depot(network)


def dial(depot: Depot, version: str, **options):
    station = depot.network.enrol(vendor=VENDOR, model=MODEL, firmware_version="1.0.0")
    return station, depot.network.dial(station, version=version, **options)


def told(depot: Depot, update: FirmwareUpdate) -> list[str]:
    """What the charger told of it; when its answer and a boot were noted beside that is no matter of order."""
    return [word for word in depot.words(update) if word not in ("Accepted", "Booted")]


def ended(update: FirmwareUpdate) -> bool:
    return not update.is_open


@pytest.mark.ocpp(None, "UpdateFirmware", "FirmwareStatusNotification")
@pytest.mark.parametrize("version", VERSIONS)
async def test_a_station_fetches_installs_and_boots_with_the_new_version(depot, version):
    firmware = await depot.add(f"2.{version}")
    station, charger = dial(depot, version)
    async with charger:
        await charger.boot()
        update = depot.update(station, firmware)
        update = await depot.until(update, ended, "the end of the update")
    depot.network.database.deliver_events()
    update = await depot.until(update, lambda row: row.confirmed_at is not None, "the boot to be joined")
    assert update.state == "Installed"
    assert told(depot, update) == PLAIN_WAY[version]
    stored = depot.do(lambda: ChargingStation.objects.get(pk=station.pk))
    assert stored.firmware_version == firmware.version
    notices = StationNotice.objects.filter(station=station, kind="firmware").order_by("pk")
    titles = [notice.title for notice in depot.network.rows(notices)]
    assert [title for title in titles if "→" not in title] == PLAIN_WAY[version][1:]


@pytest.mark.ocpp("1.6", "SignedUpdateFirmware", "SignedFirmwareStatusNotification")
@pytest.mark.ocpp("2.0.1", "UpdateFirmware")
@pytest.mark.parametrize("version", VERSIONS)
async def test_a_signed_firmware_is_verified_by_the_station(depot, version):
    firmware = await depot.add(f"3.{version}", signer=Signer.new())
    assert firmware.signature_verified_at is not None
    station, charger = dial(depot, version)
    async with charger:
        await charger.boot()
        update = depot.update(station, firmware, signed=True)
        update = await depot.until(update, ended, "the end of the update")
    assert told(depot, update) == SIGNED_WAY


@pytest.fixture
def signing(depot, server_database, tmp_path) -> Iterator[Depot]:
    """The same network at a server that signs with a key of its own."""
    certificate, key = issue("Operator").write(tmp_path, "own")
    own = {"FIRMWARE_SIGNING_CERTIFICATE": certificate, "FIRMWARE_SIGNING_KEY": key}
    with ServerProcess(server_database, **own) as server:
        yield Depot(depot.network.at(server))


async def test_a_firmware_without_a_signature_is_signed_with_the_servers_own_key(signing):
    firmware = await signing.add("3.own")
    assert firmware.signature_verified_at is not None
    station, charger = dial(signing, "2.0.1")
    async with charger:
        await charger.boot()
        update = await signing.until(signing.update(station, firmware), ended, "the end of the update")
    assert told(signing, update) == SIGNED_WAY


@pytest.mark.ocpp("2.0.1", "PublishFirmware", "UnpublishFirmware", "PublishFirmwareStatusNotification")
@pytest.mark.ocpp("2.1", "PublishFirmware", "UnpublishFirmware", "PublishFirmwareStatusNotification")
@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
async def test_a_controller_fetches_a_firmware_offers_it_and_takes_it_back(depot, version):
    firmware = await depot.add(f"7.{version}")
    station, charger = dial(depot, version)
    async with charger:
        await charger.boot()
        row = await depot.until(depot.publish(station, firmware), lambda row: row.state == "Published", "the offer")
        assert row.locations == [f"http://{station.identity}.local/{firmware.md5}"]
        async with depot.network.api() as api:
            answer = await api.command(station.identity, "UnpublishFirmware", {"checksum": firmware.md5})
        assert answer["state"] == "accepted"
        await depot.until(row, lambda row: row.state == "Unpublished", "the end of the offer")
        assert charger.station.published == {}

        (asked,) = charger.received("PublishFirmware")
        written = {"location": asked["location"], "checksum": firmware.md5, "requestId": 77}
        async with depot.network.api() as api:
            assert (await api.command(station.identity, "PublishFirmware", written))["state"] == "accepted"
        own = depot.do(lambda: FirmwarePublication.objects.get(station=station, request_id=77))
        own = await depot.until(own, lambda row: row.state == "Published", "the offer that was written by hand")
    assert (own.firmware, own.checksum, own.location) == (None, firmware.md5, mask_urls(asked["location"]))


@pytest.mark.parametrize(
    ("spoilt", "state"), [({"md5": "0" * 32}, "InvalidChecksum"), ({"withdrawn_file": True}, "DownloadFailed")]
)
async def test_a_controller_that_gets_another_file_or_none_offers_nothing(depot, spoilt, state):
    firmware = await depot.add(f"8.{state}")
    rows = type(firmware).objects.filter(pk=firmware.pk)
    if "md5" in spoilt:
        depot.do(lambda: rows.update(**spoilt))
        firmware = depot.do(rows.get)
    else:
        (depot.network.database.var / "files" / firmware.storage_name[:2] / firmware.storage_name).unlink()
    station, charger = dial(depot, "2.0.1")
    async with charger:
        await charger.boot()
        await depot.until(depot.publish(station, firmware), lambda row: row.state == state, "the failure")
    assert charger.station.published == {}


@pytest.mark.parametrize(
    ("misbehaviour", "version", "state"),
    [
        ("firmware-download-fails", "1.6", "DownloadFailed"),
        ("firmware-download-fails", "2.0.1", "DownloadFailed"),
        ("firmware-install-fails", "1.6", "InstallationFailed"),
        ("firmware-install-fails", "2.0.1", "InstallationFailed"),
        ("firmware-signature-refused", "1.6", "InvalidSignature"),
        ("firmware-signature-refused", "2.0.1", "InvalidSignature"),
        ("firmware-verification-fails", "2.0.1", "InstallVerificationFailed"),
        ("firmware-refused", "2.0.1", "Rejected"),
        ("firmware-certificate-invalid", "2.0.1", "InvalidCertificate"),
        ("firmware-certificate-revoked", "2.0.1", "RevokedCertificate"),
    ],
)
@pytest.mark.ocpp(None, "UpdateFirmware", "FirmwareStatusNotification")
async def test_a_failure_is_kept_at_the_state_where_it_came(depot, misbehaviour, version, state):
    firmware = await depot.add(f"4.{misbehaviour}.{version}", signer=Signer.new())
    station, charger = dial(depot, version, misbehave=[misbehaviour])
    async with charger:
        await charger.boot()
        update = await depot.until(depot.update(station, firmware, signed=True), ended, "the end of the update")
    assert update.state == state
    stored = depot.do(lambda: ChargingStation.objects.get(pk=station.pk))
    assert stored.firmware_version == "1.0.0"


async def test_a_station_that_finds_another_file_than_was_signed_refuses_it(depot):
    signer = Signer.new()
    firmware = await depot.add("5.0", signer=signer)
    other = signer.sign(content_of("5.1"))
    depot.do(lambda: type(firmware).objects.filter(pk=firmware.pk).update(signature=other))
    station, charger = dial(depot, "2.0.1")
    async with charger:
        await charger.boot()
        firmware = depot.do(lambda: type(firmware).objects.get(pk=firmware.pk))
        update = await depot.until(depot.update(station, firmware), ended, "the end of the update")
    assert update.state == "InvalidSignature"


async def test_a_file_elsewhere_that_is_not_there_ends_in_download_failed(depot):
    station, charger = dial(depot, "1.6")
    async with charger:
        await charger.boot()
        update = depot.update(station, None, location="http://127.0.0.1:9/acme.bin")
        update = await depot.until(update, ended, "the end of the update")
    assert (update.state, update.location) == ("DownloadFailed", "http://127.0.0.1:9/acme.bin")


async def test_the_token_of_a_firmware_is_nowhere_in_command_or_journal(depot):
    firmware = await depot.add("6.0")
    station, charger = dial(depot, "2.0.1")
    async with charger:
        await charger.boot()
        update = depot.update(station, firmware)
        asked = await charger.expect_call("UpdateFirmware")
        await depot.until(update, ended, "the end of the update")
    token = asked["firmware"]["location"].split("/files/out/")[1].split("/")[0]
    assert len(token) == 32
    command = depot.do(lambda: update.command.__class__.objects.get(pk=update.command_id))
    assert token not in str([command.arguments, command.request, command.sealed])
    async with depot.network.api() as api:
        assert token not in str(await api.all("journal/", station=station.identity))
