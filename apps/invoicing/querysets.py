"""Who sees which bills. Money is the organisation's: only organisation-wide roles see it."""

from django.db import models

from apps.accounts.policy import Action
from apps.invoicing.choices import InvoiceState
from apps.sites.querysets import SiteScopedQuerySet
from apps.sites.scope import organisations_in_scope


class BillingQuerySet(models.QuerySet):
    """Rows that lead to an organisation by ``organisation_path``."""

    organisation_path = "organisation"

    def visible_to(self, user, action: Action = Action.BILLING_VIEW):
        return self.filter(organisations_in_scope(user, action, path=self.organisation_path))


class IssuerQuerySet(BillingQuerySet):
    pass


class IssuerPartQuerySet(BillingQuerySet):
    organisation_path = "issuer__organisation"


class RunQuerySet(BillingQuerySet):
    organisation_path = "period__issuer__organisation"


class RunPartQuerySet(BillingQuerySet):
    organisation_path = "run__period__issuer__organisation"


class AccountPartQuerySet(BillingQuerySet):
    """Rows of a customer, who sees them as his own."""

    organisation_path = "account__organisation"
    account_path = "account"

    def of_user(self, user):
        """The rows that a signed-in person sees as his own."""
        return self.filter(**{f"{self.account_path}__user": user})


class InvoicePartQuerySet(AccountPartQuerySet):
    organisation_path = "invoice__account__organisation"
    account_path = "invoice__account"


class PaymentEventQuerySet(BillingQuerySet):
    organisation_path = "payment__account__organisation"


class GuestVisitQuerySet(BillingQuerySet):
    organisation_path = "site__organisation"


class QrCodeQuerySet(SiteScopedQuerySet):
    site_path = "evse__station__site"

    def in_use(self):
        """Those that lead to their EVSE."""
        return self.filter(retired_at=None)


class AccountChargeQuerySet(AccountPartQuerySet):
    def pending(self):
        """Those that no bill carries yet; a discarded draft carries nothing."""
        return self.filter(models.Q(invoice=None) | models.Q(invoice__state=InvoiceState.DISCARDED), waived_at=None)
