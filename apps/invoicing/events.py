"""What billing announces: names of outbox events; the subject is the row."""

INVOICE_ISSUED = "invoice.issued"  # numbered and booked; documents follow
INVOICE_PAID = "invoice.paid"  # nothing is open any more
PAYMENT_AUTHORISED = "payment.authorised"  # held, not taken
PAYMENT_CAPTURED = "payment.captured"
PAYMENT_FAILED = "payment.failed"
PAYMENT_RETURNED = "payment.returned"
GUEST_WANTS_END = "guest.wants_end"  # the subject is the visit
