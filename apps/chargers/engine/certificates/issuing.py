"""Making certificates: a root, an issuing authority below it, and what stations carry."""

from datetime import datetime, timedelta
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from apps.chargers.engine.certificates.requests import PublicKey

Algorithm = Literal["rsa", "ec"]
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

ROOT_YEARS, ISSUING_YEARS = 20, 10
BACKDATED = timedelta(hours=1)  # clocks of chargers run behind
_YEAR = timedelta(days=365)
_V2G_KINDS = frozenset({"V2GCertificate", "V2G20Certificate"})


def new_key(algorithm: Algorithm) -> PrivateKey:
    """RSA 2048 or EC P-256."""
    if algorithm == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(ec.SECP256R1())


def make_root(key: PrivateKey, *, name: str, at: datetime) -> x509.Certificate:
    """A root that signs itself, valid for ``ROOT_YEARS``."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    builder = _authority(subject, key.public_key(), subject, at, ROOT_YEARS, path_length=1)
    return builder.sign(key, hashes.SHA256())


def make_issuing(
    key: PublicKey, *, name: str, root: x509.Certificate, root_key: PrivateKey, at: datetime
) -> x509.Certificate:
    """An authority below ``root`` that issues leaves only, valid for ``ISSUING_YEARS`` and no longer than the root."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    builder = _authority(subject, key, root.subject, at, ISSUING_YEARS, path_length=0, until=root.not_valid_after_utc)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    return builder.add_extension(identifier, critical=False).sign(root_key, hashes.SHA256())


def make_leaf(
    key: PublicKey,
    *,
    identity: str,
    organisation: str,
    kind: str,
    issuer: x509.Certificate,
    issuer_key: PrivateKey,
    at: datetime,
    days: int,
) -> x509.Certificate:
    """The certificate of a station: CN is its identity, whatever it called itself in its request.

    ``kind``: ChargingStationCertificate (client of ours, OCPP 2.0.1 A00), or one for ISO 15118, where the station is
    the server of the vehicle and the name says CPO.
    """
    is_v2g = kind in _V2G_KINDS
    names = [
        x509.NameAttribute(NameOID.COMMON_NAME, identity[:64]),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
    ]
    if is_v2g:
        names.append(x509.NameAttribute(NameOID.DOMAIN_COMPONENT, "CPO"))
    purpose = ExtendedKeyUsageOID.SERVER_AUTH if is_v2g else ExtendedKeyUsageOID.CLIENT_AUTH
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name(names))
        .issuer_name(issuer.subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - BACKDATED)
        .not_valid_after(min(at + timedelta(days=days), issuer.not_valid_after_utc))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(agrees=is_v2g, enciphers=isinstance(key, rsa.RSAPublicKey)), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()), critical=False)  # type: ignore[arg-type]
        .sign(issuer_key, hashes.SHA256())
    )


def key_to_pem(key: PrivateKey) -> str:
    """A private key as text. To be sealed before it is stored."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def key_from_pem(text: str) -> PrivateKey:
    """The key that ``key_to_pem`` wrote."""
    key = serialization.load_pem_private_key(text.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise ValueError("The key is neither RSA nor elliptic.")
    return key


def _authority(
    subject: x509.Name,
    key: PublicKey,
    issuer: x509.Name,
    at: datetime,
    years: int,
    *,
    path_length: int,
    until: datetime | None = None,
) -> x509.CertificateBuilder:
    end = at + years * _YEAR
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - BACKDATED)
        .not_valid_after(min(end, until) if until else end)
        .add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool = False, enciphers: bool = False, agrees: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=enciphers,
        data_encipherment=False,
        key_agreement=agrees,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
