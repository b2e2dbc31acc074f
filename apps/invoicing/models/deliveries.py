"""What is left to do to get an invoice to its customer where no run takes care of it."""

from django.db import models
from django.utils import timezone

from apps.invoicing.models.invoices import Invoice
from apps.invoicing.querysets import InvoicePartQuerySet


class Delivery(models.Model):
    """The documents and the mail of one receipt, credit note or other single invoice.

    ``problem_code`` set: parked until a person lets it go on; ``done_at`` set: made, and sent if it was to be.
    """

    invoice = models.OneToOneField(Invoice, on_delete=models.CASCADE, related_name="delivery")
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    problem_code = models.CharField(max_length=40, blank=True)
    problem = models.CharField(max_length=300, blank=True, help_text="One sentence for people.")
    done_at = models.DateTimeField(null=True, blank=True)

    objects = InvoicePartQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="delivery_due", condition=models.Q(done_at=None))]

    def __str__(self) -> str:
        return f"Delivery of {self.invoice}"
