"""Firmware and logs between a network's stations and a real server, for the tests of both."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from apps.chargers.models import ChargingStation, Firmware, FirmwarePublication, FirmwareUpdate, LogRequest
from apps.chargers.services.firmware.catalogue import add_firmware, ticket_for_file
from apps.chargers.services.firmware.publishing import publish_firmware
from apps.chargers.services.firmware.updating import update_firmware
from apps.chargers.services.logs.requesting import request_log
from tests.e2e.network import Network
from tests.support.waiting import eventually

VENDOR, MODEL = "ChargeNet", "Simulated AC"


def now() -> datetime:
    return datetime.now(UTC)


def content_of(version: str, size_bytes: int = 600_000) -> bytes:
    """A file that brings ``version`` to a simulated station."""
    return f"VERSION={version}\n".encode().ljust(size_bytes, b"\x07")


@dataclass(frozen=True)
class Signer:
    """A manufacturer: a key, and its certificate as PEM."""

    key: ec.EllipticCurvePrivateKey
    certificate: str

    @classmethod
    def new(cls) -> "Signer":
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Maker")])
        built = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now() - timedelta(days=1))
            .not_valid_after(now() + timedelta(days=1))
            .sign(key, hashes.SHA256())
        )
        return cls(key, built.public_bytes(serialization.Encoding.PEM).decode())

    def sign(self, content: bytes) -> str:
        return base64.b64encode(self.key.sign(content, ec.ECDSA(hashes.SHA256()))).decode()


@dataclass
class Depot:
    """The catalogue and the requests of one network."""

    network: Network

    @property
    def url(self) -> str:
        return self.network.server.url

    def do(self, function) -> Any:
        return self.network.database.do(function)

    async def add(self, version: str, content: bytes | None = None, signer: Signer | None = None) -> Firmware:
        """A version in the catalogue, its file uploaded as a person does it."""
        content = content_of(version) if content is None else content
        firmware = self.do(
            lambda: add_firmware(
                organisation=self.network.site.organisation, actor=self.network.operator, at=now(), vendor=VENDOR,
                model=MODEL, version=version, signature=signer.sign(content) if signer else "",
                signing_certificate=signer.certificate if signer else "",
            )
        )  # fmt: skip
        token = self.do(lambda: ticket_for_file(firmware=firmware, at=now()))
        async with httpx.AsyncClient() as client:
            answer = await client.post(f"{self.url}/files/in/{token}", files={"file": (f"acme-{version}.bin", content)})
        assert answer.status_code == 303, answer.text
        return self.do(lambda: Firmware.objects.get(pk=firmware.pk))

    def update(self, station: ChargingStation, firmware: Firmware | None, **options) -> FirmwareUpdate:
        """Ask the station, as it is stored now."""

        def ask() -> FirmwareUpdate:
            stored = ChargingStation.objects.select_related("site__organisation").get(pk=station.pk)
            return update_firmware(
                station=stored, firmware=firmware, actor=self.network.operator, at=now(), base_url=self.url, **options
            )

        return self.do(ask)

    def ask_for_log(self, station: ChargingStation, **options) -> LogRequest:
        return self.do(
            lambda: request_log(
                station=ChargingStation.objects.select_related("site__organisation").get(pk=station.pk),
                actor=self.network.operator, at=now(), base_url=self.url, **options,
            )
        )  # fmt: skip

    def publish(self, station: ChargingStation, firmware: Firmware) -> FirmwarePublication:
        """Let the station offer it, as it is stored now."""

        def ask() -> FirmwarePublication:
            stored = ChargingStation.objects.select_related("site__organisation").get(pk=station.pk)
            return publish_firmware(
                station=stored, firmware=firmware, actor=self.network.operator, at=now(), base_url=self.url
            )

        return self.do(ask)

    async def until(self, row, check, what: str) -> Any:
        """The row as stored once ``check(row)`` holds."""

        def look():
            stored = self.do(lambda: type(row).objects.select_related("station").get(pk=row.pk))
            return stored if check(stored) else None

        return await eventually(look, what=what)

    def words(self, row) -> list[str]:
        """Its history."""
        return self.do(lambda: list(row.progress.order_by("pk").values_list("word", flat=True)))
