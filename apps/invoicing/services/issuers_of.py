"""Which issuer bills an account."""

from apps.core.errors import DomainError
from apps.drivers.models import BillingAccount
from apps.invoicing.models import Issuer


class IssuerUnclear(DomainError):
    code = "issuer_unclear"
    message = "Say for which issuer: the organisation has several, and the customer has no home site with one."


def issuer_of(account: BillingAccount) -> Issuer:
    """That of its home site, else the only one of the organisation. Raises ``IssuerUnclear``."""
    issuer = Issuer.objects.filter(sites__site_id=account.home_site_id).first() if account.home_site_id else None
    if issuer is not None:
        return issuer
    issuers = list(Issuer.objects.filter(organisation_id=account.organisation_id)[:2])
    if len(issuers) != 1:
        raise IssuerUnclear()
    return issuers[0]
