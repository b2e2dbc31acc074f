"""Reading certificates that somebody hands us as text."""

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

MAX_PEM_CHARACTERS = 100_000
MAX_CERTIFICATES = 20
_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]{1,60000}-----END CERTIFICATE-----")


class UnreadableCertificate(ValueError):
    """The text holds no certificate that can be read; the words say why."""


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What people want to know of a certificate. ``fingerprint``: SHA-256 of the DER, hexadecimal."""

    subject: str
    issuer: str
    common_name: str
    serial_number: str
    fingerprint: str
    valid_from: datetime
    valid_until: datetime
    key: str
    is_authority: bool
    is_self_signed: bool


def read_chain(text: str) -> list[x509.Certificate]:
    """The certificates of a PEM text in its order; line ends of any kind. Raises ``UnreadableCertificate``."""
    if len(text) > MAX_PEM_CHARACTERS:
        raise UnreadableCertificate("The text is too long to be a chain of certificates.")
    blocks = _BLOCK.findall(text.replace("\r\n", "\n").replace("\\n", "\n"))
    if not blocks:
        raise UnreadableCertificate("This is no certificate in PEM form: it begins with BEGIN CERTIFICATE.")
    if len(blocks) > MAX_CERTIFICATES:
        raise UnreadableCertificate(f"More than {MAX_CERTIFICATES} certificates at once.")
    return [_read(block) for block in blocks]


def read_one(text: str) -> x509.Certificate:
    """The only certificate of a PEM text. Raises ``UnreadableCertificate``."""
    found = read_chain(text)
    if len(found) != 1:
        raise UnreadableCertificate("One certificate is expected here, not a chain.")
    return found[0]


def facts_of(certificate: x509.Certificate) -> CertificateFacts:
    """What there is to say of it."""
    return CertificateFacts(
        subject=_name(certificate.subject),
        issuer=_name(certificate.issuer),
        common_name=common_name(certificate.subject),
        serial_number=f"{certificate.serial_number:x}",
        fingerprint=fingerprint(certificate),
        valid_from=certificate.not_valid_before_utc,
        valid_until=certificate.not_valid_after_utc,
        key=describe_key(certificate.public_key()),
        is_authority=is_authority(certificate),
        is_self_signed=is_signed_by(certificate, certificate),
    )


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate, hexadecimal."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def common_name(name: x509.Name) -> str:
    """The first CN, or nothing."""
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""


def is_authority(certificate: x509.Certificate) -> bool:
    """Whether it may issue others."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        return False


def is_signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether ``issuer``'s name is named and its key has signed."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except Exception:  # whatever is wrong with it, it is not signed
        return False
    return True


def ocsp_addresses(certificate: x509.Certificate) -> list[str]:
    """Where its issuer says that its status is told (authority information access)."""
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    return [
        place.access_location.value
        for place in access
        if place.access_method == AuthorityInformationAccessOID.OCSP
        and isinstance(place.access_location, x509.UniformResourceIdentifier)
    ]


def to_pem(certificates: Sequence[x509.Certificate]) -> str:
    """The chain as text, in its order."""
    from cryptography.hazmat.primitives.serialization import Encoding

    return "".join(certificate.public_bytes(Encoding.PEM).decode() for certificate in certificates)


def describe_key(key: object) -> str:
    """Kind and size of a public key, such as ``RSA 2048`` or ``EC 256``."""
    match key:
        case rsa.RSAPublicKey():
            return f"RSA {key.key_size}"
        case ec.EllipticCurvePublicKey():
            return f"EC {key.curve.key_size}"
        case ed25519.Ed25519PublicKey():
            return "Ed25519"
        case ed448.Ed448PublicKey():
            return "Ed448"
    return "another kind"


def _name(name: x509.Name) -> str:
    return name.rfc4514_string()[:500]


def _read(block: str) -> x509.Certificate:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            certificate = x509.load_pem_x509_certificate(block.encode())
            certificate.public_key()  # names, times and keys are parsed only when they are asked for
            _ = certificate.subject, certificate.issuer, certificate.not_valid_after_utc, certificate.extensions
            _ = certificate.not_valid_before_utc
    except Exception as error:  # the parser raises many kinds, and each means the same here
        raise UnreadableCertificate(f"The certificate cannot be read: {str(error)[:200]}.") from error
    return certificate
