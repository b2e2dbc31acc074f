"""The parties as an invoice keeps them: plain copies, which stay as they are when the rows change."""

from collections.abc import Collection

from apps.drivers.choices import PayBy
from apps.drivers.models import BillingAccount
from apps.invoicing.choices import PaymentMethodKind
from apps.invoicing.models import Issuer, PaymentMethod

SELLER_FIELDS = (
    "name", "street", "postal_code", "city", "country", "vat_id", "tax_number", "register", "email", "phone", "contact",
    "iban", "bic", "bank_name", "creditor_id", "exemption_reason", "footer", "language",
)  # fmt: skip
BUYER_FIELDS = (
    "number", "kind", "name", "contact", "email", "street", "postal_code", "city", "country", "vat_id",
    "buyer_reference", "language", "pay_by",
)  # fmt: skip


def seller_of(issuer: Issuer) -> dict[str, str]:
    """``Invoice.seller``: the issuer as it is now, under the names of its columns."""
    return {name: getattr(issuer, name) for name in SELLER_FIELDS}


def buyer_of(account: BillingAccount) -> dict[str, str]:
    """``Invoice.buyer``: the customer as it is now, under the names of its columns.

    Who pays by direct debit has ``mandate``, its reference, and ``debtor``, how the debited account is known; both
    are absent while no mandate is in force.
    """
    return buyers_of([account])[account.pk]


def buyers_of(accounts: Collection[BillingAccount]) -> dict[int, dict[str, str]]:
    """As ``buyer_of`` for many, by key of the account; one query at most."""
    debited = [account.pk for account in accounts if account.pay_by == PayBy.DIRECT_DEBIT]
    mandates = PaymentMethod.objects.filter(
        account__in=debited, kind=PaymentMethodKind.DIRECT_DEBIT, is_default=True, removed_at=None
    )
    known = {method.account_id: method for method in mandates} if debited else {}
    buyers = {}
    for account in accounts:
        buyers[account.pk] = {name: getattr(account, name) for name in BUYER_FIELDS}
        if method := known.get(account.pk):
            buyers[account.pk] |= {"mandate": method.provider_ref, "debtor": method.label}
    return buyers
