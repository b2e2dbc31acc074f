"""Firmware that comes without a signature is signed with our own key, where there is one."""

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from apps.chargers.engine.signatures import is_signed_by
from apps.chargers.services.firmware.catalogue import FirmwareRefused, attach_file
from tests.factories.chargers import NOON
from tests.factories.files import FirmwareFactory
from tests.support.pki import issue

pytestmark = pytest.mark.django_db
SHA256 = hashlib.sha256(b"firmware").hexdigest()


@pytest.fixture
def own(settings, tmp_path):
    """Configure a certificate with its key, or with another."""

    def configure(kind="ec", key: bytes | None = None):
        certificate, key_path = issue("Maker", kind=kind).write(tmp_path, "maker")
        if key is not None:
            key_path.write_bytes(key)
        settings.FIRMWARE_SIGNING_CERTIFICATE, settings.FIRMWARE_SIGNING_KEY = str(certificate), str(key_path)
        return certificate.read_text()

    return configure


def receive(firmware):
    attach_file(
        firmware=firmware, storage_name="a" * 32, name="acme.bin", size_bytes=8, sha256=SHA256, md5="0" * 32, at=NOON
    )
    firmware.refresh_from_db()


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_it_is_signed_with_the_own_key(own, kind):
    certificate, firmware = own(kind), FirmwareFactory(storage_name="")
    receive(firmware)
    assert (firmware.signing_certificate, firmware.signature_verified_at) == (certificate, NOON)
    assert is_signed_by(certificate, signature=firmware.signature, sha256=SHA256)
    assert not is_signed_by(certificate, signature=firmware.signature, sha256="0" * 64)


def test_without_a_key_it_stays_unsigned(settings):
    settings.FIRMWARE_SIGNING_KEY = ""
    firmware = FirmwareFactory(storage_name="")
    receive(firmware)
    assert (firmware.has_file, firmware.signature) == (True, "")


def locked() -> bytes:
    key = issue("Locked").key
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))


def of_another_kind() -> bytes:
    key = ed25519.Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize("key", [b"no key", locked(), of_another_kind()], ids=["none", "locked", "another kind"])
def test_a_key_that_cannot_be_used_is_said_and_nothing_is_kept(own, key):
    own(key=key)
    firmware = FirmwareFactory(storage_name="")
    with pytest.raises(FirmwareRefused, match="cannot be read"):
        receive(firmware)
    firmware.refresh_from_db()
    assert not firmware.has_file


def test_a_key_that_is_not_there_is_said(own, settings):
    own()
    settings.FIRMWARE_SIGNING_KEY += ".gone"
    with pytest.raises(FirmwareRefused, match="cannot be read"):
        receive(FirmwareFactory(storage_name=""))


def test_the_key_of_another_certificate_is_noticed(own):
    other = issue("Other").key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    own(key=other)
    with pytest.raises(FirmwareRefused, match="does not belong"):
        receive(FirmwareFactory(storage_name=""))
