"""Asking OCSP responders and fetching revocation lists, remembered for as long as the answers hold."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from cryptography import x509
from django.core.cache import cache

from apps.chargers.engine.certificates.hashing import CertificateHash
from apps.chargers.engine.certificates.status import Status, StatusAnswer, ocsp_request, read_crl, read_ocsp
from apps.chargers.messages.certificates import HashData
from apps.core.guarded_http import FetchFailed, fetch

log = structlog.get_logger(__name__)

TIMEOUT_S = 5.0
MAX_OCSP_BYTES, MAX_CRL_BYTES = 64 * 1024, 1024 * 1024
LONGEST_MEMORY = timedelta(days=1)
_OCSP_HEADERS = {"Content-Type": "application/ocsp-request", "Accept": "application/ocsp-response"}


@dataclass(frozen=True, slots=True)
class Told:
    """What was said, and the words themselves (DER)."""

    answer: StatusAnswer
    der: bytes = b""


NOTHING = Told(StatusAnswer(Status.UNREADABLE))


def readable_hash(data: HashData) -> CertificateHash | None:
    """The hash data, if they can be those of any certificate."""
    named = CertificateHash.normal(data.algorithm, data.issuer_name_hash, data.issuer_key_hash, data.serial_number)
    return named if named.is_readable else None


def ask_ocsp(
    named: CertificateHash,
    addresses: Sequence[str],
    *,
    at: datetime,
    trusted: Sequence[x509.Certificate] | None = None,
) -> Told:
    """What the first responder that can be understood says; ``trusted`` as in ``read_ocsp``. Never raises."""
    question = ocsp_request(named)
    worst = NOTHING
    for address in addresses[:5]:
        der = _remembered(address, question)
        fresh = der is None
        if der is None:
            der = _post(address, question)
        if der is None:
            continue
        told = Told(read_ocsp(der, named, at=at, trusted=trusted), der)
        if told.answer.status in (Status.GOOD, Status.REVOKED, Status.UNKNOWN):
            if fresh and told.answer.status is not Status.UNKNOWN:
                _remember(address, question, der, told.answer.next_update, at)
            return told
        worst = told
    return worst


def ask_crl(
    named: CertificateHash, addresses: Sequence[str], *, at: datetime, trusted: Sequence[x509.Certificate]
) -> Told:
    """What the first revocation list that can be understood says. Never raises."""
    worst = NOTHING
    for address in addresses[:5]:
        der = _remembered(address, b"")
        fresh = der is None
        if der is None:
            der = _get(address)
        if der is None:
            continue
        told = Told(read_crl(der, named, at=at, trusted=trusted), der)
        if told.answer.status in (Status.GOOD, Status.REVOKED):
            if fresh:
                _remember(address, b"", der, told.answer.next_update, at)
            return told
        worst = told
    return worst


def _post(address: str, question: bytes) -> bytes | None:
    try:
        answer = fetch(
            address, body=question, headers=_OCSP_HEADERS, timeout_s=TIMEOUT_S, max_bytes=MAX_OCSP_BYTES
        )  # fmt: skip
    except FetchFailed as error:
        log.info("ocsp.not_reached", address=address[:200], reason=str(error)[:200])
        return None
    return answer.body if answer.status == 200 else None


def _get(address: str) -> bytes | None:
    try:
        answer = fetch(address, timeout_s=TIMEOUT_S, max_bytes=MAX_CRL_BYTES)
    except FetchFailed as error:
        log.info("crl.not_reached", address=address[:200], reason=str(error)[:200])
        return None
    return answer.body if answer.status == 200 else None


def _remembered(address: str, question: bytes) -> bytes | None:
    found: bytes | None = cache.get(_key(address, question))
    return found


def _remember(address: str, question: bytes, der: bytes, until: datetime | None, at: datetime) -> None:
    """An answer that does not say how long it holds is not kept."""
    if until is not None and until > at:
        cache.set(_key(address, question), der, min(until - at, LONGEST_MEMORY).total_seconds())


def _key(address: str, question: bytes) -> str:
    return "revocation." + hashlib.sha256(address.encode() + b"\x00" + question).hexdigest()
