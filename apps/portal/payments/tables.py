"""Columns of payments, the books and reminders."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from apps.invoicing.choices import PaymentState, ReminderState
from apps.portal.kit.columns import KitColumn, LinkColumn, MomentColumn, MoneyColumn, StatusColumn
from apps.portal.kit.html import badge, dash, link, row_button
from apps.portal.links import page_of


def invoice_link(invoice):
    """Its number, leading to its page."""
    if invoice is None:
        return dash()
    return link(page_of(invoice), invoice)


class InvoiceColumn(KitColumn):
    """An invoice's number, leading to its page."""

    def render(self, value):
        return invoice_link(value)

    def value(self, value):
        return str(value)


class CustomerColumn(LinkColumn):
    """A customer's name, leading to his page."""

    def __init__(self, *args, **kwargs) -> None:
        kwargs = {"verbose_name": "Customer", "accessor": "account.name", "order_by": "account__name"} | kwargs
        super().__init__(*args, url_name="portal:customer", args_from=("account_id",), **kwargs)


class PaymentTable(tables.Table):
    created_at = MomentColumn(verbose_name="Begun", zone="issuer.time_zone", linkify=False)
    account = CustomerColumn()
    kind = KitColumn(accessor="get_kind_display", order_by="kind", verbose_name="By", hide_on_phone=True)
    state = StatusColumn(PaymentState, verbose_name="State")
    amount = MoneyColumn(verbose_name="Asked for")
    captured_amount = MoneyColumn(verbose_name="Came in")
    refunded_amount = MoneyColumn(verbose_name="Given back", hide_on_phone=True)
    left_over = MoneyColumn(verbose_name="Pays nothing", empty_values=(), orderable=False)
    invoice = InvoiceColumn(verbose_name="For", order_by="invoice__number", hide_on_phone=True)

    class Meta:
        order_by = "-created_at"

    def render_created_at(self, value, record):
        column = self.columns["created_at"].column
        return link(page_of(record), type(column).draw(value, record.issuer.time_zone))

    def render_left_over(self, record):
        column = self.columns["left_over"].column
        return column.render(left_over(record), record) if left_over(record) else dash()

    def value_left_over(self, record):
        return left_over(record)


def left_over(payment):
    """What came in, was not given back, and pays no invoice."""
    return payment.captured_amount - payment.refunded_amount - payment.allocated_amount


class LedgerTable(tables.Table):
    kind = LinkColumn(
        verbose_name="Account", accessor="get_kind_display", order_by="kind", url_name="portal:ledger-account"
    )
    detail = KitColumn(verbose_name="Of", order_by=("account__name", "detail"), empty_values=())
    issuer = KitColumn(order_by="issuer__name", hide_on_phone=True)
    balance = MoneyColumn(verbose_name="Balance")

    class Meta:
        order_by = ("issuer", "kind", "detail")

    def render_detail(self, record):
        if record.account_id:
            return link(reverse("portal:customer", args=[record.account_id]), record.account.name)
        return record.detail or dash()

    def value_detail(self, record):
        return str(record.account.name if record.account_id else record.detail)


class EntryTable(tables.Table):
    booked_at = MomentColumn(verbose_name="Booked", zone="issuer.time_zone", orderable=False)
    text = KitColumn(orderable=False)
    other = KitColumn(verbose_name="Against", empty_values=(), orderable=False, hide_on_phone=True)
    evidence = KitColumn(verbose_name="Evidence", empty_values=(), orderable=False)
    change = MoneyColumn(verbose_name="Change", orderable=False)
    balance = MoneyColumn(verbose_name="Balance", orderable=False)

    def render_other(self, record):
        return str(record.credit if record.change > 0 else record.debit)

    def render_evidence(self, record):
        if record.invoice_id:
            return invoice_link(record.invoice)
        return link(page_of(record.payment), record.payment) if record.payment_id else dash()

    def value_evidence(self, record):
        return str(record.invoice or record.payment or "")


