"""Whose an unassigned payment may be, each with its reason. A person decides: nothing is assigned by likeness."""

from dataclasses import dataclass, field

from django.db.models import Q

from apps.drivers.models import BillingAccount
from apps.invoicing.choices import InvoiceKind, InvoiceState
from apps.invoicing.engine.remittance import likeness
from apps.invoicing.models import BankAssignment, BankTransaction, Invoice, Mandate
from apps.invoicing.services.bank_settling import invoices_meant

_ALIKE = 0.75
_MOST_READ = 100


@dataclass(slots=True)
class Suggestion:
    """``invoice`` ``None``: the customer's account as a whole. ``score`` orders suggestions, best first."""

    account: BillingAccount
    invoice: Invoice | None
    score: int = 0
    reasons: list[str] = field(default_factory=list)

    def add(self, score: int, reason: str) -> None:
        self.score += score
        self.reasons.append(reason)


def suggestions_for(entry: BankTransaction, *, most: int = 5) -> list[Suggestion]:
    """At most ``most``, for money that came in and lies in suspense; the number of queries is constant."""
    if not entry.is_credit or not entry.is_unassigned:
        return []
    payers = _known_payers(entry)
    meant = {invoice.pk for invoice in invoices_meant(entry)}
    found = [_weigh(entry, invoice, payers, meant) for invoice in _invoices(entry, payers, meant)]
    accounts = {suggestion.account.pk for suggestion in found if suggestion.score}
    for account in _accounts(entry, payers):
        if account.pk not in accounts:
            suggestion = Suggestion(account, None)
            _weigh_account(suggestion, entry, payers)
            found.append(suggestion)
    good = [suggestion for suggestion in found if suggestion.score]
    return sorted(good, key=lambda one: (-one.score, one.invoice is None, one.account.pk))[:most]


def _invoices(entry: BankTransaction, payers: set[int], meant: set[int]) -> list[Invoice]:
    fitting = Q(open_amount=entry.amount) | Q(account__in=payers) | Q(pk__in=meant)
    rows = Invoice.objects.filter(fitting, issuer=entry.issuer_id, currency=entry.currency, state=InvoiceState.ISSUED)
    return list(
        rows.exclude(kind=InvoiceKind.CREDIT_NOTE).select_related("account").order_by("due_on", "pk")[:_MOST_READ]
    )


def _accounts(entry: BankTransaction, payers: set[int]) -> list[BillingAccount]:
    """Customers that paid from this bank account before, and those with a longer word of the name in theirs."""
    wanted = Q(pk__in=payers)
    for word in [word for word in entry.name.split() if len(word) >= 4][:4]:
        wanted |= Q(name__icontains=word)
    rows = BillingAccount.objects.filter(wanted, organisation=entry.issuer.organisation_id)
    return list(rows.order_by("pk")[:_MOST_READ])


def _known_payers(entry: BankTransaction) -> set[int]:
    """Customers whom this bank account paid for, or who signed a mandate for it."""
    if not entry.iban_fingerprint:
        return set()
    same = {"iban_fingerprint": entry.iban_fingerprint, "issuer": entry.issuer_id}
    paid = BankAssignment.objects.filter(**{f"transaction__{name}": value for name, value in same.items()})
    return set(paid.values_list("account", flat=True)) | set(
        Mandate.objects.filter(**same).values_list("account", flat=True)
    )


def _weigh(entry: BankTransaction, invoice: Invoice, payers: set[int], meant: set[int]) -> Suggestion:
    suggestion = Suggestion(invoice.account, invoice)
    if invoice.pk in meant:
        suggestion.add(4, "the text names the bill")
    _weigh_account(suggestion, entry, payers)
    if invoice.open_amount == entry.amount:
        suggestion.add(2, "exactly this sum is open")
    return suggestion


def _weigh_account(suggestion: Suggestion, entry: BankTransaction, payers: set[int]) -> None:
    if suggestion.account.pk in payers:
        suggestion.add(3, "this bank account paid for the customer before")
    if likeness(entry.name, suggestion.account.name) >= _ALIKE:
        suggestion.add(2, "the names are alike")
