"""What a person may choose from in the forms of this area."""

from apps.accounts.policy import Action
from apps.drivers.models import BillingAccount
from apps.invoicing.models import BankTransaction, Issuer
from apps.sites.scope import organisations_in_scope


def issuers(user, action: Action = Action.PAYMENT_EDIT):
    return Issuer.objects.visible_to(user, action).order_by("name")


def accounts(user):
    """Customers of organisations whose payments the user keeps."""
    rows = BillingAccount.objects.filter(organisations_in_scope(user, Action.PAYMENT_EDIT, path="organisation"))
    return rows.filter(closed_at=None).order_by("name", "pk")


def may_edit(user, transaction: BankTransaction) -> str:
    """Why the user may not change it; empty where he may."""
    allowed = BankTransaction.objects.visible_to(user, Action.PAYMENT_EDIT).filter(pk=transaction.pk).exists()
    return "" if allowed else "Your role may look at this, but not change it."