class OverdueTable(tables.Table):
    number = InvoiceColumn(verbose_name="Invoice", empty_values=())
    account = CustomerColumn()
    due_on = KitColumn(verbose_name="Due")
    days = KitColumn(
        verbose_name="Days over", empty_values=(), order_by="-due_on",
        attrs={"th": {"class": "cn-num"}, "td": {"class": "cn-num"}},
    )  # fmt: skip
    open_amount = MoneyColumn(verbose_name="Open")
    reminded = KitColumn(verbose_name="Reminded", empty_values=(), orderable=False, hide_on_phone=True)
    coming = KitColumn(verbose_name="Next", empty_values=(), orderable=False)
    acts = KitColumn(verbose_name="", empty_values=(), orderable=False, exclude_from_export=True)

    class Meta:
        order_by = "due_on"

    def __init__(self, *args, today, next_of, may_edit: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.next_of, self.may_edit = today, next_of, may_edit

    def render_number(self, record):
        return invoice_link(record)

    def value_number(self, record):
        return record.number

    def render_days(self, record):
        return (self.today - record.due_on).days

    def render_reminded(self, record):
        rows = sorted(record.reminders.all(), key=lambda row: row.level)
        if not rows:
            return dash()
        states = ((f"{row.reminded_on:%-d %b}", badge(ReminderState(row.state))) for row in rows)
        return format_html_join(" ", "{} {}", states)

    def render_coming(self, record):
        if record.is_paused:
            return "Paused"
        if record.is_being_paid:
            return "Being paid"
        coming = self.next_of(record)
        if coming is None:
            return "No further level"
        when = "due now" if coming.day <= self.today else f"{coming.day:%-d %b %Y}"
        fee = f", fee {coming.fee} {record.currency}" if coming.fee else ""
        return f"Level {coming.level}: {when}{fee}"

    def render_acts(self, record):
        reason = "" if self.may_edit else "Your role does not send reminders."
        names = [("Remind", "reminder-send"), ("Pause", "reminder-pause"), ("Write off", "invoice-write-off")]
        buttons = [
            row_button(label, reverse(f"portal:{name}", args=[record.pk]), reason=reason) for label, name in names
        ]
        return format_html('<span class="btn-list">{}</span>', format_html_join("", "{}", ((one,) for one in buttons)))


class ReminderTable(tables.Table):
    created_at = MomentColumn(verbose_name="Made", zone="invoice.issuer.time_zone")
    invoice = InvoiceColumn(order_by="invoice__number")
    account = KitColumn(accessor="invoice.account.name", verbose_name="Customer", order_by="invoice__account__name")
    level = KitColumn()
    open_amount = MoneyColumn(verbose_name="Open then", currency="invoice.currency")
    fee = MoneyColumn(currency="invoice.currency", hide_on_phone=True)
    state = StatusColumn(ReminderState)
    explanation = KitColumn(hide_on_phone=True)

    class Meta:
        order_by = "-created_at"


class PauseTable(tables.Table):
    account = CustomerColumn()
    invoice = InvoiceColumn(verbose_name="Invoice", default="All of the customer")
    reason = KitColumn()
    until_date = KitColumn(verbose_name="Until", default="Until it is ended")
    created_by = KitColumn(verbose_name="By", hide_on_phone=True)
    acts = KitColumn(verbose_name="", empty_values=(), orderable=False, exclude_from_export=True)

    class Meta:
        order_by = "-created_at"

    def render_acts(self, record):
        return row_button("End", reverse("portal:pause-end", args=[record.pk]))


class MethodTable(tables.Table):
    label = KitColumn(verbose_name="Method")
    kind = KitColumn(accessor="get_kind_display", order_by="kind")
    provider = KitColumn(hide_on_phone=True)
    is_default = KitColumn(verbose_name="Charged", orderable=False)
    created_at = MomentColumn(verbose_name="Left on")
    acts = KitColumn(verbose_name="", empty_values=(), orderable=False, exclude_from_export=True)

    def render_is_default(self, value):
        return "Yes" if value else "No"

    def render_acts(self, record):
        names = [("Charge this", "method-default"), ("Remove", "method-remove")]
        buttons = [row_button(label, reverse(f"portal:{name}", args=[record.pk])) for label, name in names]
        return format_html('<span class="btn-list">{}</span>', format_html_join("", "{}", ((one,) for one in buttons)))
