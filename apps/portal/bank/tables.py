"""Columns of entries of the bank, files, mandates, debits and collections."""

import django_tables2 as tables
from django.urls import reverse

from apps.invoicing.bank_choices import BankOutcome, CollectionState, DebitState, MandateState
from apps.invoicing.models import BankFile, BankTransaction, DebitCollection, DirectDebit, Mandate
from apps.portal.kit.columns import KitColumn, LinkColumn, MomentColumn, MoneyColumn, StatusColumn
from apps.portal.kit.html import row_button

_NUMBER = {"th": {"class": "cn-num"}, "td": {"class": "cn-num"}}
_MONO = {"td": {"class": "cn-mono"}}
_UNBROKEN = {"td": {"class": "cn-when"}}


class DayColumn(KitColumn):
    """A calendar day."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **{"attrs": _UNBROKEN} | kwargs)

    def render(self, value):
        return f"{value:%d %b %Y}"

    def value(self, value):
        return value


class DayLinkColumn(LinkColumn):
    """A calendar day that leads to the row's page."""

    def render(self, value, record):
        return super().render(f"{value:%d %b %Y}", record)


class TransactionTable(tables.Table):
    """``signed_amount``: what went out is negative."""

    booked_on = DayLinkColumn(verbose_name="Booked", attrs=_UNBROKEN)
    signed_amount = MoneyColumn(verbose_name="Amount", order_by="amount")
    name = KitColumn(verbose_name="Other side")
    text = KitColumn(verbose_name="Text")
    outcome = StatusColumn(BankOutcome, verbose_name="Came to")
    explanation = KitColumn(verbose_name="Why, and what next", orderable=False, hide_on_phone=True)
    issuer = KitColumn(verbose_name="Issuer", accessor="issuer.name", order_by="issuer__name", hide_on_phone=True)

    class Meta:
        model = BankTransaction
        fields = ()
        sequence = ("booked_on", "signed_amount", "name", "text", "outcome", "explanation", "issuer")
        order_by = "-booked_on"


class FileTable(tables.Table):
    name = LinkColumn(verbose_name="File")
    issuer = KitColumn(verbose_name="Issuer", accessor="issuer.name", order_by="issuer__name")
    imported_at = MomentColumn(verbose_name="Read", zone="issuer.time_zone")
    imported_by = KitColumn(verbose_name="By", accessor="imported_by.name", order_by="imported_by__name")
    entries_count = KitColumn(verbose_name="New entries", attrs=_NUMBER)
    open_count = KitColumn(verbose_name="To be assigned", attrs=_NUMBER)
    repeated = KitColumn(verbose_name="Known before", attrs=_NUMBER, hide_on_phone=True)
    version = KitColumn(verbose_name="Format", hide_on_phone=True)

    class Meta:
        model = BankFile
        fields = ()
        order_by = "-imported_at"


class MandateTable(tables.Table):
    reference = KitColumn(attrs=_MONO)
    account = LinkColumn(verbose_name="Customer", url_name="portal:customer", args_from=("account_id",),
                         order_by="account__name")  # fmt: skip
    bank_account = KitColumn(verbose_name="Bank account", orderable=False, attrs=_UNBROKEN)
    state = StatusColumn(MandateState)
    signed_on = DayColumn(verbose_name="Signed")
    collected_on = DayColumn(verbose_name="Last collected", hide_on_phone=True)
    issuer = KitColumn(verbose_name="Issuer", accessor="issuer.name", order_by="issuer__name", hide_on_phone=True)
    end_reason = KitColumn(verbose_name="Why ended", orderable=False, hide_on_phone=True)
    pk = tables.Column(verbose_name="", orderable=False, exclude_from_export=True)

    class Meta:
        model = Mandate
        fields = ()
        order_by = "account"

    def render_pk(self, record):
        reason = "It has ended." if record.ended_at else ""
        return row_button("Revoke", reverse("portal:mandate-revoke", args=[record.pk]), reason=reason)


class DebitTable(tables.Table):
    due_on = DayColumn(verbose_name="Due")
    account = LinkColumn(verbose_name="Customer", accessor="mandate.account", url_name="portal:customer",
                         args_from=("mandate.account_id",), order_by="mandate__account__name")  # fmt: skip
    invoice = KitColumn(verbose_name="Bill", accessor="invoice.number", order_by="invoice__number")
    amount = MoneyColumn(accessor="payment.amount", currency="payment.currency", order_by="payment__amount")
    state = StatusColumn(DebitState)
    notified_at = MomentColumn(verbose_name="Announced", zone="mandate.issuer.time_zone")
    mandate = KitColumn(
        verbose_name="Mandate",
        accessor="mandate.reference",
        order_by="mandate__reference",
        attrs=_MONO,
        hide_on_phone=True,
    )
    collection = LinkColumn(verbose_name="File", accessor="collection.message_id", url_name="portal:collection",
                            args_from=("collection_id",), hide_on_phone=True, order_by="collection")  # fmt: skip
    why = KitColumn(verbose_name="Reason", accessor="payment.failure", orderable=False, hide_on_phone=True)
    pk = tables.Column(verbose_name="", orderable=False, exclude_from_export=True)

    class Meta:
        model = DirectDebit
        fields = ()
        order_by = "due_on"

    def render_pk(self, record):
        if record.state == DebitState.QUEUED and record.notified_at is None and not record.mandate.account.email:
            return row_button("Told by letter", reverse("portal:debit-announced", args=[record.pk]))
        if record.state == DebitState.QUEUED:
            return row_button("Do not collect", reverse("portal:debit-cancel", args=[record.pk]))
        return ""


class CollectionTable(tables.Table):
    message_id = LinkColumn(verbose_name="File", attrs=_MONO)
    issuer = KitColumn(verbose_name="Issuer", accessor="issuer.name", order_by="issuer__name")
    state = StatusColumn(CollectionState)
    count = KitColumn(verbose_name="Debits", attrs=_NUMBER)
    returned_count = KitColumn(verbose_name="Returned", attrs=_NUMBER)
    total = MoneyColumn(currency="currency")
    first_due_on = DayColumn(verbose_name="First due")
    created_at = MomentColumn(verbose_name="Made", zone="issuer.time_zone", hide_on_phone=True)
    submitted_at = MomentColumn(verbose_name="Handed in", zone="issuer.time_zone", hide_on_phone=True)

    class Meta:
        model = DebitCollection
        fields = ()
        order_by = "-created_at"
