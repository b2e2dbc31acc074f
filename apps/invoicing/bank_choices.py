"""States of mandates, direct debits, collections, and what became of each entry of the bank."""

from django.db.models import TextChoices

from apps.core.choices import ColouredChoices


class MandateState(ColouredChoices):
    """ASKED → SIGNED (its first collection is to come) → ACTIVE (used before) → REVOKED or EXPIRED."""

    ASKED = "asked", "secondary", "send", "Waiting for the signature"
    SIGNED = "signed", "azure", "signature", "Signed, not used yet"
    ACTIVE = "active", "green", "circle-check", "In use"
    REVOKED = "revoked", "red", "ban", "Revoked"
    EXPIRED = "expired", "secondary", "clock-stop", "Expired"


class SequenceType(TextChoices):
    FIRST = "FRST", "First"
    RECURRENT = "RCUR", "Recurrent"


class DebitState(ColouredChoices):
    """QUEUED → IN_FILE → SUBMITTED → COLLECTED (→ RETURNED); CANCELLED where nothing was left to collect."""

    QUEUED = "queued", "secondary", "clock", "Waiting"
    IN_FILE = "in_file", "azure", "file", "In a file"
    SUBMITTED = "submitted", "blue", "transfer-out", "With the bank"
    COLLECTED = "collected", "green", "circle-check", "Collected"
    RETURNED = "returned", "red", "arrow-back-up", "Returned"
    CANCELLED = "cancelled", "secondary", "ban", "Not collected"


class CollectionState(ColouredChoices):
    MADE = "made", "orange", "file", "To be handed in"
    SUBMITTED = "submitted", "blue", "transfer-out", "Handed in"
    DISCARDED = "discarded", "secondary", "trash", "Discarded"


class DebitSchema(TextChoices):
    PAIN_008_02 = "pain.008.001.02", "pain.008.001.02 (older banks; needs a BIC)"
    PAIN_008_08 = "pain.008.001.08", "pain.008.001.08"


class BankOutcome(ColouredChoices):
    """What became of an entry. OPEN and FOREIGN lie in suspense until somebody assigns them."""

    WAITING = "waiting", "secondary", "clock", "Being read"
    PAID = "paid", "green", "circle-check", "Paid"
    PARTIAL = "partial", "azure", "percentage-50", "Paid in part"
    OVERPAID = "overpaid", "azure", "circle-plus", "Paid, with a rest"
    ON_ACCOUNT = "on_account", "azure", "wallet", "On the customer's account"
    COLLECTED = "collected", "green", "transfer-in", "Direct debits"
    RETURNED = "returned", "red", "arrow-back-up", "Returned debit"
    FEE = "fee", "secondary", "receipt", "Fee of the bank"
    OPEN = "open", "orange", "help", "To be assigned"
    FOREIGN = "foreign", "orange", "currency-dollar", "In another currency"
