"""GetCertificateStatus: a responder's own words for a vehicle (OCPP 2.0.1 M06)."""

import base64

from apps.chargers.engine.certificates.status import Status
from apps.chargers.facts import Fact
from apps.chargers.messages.events import CertificateStatusRequested
from apps.chargers.messages.replies import CertificateStatusReply
from apps.chargers.services.plug_and_charge.responders import ask_ocsp, readable_hash

MAX_RESULT_CHARACTERS = 5500


def answer_status(fact: Fact[CertificateStatusRequested]) -> CertificateStatusReply:
    """The responder's answer about the certificate, good or bad: the vehicle judges it, and checks who signed it."""
    query = fact.event.query
    named = readable_hash(query.hash_data)
    if named is None:
        return no_status(fact)
    told = ask_ocsp(named, query.addresses, at=fact.received_at)
    text = base64.b64encode(told.der).decode()
    understood = told.answer.status in (Status.GOOD, Status.REVOKED, Status.UNKNOWN)
    if not understood or not text or len(text) > MAX_RESULT_CHARACTERS:
        return no_status(fact)
    return CertificateStatusReply("Accepted", text)


def no_status(fact: Fact[CertificateStatusRequested]) -> CertificateStatusReply:
    """It could not be found out."""
    return CertificateStatusReply("Failed")
