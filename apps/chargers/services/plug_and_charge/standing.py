"""GetCertificateChainStatus (2.1): our reading of what responders and revocation lists say."""

from datetime import datetime

from cryptography import x509

from apps.chargers.engine.certificates.status import Status
from apps.chargers.facts import Fact
from apps.chargers.messages.certificates import HashData
from apps.chargers.messages.events.certificate_chains import CertificateChainStatusAsked, CertificateQuestion
from apps.chargers.messages.replies import CertificateChainStatusReply
from apps.chargers.selectors.authorities import trusted_by
from apps.chargers.services.plug_and_charge.responders import ask_crl, ask_ocsp, readable_hash

FAILED = "Failed"
WORDS = {Status.GOOD: "Good", Status.REVOKED: "Revoked", Status.UNKNOWN: "Unknown"}

ChainFact = Fact[CertificateChainStatusAsked]


def answer_chain_status(fact: ChainFact) -> CertificateChainStatusReply:
    """The status of each certificate; Failed where nobody whom we know said anything."""
    trusted = trusted_by(fact.station.organisation_id, at=fact.received_at)
    return CertificateChainStatusReply(
        tuple((asked, *_status(asked, trusted, fact.received_at)) for asked in fact.event.questions)
    )


def no_chain_status(fact: ChainFact) -> CertificateChainStatusReply:
    """None could be found out."""
    return CertificateChainStatusReply(tuple((asked, FAILED, fact.received_at) for asked in fact.event.questions))


def _status(asked: CertificateQuestion, trusted: list[x509.Certificate], at: datetime) -> tuple[str, datetime]:
    """The word, and until when it holds."""
    named = readable_hash(
        HashData(asked.hash_algorithm, asked.issuer_name_hash, asked.issuer_key_hash, asked.serial_number)
    )
    if named is None:
        return FAILED, at
    ask = ask_crl if asked.source == "CRL" else ask_ocsp
    answer = ask(named, asked.urls, at=at, trusted=trusted).answer
    return WORDS.get(answer.status, FAILED), answer.next_update or at
