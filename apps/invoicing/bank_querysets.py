"""Who sees what of the bank and of direct debits."""

from apps.invoicing.bank_choices import BankOutcome
from apps.invoicing.querysets import AccountPartQuerySet, BillingQuerySet, IssuerPartQuerySet


class BankStatementQuerySet(BillingQuerySet):
    organisation_path = "file__issuer__organisation"


class BankTransactionQuerySet(IssuerPartQuerySet):
    def in_suspense(self):
        """What somebody has to assign."""
        return self.filter(outcome__in=[BankOutcome.OPEN, BankOutcome.FOREIGN])


class DebitQuerySet(AccountPartQuerySet):
    """Direct debits, which lead to the customer by their mandate."""

    organisation_path = "mandate__account__organisation"
    account_path = "mandate__account"
