"""How entries of the bank are booked: in suspense, out of it again, and as fees."""

from datetime import datetime

from apps.invoicing.bank_choices import BankOutcome
from apps.invoicing.choices import LedgerKind
from apps.invoicing.models import BankTransaction
from apps.invoicing.services.ledger import Book, Transfer, book

BANK = Book(LedgerKind.BANK, detail="bank")
SUSPENSE = Book(LedgerKind.SUSPENSE)
FEES = Book(LedgerKind.FEES, detail="bank")


def conclude(entry: BankTransaction, outcome: BankOutcome, explanation: str, at: datetime) -> None:
    """Write down what became of it."""
    entry.outcome, entry.explanation, entry.settled_at = outcome, explanation[:300], at
    entry.save(update_fields=["outcome", "explanation", "settled_at"])


def suspend(
    entry: BankTransaction, explanation: str, at: datetime, outcome: BankOutcome = BankOutcome.OPEN
) -> tuple[BankOutcome, str]:
    """The money is in the bank, or gone from it; for what, somebody has to say. ``explanation`` says the next step."""
    text = f"Not yet assigned: {entry.name or entry.text or 'entry of the bank'}"
    _book(entry, Transfer(_key(entry, "suspense"), BANK, SUSPENSE, _signed(entry), text), at)
    return outcome, explanation


def end_suspense(entry: BankTransaction, at: datetime) -> None:
    """The opposite of ``suspend``, before it is booked as what it is."""
    _book(entry, Transfer(_key(entry, "assigned"), SUSPENSE, BANK, _signed(entry), "Assigned"), at)


def book_fee(entry: BankTransaction, at: datetime) -> None:
    """What the bank takes for itself; a credit is one that it gives back."""
    text = entry.text or "Fee of the bank"
    _book(entry, Transfer(_key(entry, "fee"), FEES, BANK, -_signed(entry), text), at)


def _signed(entry: BankTransaction):
    return entry.amount if entry.is_credit else -entry.amount


def _key(entry: BankTransaction, what: str) -> str:
    """Counted, because an entry that was assigned wrongly goes back into suspense."""
    return f"bank:{entry.pk}:{what}:{entry.assignments.count()}"


def _book(entry: BankTransaction, transfer: Transfer, at: datetime) -> None:
    book(issuer=entry.issuer, currency=entry.currency, transfers=[transfer], at=at)
