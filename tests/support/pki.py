"""Certificates made for a test: a CA, servers, chargers, and the TLS contexts that use them."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Issued:
    """A certificate with its key; ``chain`` are its issuers below the root."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in (self.certificate, *self.chain))

    def write(self, directory: Path, name: str) -> tuple[Path, Path]:
        """Files with the certificate and its key."""
        certificate, key = directory / f"{name}.pem", directory / f"{name}.key"
        certificate.write_bytes(self.pem)
        key.write_bytes(
            self.key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return certificate, key


def new_key(kind: str = "ec") -> ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey:
    return ec.generate_private_key(ec.SECP256R1()) if kind == "ec" else rsa.generate_private_key(65537, 2048)


def issue(
    common_name: str,
    *,
    issuer: Issued | None = None,
    is_ca: bool = False,
    kind: str = "ec",
    valid: tuple[timedelta, timedelta] = (-DAY, DAY),
    alternative: tuple[x509.GeneralName, ...] = (),
) -> Issued:
    """A certificate signed by ``issuer``, by itself without one; ``valid`` from and until, from now on."""
    key, now = new_key(kind), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + valid[0])
        .not_valid_after(now + valid[1])
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
    )
    if alternative:
        builder = builder.add_extension(x509.SubjectAlternativeName(alternative), critical=False)
    certificate = builder.sign(issuer.key if issuer else key, hashes.SHA256())
    is_below_root = issuer is not None and issuer.certificate.issuer != issuer.certificate.subject
    return Issued(certificate, key, (issuer.certificate, *issuer.chain) if issuer and is_below_root else ())


def issue_server(ca: Issued, kind: str = "ec") -> Issued:
    """For a server on the loopback."""
    names = (x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1")))
    return issue("localhost", issuer=ca, kind=kind, alternative=names)


def client_context(
    server_ca: Issued,
    directory: Path,
    *,
    own: Issued | None = None,
    ciphers: str = "",
    newest: str = "",
    oldest: str = "",
) -> ssl.SSLContext:
    """What a charger that trusts ``server_ca`` and shows ``own`` dials with; versions such as ``TLSv1_2``."""
    context = ssl.create_default_context(cadata=server_ca.pem.decode())
    # Certificates made here carry no more extensions than chargers' do.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if own is not None:
        context.load_cert_chain(*own.write(directory, f"client-{own.certificate.serial_number:x}"))
    if ciphers:
        context.set_ciphers(ciphers)
    if oldest:
        context.minimum_version = ssl.TLSVersion[oldest]
    if newest:
        context.maximum_version = ssl.TLSVersion[newest]
    return context
