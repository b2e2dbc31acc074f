"""OCSP (RFC 6960) and CRLs (RFC 5280): asking whether a certificate was revoked, and believing the answer."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from apps.chargers.engine.certificates.hashing import ALGORITHMS, CertificateHash, is_issuer, issuer_among
from apps.chargers.engine.certificates.reading import is_signed_by

CLOCK_TOLERANCE = timedelta(minutes=5)


class Status(StrEnum):
    """What the issuer says. ``UNTRUSTED``: somebody said something, but not the issuer."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    UNTRUSTED = "untrusted"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    """``next_update``: until when the answer holds, where it says so."""

    status: Status
    next_update: datetime | None = None


def ocsp_request(named: CertificateHash) -> bytes:
    """The DER of a request about the certificate with that hash data, which ``is_readable``."""
    builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(
        bytes.fromhex(named.issuer_name_hash),
        bytes.fromhex(named.issuer_key_hash),
        int(named.serial_number, 16),
        ALGORITHMS[named.algorithm](),
    )
    return builder.build().public_bytes(serialization.Encoding.DER)


def read_ocsp(
    der: bytes, named: CertificateHash, *, at: datetime, trusted: Sequence[x509.Certificate] | None = None
) -> StatusAnswer:
    """What a responder said of the certificate named.

    With ``trusted`` (roots and authorities below them) its signature must be of the issuer named, or of a responder
    to which that issuer gave the right, and the issuer must be among them. Without, the answer is only passed on.
    """
    try:
        return _judge(ocsp.load_der_ocsp_response(der), named, at, trusted)
    except Exception:  # the parser raises many kinds, and each means the same
        return StatusAnswer(Status.UNREADABLE)


def read_crl(der: bytes, named: CertificateHash, *, at: datetime, trusted: Sequence[x509.Certificate]) -> StatusAnswer:
    """What a revocation list says of the certificate named; the issuer must be among ``trusted``."""
    try:
        revoked_list = x509.load_der_x509_crl(der)
        issuer = issuer_among(named, trusted)
        key = issuer.public_key() if issuer else None
        if key is None or not revoked_list.is_signature_valid(key):  # type: ignore[arg-type]
            return StatusAnswer(Status.UNTRUSTED)
        until = revoked_list.next_update_utc
        if until is not None and until < at - CLOCK_TOLERANCE:
            return StatusAnswer(Status.UNKNOWN)
        found = revoked_list.get_revoked_certificate_by_serial_number(int(named.serial_number, 16))
        return StatusAnswer(Status.GOOD if found is None else Status.REVOKED, until)
    except Exception:  # as above
        return StatusAnswer(Status.UNREADABLE)


def _judge(
    response: ocsp.OCSPResponse, named: CertificateHash, at: datetime, trusted: Sequence[x509.Certificate] | None
) -> StatusAnswer:
    if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        return StatusAnswer(Status.UNKNOWN)
    single = next((one for one in response.responses if _is_about(one, named)), None)
    if single is None or single.this_update_utc > at + CLOCK_TOLERANCE:
        return StatusAnswer(Status.UNREADABLE)
    until = single.next_update_utc
    if until is not None and until < at - CLOCK_TOLERANCE:
        return StatusAnswer(Status.UNREADABLE)
    if trusted is not None and not _is_of_issuer(response, named, trusted, at):
        return StatusAnswer(Status.UNTRUSTED)
    words = {
        ocsp.OCSPCertStatus.GOOD: Status.GOOD,
        ocsp.OCSPCertStatus.REVOKED: Status.REVOKED,
        ocsp.OCSPCertStatus.UNKNOWN: Status.UNKNOWN,
    }
    return StatusAnswer(words[single.certificate_status], until)


def _is_about(single: ocsp.OCSPSingleResponse, named: CertificateHash) -> bool:
    return (
        single.serial_number == int(named.serial_number, 16)
        and single.issuer_key_hash.hex() == named.issuer_key_hash
        and single.issuer_name_hash.hex() == named.issuer_name_hash
    )


def _is_of_issuer(
    response: ocsp.OCSPResponse, named: CertificateHash, trusted: Sequence[x509.Certificate], at: datetime
) -> bool:
    issuer = issuer_among(named, trusted)
    if issuer is None:
        return False
    if _has_signed(issuer, response):
        return True
    return any(
        is_signed_by(delegate, issuer)
        and _may_answer(delegate)
        and delegate.not_valid_before_utc <= at <= delegate.not_valid_after_utc
        and _has_signed(delegate, response)
        for delegate in response.certificates
        if not is_issuer(delegate, named)
    )


def _may_answer(certificate: x509.Certificate) -> bool:
    try:
        uses = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return ExtendedKeyUsageOID.OCSP_SIGNING in uses


def _has_signed(signer: x509.Certificate, response: ocsp.OCSPResponse) -> bool:
    key, algorithm = signer.public_key(), response.signature_hash_algorithm
    if algorithm is None:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if isinstance(key, rsa.RSAPublicKey):
                key.verify(response.signature, response.tbs_response_bytes, padding.PKCS1v15(), algorithm)
            elif isinstance(key, ec.EllipticCurvePublicKey):
                key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(algorithm))
            else:
                return False
    except Exception:  # InvalidSignature, or a key of another kind than the signature
        return False
    return True
