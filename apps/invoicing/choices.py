"""States of runs, invoices and payments."""

from django.db.models import TextChoices

from apps.core.choices import ColouredChoices


class PeriodState(ColouredChoices):
    OPEN = "open", "blue", "calendar", "Open"
    CLOSED = "closed", "secondary", "lock", "Closed"


class RunState(ColouredChoices):
    """A run works until its items are checked, waits for approval, and works again until all is sent."""

    PREPARING = "preparing", "blue", "loader", "Preparing drafts"
    WAITING = "waiting", "orange", "eye", "Waiting for approval"
    ISSUING = "issuing", "blue", "loader", "Issuing"
    DONE = "done", "green", "circle-check", "Done"
    CANCELLED = "cancelled", "secondary", "ban", "Cancelled"


class ItemStage(ColouredChoices):
    """What was done last for one account in a run; the next stage is the next one of this list."""

    SELECTED = "selected", "secondary", "list-check", "Selected"
    RATED = "rated", "secondary", "calculator", "Rated"
    DRAFTED = "drafted", "secondary", "file", "Drafted"
    CHECKED = "checked", "azure", "checks", "Checked"
    FINALISED = "finalised", "blue", "rubber-stamp", "Numbered and booked"
    XML_MADE = "xml_made", "blue", "file-code", "XML made"
    PDF_MADE = "pdf_made", "blue", "file-type-pdf", "PDF made"
    SENT = "sent", "blue", "mail", "Sent"
    COLLECTED = "collected", "green", "circle-check", "Done"


class InvoiceKind(TextChoices):
    """``RECEIPT``: of a single stay, paid when it is issued."""

    INVOICE = "invoice", "Invoice"
    RECEIPT = "receipt", "Receipt"
    CREDIT_NOTE = "credit_note", "Credit note"


class InvoiceState(ColouredChoices):
    DRAFT = "draft", "secondary", "pencil", "Draft"
    ISSUED = "issued", "blue", "file-invoice", "Open"
    PAID = "paid", "green", "circle-check", "Paid"
    SETTLED = "settled", "secondary", "arrows-exchange", "Settled by credit"
    WRITTEN_OFF = "lost", "orange", "circle-x", "Written off"
    DISCARDED = "discarded", "secondary", "trash", "Discarded"


class LineKind(TextChoices):
    SESSION = "session", "Charging"
    LATE_SESSION = "late_session", "Charging of an earlier month"
    PLAN_FEE = "plan_fee", "Membership"
    DISCOUNT = "discount", "Membership discount"
    CORRECTION = "correction", "Correction"
    FEE = "fee", "Fee"


class VatCategory(TextChoices):
    """UNTDID 5305, as EN 16931 has it."""

    STANDARD = "S", "Standard rate"
    ZERO = "Z", "Zero rate"
    EXEMPT = "E", "Exempt"
    REVERSE = "AE", "Reverse charge"
    NOT_SUBJECT = "O", "Not subject to VAT"


class DocumentKind(TextChoices):
    XML = "xml", "EN 16931 XML"
    PDF = "pdf", "PDF"


class LedgerKind(TextChoices):
    """What kind of book an account is. Balances are debits less credits."""

    RECEIVABLE = "receivable", "Receivable"
    REVENUE = "revenue", "Revenue"
    VAT = "vat", "VAT payable"
    BANK = "bank", "Bank and payment providers"
    FEES = "fees", "Fees of banks"
    LOSSES = "losses", "Written off"
    ROUNDING = "rounding", "Rounding"
    SUSPENSE = "suspense", "Not yet assigned"


class PaymentMethodKind(TextChoices):
    CARD = "card", "Card"
    DIRECT_DEBIT = "direct_debit", "SEPA direct debit"
    TRANSFER = "transfer", "Bank transfer"
    MANUAL = "manual", "By hand"


