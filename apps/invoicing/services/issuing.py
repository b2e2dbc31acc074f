"""Issuing: a draft gets its number and is booked, in one short transaction."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from apps.core import outbox
from apps.core.audit import record_audit
from apps.core.db.rowsets import json_text, parameter, rows_from, run
from apps.core.errors import DomainError
from apps.invoicing.choices import InvoiceKind, InvoiceState
from apps.invoicing.engine.references import rf_reference
from apps.invoicing.events import INVOICE_ISSUED, INVOICE_PAID
from apps.invoicing.models import Invoice, InvoiceSeries, Issuer
from apps.invoicing.services.ledger import book_invoices
from apps.invoicing.services.parties import buyers_of, seller_of

_PREFIXES = {
    InvoiceKind.INVOICE: "invoice_prefix",
    InvoiceKind.RECEIPT: "receipt_prefix",
    InvoiceKind.CREDIT_NOTE: "credit_prefix",
}
_NUMBERED = {
    "id": "bigint", "state": "text", "sequence": "integer", "number": "text", "reference": "text", "buyer": "jsonb",
}  # fmt: skip


class UnableToIssue(DomainError):
    code = "invoice_not_draft"
    message = "Only a draft can be issued; this one was discarded."


def issue(*, invoice_id: int, issued_on: date, actor, at: datetime) -> Invoice:
    """Number and book a draft; one that is issued already is returned as it is."""
    with transaction.atomic():
        for invoice in issue_all(invoice_ids=[invoice_id], issued_on=issued_on, at=at):
            record_audit(
                actor=actor,
                action="invoice.issued",
                subject=invoice,
                organisation=invoice.issuer.organisation,
                changes={"payable": [None, invoice.payable]},
            )
            return invoice
    return Invoice.objects.select_related("issuer", "account").get(pk=invoice_id)


def issue_all(*, invoice_ids: Collection[int], issued_on: date, at: datetime) -> list[Invoice]:
    """As ``issue`` for many, without audit lines; return those that were drafts.

    Numbers are taken in the order of the keys; the number of statements does not depend on how many invoices there are.
    Raises ``UnableToIssue`` where one was discarded: none is issued then.
    """
    with transaction.atomic():
        rows = Invoice.objects.filter(pk__in=invoice_ids).order_by("pk")
        list(rows.select_for_update().values_list("pk"))
        invoices = list(rows.select_related("issuer__organisation", "account"))
        if any(invoice.state == InvoiceState.DISCARDED for invoice in invoices):
            raise UnableToIssue
        drafts = [invoice for invoice in invoices if invoice.state == InvoiceState.DRAFT]
        for same in _by_series(drafts):
            _number(same, issued_on=issued_on, at=at)
        book_invoices(invoices=drafts, at=at)
        outbox.record_many(outbox.Event(INVOICE_ISSUED, invoice.pk) for invoice in drafts)
        outbox.record_many(
            outbox.Event(INVOICE_PAID, invoice.pk) for invoice in drafts if invoice.state == InvoiceState.PAID
        )
    return drafts


def _by_series(invoices: Sequence[Invoice]) -> list[list[Invoice]]:
    """Apart by issuer and kind, in one order, in which their counters are locked."""
    found: dict[tuple[int, str], list[Invoice]] = defaultdict(list)
    for invoice in invoices:
        found[invoice.issuer_id, invoice.kind].append(invoice)
    return [found[key] for key in sorted(found)]


def _number(invoices: Sequence[Invoice], *, issued_on: date, at: datetime) -> None:
    """Take the next numbers of a series and write what an issued invoice says from now on."""
    issuer, kind = invoices[0].issuer, InvoiceKind(invoices[0].kind)
    series = _take_numbers(issuer, kind, issued_on.year, len(invoices))
    prefix = getattr(issuer, _PREFIXES[kind])
    due_on = issued_on + timedelta(days=issuer.payment_days if kind == InvoiceKind.INVOICE else 0)
    seller, buyers = seller_of(issuer), buyers_of([invoice.account for invoice in invoices])
    first = series.last_number - len(invoices) + 1
    for sequence, invoice in enumerate(invoices, start=first):
        invoice.series, invoice.sequence = series, sequence
        invoice.number = f"{prefix}{issued_on.year}-{sequence:06}"
        invoice.payment_reference = rf_reference(invoice.number)
        invoice.state = InvoiceState.ISSUED if invoice.payable else InvoiceState.PAID
        invoice.seller, invoice.buyer = seller, buyers[invoice.account_id]
        invoice.issued_on, invoice.due_on, invoice.issued_at = issued_on, due_on, at
    _write(invoices)


def _take_numbers(issuer: Issuer, kind: InvoiceKind, year: int, how_many: int) -> InvoiceSeries:
    InvoiceSeries.objects.get_or_create(issuer=issuer, kind=kind, year=year)
    series = InvoiceSeries.objects.select_for_update().get(issuer=issuer, kind=kind, year=year)
    series.last_number += how_many
    series.save(update_fields=["last_number"])
    return series


def _write(invoices: Sequence[Invoice]) -> None:
    """One statement for all; what they share is one parameter each."""
    rows = [(i.pk, str(i.state), i.sequence, i.number, i.payment_reference, json_text(i.buyer)) for i in invoices]
    source, values = rows_from("new", _NUMBERED, rows)
    one = invoices[0]
    run(
        f"UPDATE {Invoice._meta.db_table} AS old SET state = new.state, sequence = new.sequence, number = new.number, "
        "payment_reference = new.reference, buyer = new.buyer, seller = %s, series_id = %s, issued_on = %s, "
        f"due_on = %s, issued_at = %s FROM {source} WHERE old.id = new.id",
        [
            json_text(one.seller), one.series_id, parameter(one.issued_on), parameter(one.due_on),
            parameter(one.issued_at), *values,
        ],
    )  # fmt: skip
