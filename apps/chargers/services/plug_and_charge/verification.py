"""Whether a contract certificate is to be believed: its chain, its dates, and what its issuer says of it now."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from cryptography import x509

from apps.chargers.engine.certificates.emaid import normal_emaid
from apps.chargers.engine.certificates.hashing import CertificateHash, hash_of
from apps.chargers.engine.certificates.paths import PathFault, find_path
from apps.chargers.engine.certificates.reading import (
    UnreadableCertificate,
    common_name,
    ocsp_addresses,
    read_chain,
)
from apps.chargers.engine.certificates.status import Status
from apps.chargers.facts import Fact
from apps.chargers.messages.events import ContractAuthorizeRequested
from apps.chargers.selectors.authorities import trusted_by
from apps.chargers.services.plug_and_charge.responders import ask_ocsp, readable_hash


class CertificateVerdict(StrEnum):
    """OCPP AuthorizeCertificateStatusEnumType, as far as we say it."""

    ACCEPTED = "Accepted"
    SIGNATURE_ERROR = "SignatureError"
    CERTIFICATE_EXPIRED = "CertificateExpired"
    CERTIFICATE_REVOKED = "CertificateRevoked"
    NO_CERTIFICATE_AVAILABLE = "NoCertificateAvailable"
    CERT_CHAIN_ERROR = "CertChainError"


VERDICTS = {
    Status.GOOD: CertificateVerdict.ACCEPTED,
    Status.REVOKED: CertificateVerdict.CERTIFICATE_REVOKED,
    Status.UNTRUSTED: CertificateVerdict.CERT_CHAIN_ERROR,
    Status.UNKNOWN: CertificateVerdict.NO_CERTIFICATE_AVAILABLE,
    Status.UNREADABLE: CertificateVerdict.NO_CERTIFICATE_AVAILABLE,
}

_Question = tuple[CertificateHash, Sequence[str]]


def verify_contract(fact: Fact[ContractAuthorizeRequested]) -> CertificateVerdict:
    """The verdict on what the vehicle presented: the chain in PEM, hash data of each certificate, or both.

    A responder is believed only where it speaks for an issuer that the organisation's catalogue leads to: a vehicle
    could bring a responder of its own. Source: OCPP 2.0.1 C07.
    """
    event, at = fact.event, fact.received_at
    trusted = trusted_by(fact.station.organisation_id, at=at)
    questions: list[_Question] = []
    if event.certificate_chain:
        path = _path(event.certificate_chain, event.id_token.value, trusted, at)
        if isinstance(path, CertificateVerdict):
            return path
        trusted = [*trusted, *path[1:]]
        questions = _questions_about(path)
    if event.queries:
        named = [(readable_hash(query.hash_data), query.addresses) for query in event.queries]
        if any(data is None for data, _ in named):
            return CertificateVerdict.CERT_CHAIN_ERROR
        questions = [(data, addresses) for data, addresses in named if data is not None]
    if not questions or not all(addresses for _, addresses in questions):
        return CertificateVerdict.NO_CERTIFICATE_AVAILABLE
    return _ask_about(questions, trusted, at)


def _path(
    text: str, emaid: str, trusted: list[x509.Certificate], at: datetime
) -> list[x509.Certificate] | CertificateVerdict:
    try:
        leaf, *between = read_chain(text)
    except UnreadableCertificate:
        return CertificateVerdict.CERT_CHAIN_ERROR
    path = find_path(leaf, between=between, trusted=trusted, at=at)
    if path is PathFault.EXPIRED:
        return CertificateVerdict.CERTIFICATE_EXPIRED
    if isinstance(path, PathFault):
        return CertificateVerdict.CERT_CHAIN_ERROR
    named = common_name(leaf.subject)
    if (normal_emaid(named) or named.casefold()) != (normal_emaid(emaid) or emaid.strip().casefold()):
        return CertificateVerdict.CERT_CHAIN_ERROR  # somebody else's contract
    return path


def _questions_about(path: list[x509.Certificate]) -> list[_Question]:
    """One for the leaf and each authority that says where its status is told; the leaf must."""
    pairs = list(pairwise(path))
    questions = [(hash_of(one, issuer), ocsp_addresses(one)) for one, issuer in pairs]
    return [questions[0], *(question for question in questions[1:] if question[1])]


def _ask_about(questions: list[_Question], trusted: list[x509.Certificate], at: datetime) -> CertificateVerdict:
    """The first that is not good decides, the leaf's first."""
    for named, addresses in questions:
        answer = ask_ocsp(named, addresses, at=at, trusted=trusted).answer
        if answer.status is not Status.GOOD:
            return VERDICTS[answer.status]
    return CertificateVerdict.ACCEPTED
