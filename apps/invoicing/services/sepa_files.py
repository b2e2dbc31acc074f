"""Collection files for the bank (pain.008): made, handed in, discarded; and its answers (pain.002)."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.crypto import get_random_string

from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.invoicing.bank_choices import CollectionState, DebitState, MandateState, SequenceType
from apps.invoicing.choices import InvoiceState
from apps.invoicing.engine.bank_xml import UnreadableBankFile
from apps.invoicing.engine.pain002 import Refusal, read_status_report
from apps.invoicing.engine.progress import Phase
from apps.invoicing.engine.references import is_creditor_identifier
from apps.invoicing.models import DebitCollection, DirectDebit, Invoice, Issuer, Mandate, Payment
from apps.invoicing.payments.port import Standing
from apps.invoicing.sealing import seal, unseal
from apps.invoicing.services.pain008 import Item, write_collection
from apps.invoicing.services.sepa import cancel_debit, earliest_due, reject_debit, terms_of, today_of
from apps.invoicing.services.settling import settle


class UnableToCollect(DomainError):
    code = "unable_to_collect"


def make_collection(*, issuer: Issuer, until: date, at: datetime, actor) -> DebitCollection:
    """A file of all debits of ``issuer`` that fall due until ``until`` and were announced to the customer.

    Debits are grouped by first or recurrent and by due date; who has paid otherwise meanwhile is left out, who has
    paid in part is asked for the rest. Raises ``UnableToCollect`` where nothing is to be collected.
    """
    if not is_creditor_identifier(issuer.creditor_id) or not issuer.iban:
        raise UnableToCollect("The issuer needs an IBAN and a SEPA creditor identifier whose check digits hold.")
    terms = terms_of(issuer)
    if terms.schema.endswith(".02") and not issuer.bic:
        raise UnableToCollect("pain.008.001.02 needs the BIC of the issuer's bank.")
    with transaction.atomic():
        debits = _collectable(issuer, until, at)
        if not debits:
            raise UnableToCollect("Nothing is to be collected: no announced debit falls due until then.")
        earliest = earliest_due(terms, today_of(issuer, at))
        message_id = f"{at:%Y%m%d%H%M%S}-{issuer.pk}-{get_random_string(8).upper()}"[:35]
        used: set[int] = set()
        for debit in debits:
            debit.due_on = max(debit.due_on, earliest)
            debit.sequence_type = _sequence_type(debit.mandate, used)
            debit.batch_id = f"{message_id}-{debit.sequence_type[0]}{debit.due_on:%y%m%d}"[-35:]
        content = write_collection(
            issuer=issuer, schema=terms.schema, message_id=message_id, at=at, items=[Item.of(debit) for debit in debits]
        )
        collection = DebitCollection.objects.create(
            issuer=issuer, message_id=message_id, schema=terms.schema, sealed=seal(content.decode()),
            sha256=hashlib.sha256(content).hexdigest(), count=len(debits),
            total=sum(debit.payment.amount for debit in debits), first_due_on=min(debit.due_on for debit in debits),
            created_at=at, created_by=actor,
        )  # fmt: skip
        for debit in debits:
            debit.state, debit.collection = DebitState.IN_FILE, collection
        DirectDebit.objects.bulk_update(debits, ["due_on", "sequence_type", "batch_id", "state", "collection"])
        record_audit(
            actor=actor, action="collection.made", subject=collection, organisation=issuer.organisation,
            changes={"debits": [None, len(debits)], "total": [None, collection.total]},
        )  # fmt: skip
    return collection


def content_of(collection: DebitCollection) -> bytes:
    """The file, byte for byte as it was made."""
    return unseal(collection.sealed).encode()


def submit_collection(*, collection: DebitCollection, actor, at: datetime) -> DebitCollection:
    """It was handed in at the bank: its debits are on their way. Raises ``UnableToCollect`` the second time."""
    with transaction.atomic():
        if not _move(collection, CollectionState.MADE, CollectionState.SUBMITTED, submitted_at=at):
            raise UnableToCollect("It was handed in or discarded already.")
        debits = list(collection.debits.filter(state=DebitState.IN_FILE).order_by("invoice_id"))
        collection.debits.filter(state=DebitState.IN_FILE).update(state=DebitState.SUBMITTED)
        for debit in debits:
            settle(payment_id=debit.payment_id, told=Standing(Phase.PENDING), at=at)
            Mandate.objects.filter(pk=debit.mandate_id).update(collected_on=debit.due_on)
        used = Mandate.objects.filter(pk__in={debit.mandate_id for debit in debits}, state=MandateState.SIGNED)
        used.update(state=MandateState.ACTIVE)
        record_audit(
            actor=actor, action="collection.submitted", subject=collection, organisation=collection.issuer.organisation
        )  # fmt: skip
    return collection


def discard_collection(*, collection: DebitCollection, actor, at: datetime) -> DebitCollection:
    """It was never handed in: its debits wait again. Raises ``UnableToCollect`` once it was."""
    with transaction.atomic():
        if not _move(collection, CollectionState.MADE, CollectionState.DISCARDED):
            raise UnableToCollect("It was handed in or discarded already.")
        ended = list(
            collection.debits.exclude(mandate__state__in=[MandateState.SIGNED, MandateState.ACTIVE]).select_related(
                "mandate"
            )
        )
        collection.debits.filter(state=DebitState.IN_FILE).update(
            state=DebitState.QUEUED, collection=None, batch_id="", sequence_type=""
        )
        for debit in ended:
            cancel_debit(debit=debit, reason="The mandate ended.", at=at)
        record_audit(
            actor=actor, action="collection.discarded", subject=collection, organisation=collection.issuer.organisation
        )  # fmt: skip
    return collection


def read_answer(*, issuer: Issuer, content: bytes, actor, at: datetime) -> tuple[DebitCollection, int]:
    """Apply a pain.002 of the bank; return the collection and how many of its debits were refused.

    Raises ``UnableToCollect`` for what cannot be read, and for files that are not ours.
    """
    try:
        report = read_status_report(content)
    except UnreadableBankFile as error:
        raise UnableToCollect(str(error), field="file") from error
    collection = DebitCollection.objects.filter(issuer=issuer, message_id=report.message_id).first()
    if collection is None:
        raise UnableToCollect("It answers a file that was not made here.", field="file")
    if collection.state == CollectionState.MADE:
        submit_collection(collection=collection, actor=actor, at=at)
    refused = 0
    for refusal in report.refusals:
        for debit in _refused(collection, refusal):
            refused += reject_debit(debit=debit, reason=refusal.reason or "MS03", at=at)
    return collection, refused


def _refused(collection: DebitCollection, refusal: Refusal) -> Collection[DirectDebit]:
    debits = collection.debits.select_related("mandate", "payment").order_by("pk")
    if refusal.end_to_end_id:
        return debits.filter(payment__key=refusal.end_to_end_id)
    return debits.filter(batch_id=refusal.batch_id) if refusal.batch_id else debits


def _collectable(issuer: Issuer, until: date, at: datetime) -> Sequence[DirectDebit]:
    """Locked: invoices, then debits, then payments. What needs no collecting any more is cancelled."""
    waiting = DirectDebit.objects.filter(
        mandate__issuer=issuer, state=DebitState.QUEUED, due_on__lte=until, notified_at__isnull=False
    )
    invoices = Invoice.objects.filter(pk__in=waiting.values("invoice")).select_for_update().order_by("pk")
    open_amounts = {row.pk: row.open_amount if row.state == InvoiceState.ISSUED else 0 for row in invoices}
    locked = waiting.filter(invoice__in=open_amounts).select_related("mandate__account", "invoice")
    debits = []
    for debit in locked.select_for_update(of=("self",)).order_by("due_on", "pk"):
        open_amount = open_amounts[debit.invoice_id]
        if not open_amount:
            cancel_debit(debit=debit, reason="Nothing was open any more.", at=at)
            continue
        debit.payment = Payment.objects.select_for_update().get(pk=debit.payment_id)
        if open_amount < debit.payment.amount:
            debit.payment.amount = open_amount
            debit.payment.save(update_fields=["amount"])
        debits.append(debit)
    return debits


def _sequence_type(mandate: Mandate, used: set[int]) -> SequenceType:
    """First as long as the mandate was not used, and only once."""
    is_first = mandate.state == MandateState.SIGNED and mandate.pk not in used
    used.add(mandate.pk)
    is_first = is_first and not mandate.debits.filter(state=DebitState.IN_FILE).exists()
    return SequenceType.FIRST if is_first else SequenceType.RECURRENT


def _move(collection: DebitCollection, old: CollectionState, new: CollectionState, **values) -> bool:
    return bool(DebitCollection.objects.filter(pk=collection.pk, state=old).update(state=new, **values))
