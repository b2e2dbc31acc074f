"""Authorisation by contract certificate: the verdict on the certificate, then the one on the contract's token."""

from dataclasses import replace

from apps.chargers.facts import Fact
from apps.chargers.messages.events import ContractAuthorizeRequested
from apps.chargers.messages.replies import AuthorizeReply
from apps.chargers.messages.tokens import AuthorizationStatus, IdTokenInfo
from apps.chargers.services.plug_and_charge import CertificateVerdict, verify_contract
from apps.drivers.services.authorisation import Authorisation, authorise_facts

STATUS_OF_BAD = {CertificateVerdict.CERTIFICATE_EXPIRED: AuthorizationStatus.EXPIRED}


def authorise_contract(fact: Fact[ContractAuthorizeRequested]) -> tuple[Authorisation, CertificateVerdict]:
    """Both verdicts. A token is not accepted on a certificate that is not; waits for the network."""
    verdict = verify_contract(fact)
    (authorisation,) = authorise_facts([fact])
    if verdict is not CertificateVerdict.ACCEPTED:
        status = STATUS_OF_BAD.get(verdict, AuthorizationStatus.INVALID)
        authorisation = replace(authorisation, info=replace(authorisation.info, status=status))
    return authorisation, verdict


def no_contract_verdict(fact: Fact[ContractAuthorizeRequested]) -> AuthorizeReply:
    """Nobody could be asked in time."""
    status = CertificateVerdict.NO_CERTIFICATE_AVAILABLE.value
    return AuthorizeReply(IdTokenInfo(AuthorizationStatus.INVALID), status)