class PaymentState(ColouredChoices):
    """CREATED → (AUTHORISED →) CAPTURED; or FAILED, RELEASED (nothing taken), RETURNED (the bank took it back)."""

    CREATED = "created", "secondary", "clock", "Begun"
    PENDING = "pending", "blue", "loader", "With the provider"
    AUTHORISED = "authorised", "azure", "lock", "Authorised"
    CAPTURED = "captured", "green", "circle-check", "Paid"
    FAILED = "failed", "red", "circle-x", "Failed"
    RELEASED = "released", "secondary", "lock-open", "Released"
    RETURNED = "returned", "red", "arrow-back", "Returned by the bank"


class EventOutcome(ColouredChoices):
    WAITING = "waiting", "secondary", "clock", "Waiting"
    APPLIED = "applied", "green", "check", "Applied"
    IGNORED = "ignored", "secondary", "ban", "Nothing to do"
    FAILED = "failed", "red", "alert-triangle", "Failed"


class GuestState(ColouredChoices):
    """A guest's visit: the first five are on the way, each of the others is an end."""

    PAYING = "paying", "secondary", "credit-card", "Waiting for payment"
    STARTING = "starting", "blue", "plug", "Starting"
    CHARGING = "charging", "blue", "bolt", "Charging"
    SETTLING = "settling", "blue", "loader", "Ended, being settled"
    RELEASING = "releasing", "blue", "lock-open", "Giving the money back"
    PAID = "paid", "green", "circle-check", "Paid"
    NOTHING_CHARGED = "nothing", "secondary", "circle-off", "No energy, nothing charged"
    NOT_PLUGGED_IN = "unplugged", "secondary", "plug-connected-x", "Nobody plugged in"
    CANCELLED = "cancelled", "secondary", "ban", "Cancelled"
    ABANDONED = "abandoned", "secondary", "clock-x", "Never paid"
    PAYMENT_FAILED = "failed", "orange", "credit-card", "Payment failed"
    TAKEN = "taken", "orange", "users", "Somebody was faster"
    REFUSED = "refused", "orange", "x", "Refused by the charger"
    UNREACHABLE = "unreachable", "red", "wifi-off", "Charger did not answer"
    DOUBTFUL = "doubtful", "red", "alert-triangle", "Meter in doubt, not charged"
    UNPAID = "unpaid", "red", "alert-circle", "Charged, not paid"


LIVE_VISITS = (
    GuestState.PAYING,
    GuestState.STARTING,
    GuestState.CHARGING,
    GuestState.SETTLING,
    GuestState.RELEASING,
)


class Availability(ColouredChoices):
    """What a guest meets at a charging point."""

    FREE = "free", "green", "circle-check", "Available"
    PLUGGED_IN = "plugged_in", "cyan", "plug", "Cable is in, ready to start"
    BUSY = "busy", "blue", "bolt", "In use"
    RESERVED = "reserved", "purple", "calendar", "Reserved"
    OUT_OF_ORDER = "out_of_order", "orange", "circle-off", "Out of service"
    OFFLINE = "offline", "red", "wifi-off", "Not connected"
    NOT_OFFERED = "not_offered", "secondary", "lock", "Not open to guests"


class ReminderState(ColouredChoices):
    """What became of the mail. Whoever has no address is reminded by letter; the row says so."""

    WAITING = "waiting", "secondary", "clock", "To be sent"
    SENDING = "sending", "blue", "send", "Being sent"
    SENT = "sent", "green", "mail", "Sent"
    FAILED = "failed", "red", "alert-triangle", "Failed"
    BY_LETTER = "letter", "orange", "mailbox", "By letter"


class Collected(TextChoices):
    """What asking for the money of an invoice came to."""

    NOTHING_OPEN = "nothing_open", "Nothing is open"
    CHARGED = "charged", "Paid by card"
    PENDING = "pending", "With the payment provider"
    FAILED = "failed", "The card was declined"
    NO_METHOD = "no_method", "The customer has left no card"
    QUEUED = "queued", "Direct debit queued"
    WAITING = "waiting", "Waits for a transfer"
