"""The list of invoices and the page of one."""

import django_filters
import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action
from apps.drivers.models import BillingAccount
from apps.invoicing.choices import InvoiceKind, InvoiceState
from apps.invoicing.models import Invoice, Issuer
from apps.portal.billing import invoice_panels as panels
from apps.portal.billing.words import NO_RIGHT, account_link
from apps.portal.kit.columns import KitColumn, LinkColumn, MoneyColumn, StatusColumn, kwh_column
from apps.portal.kit.views import ActionButton, Attribute, Crumb, DetailView, Empty, ListView, Panel

_NO_WRAP = {"td": {"class": "text-nowrap"}}


class InvoiceTable(tables.Table):
    number = LinkColumn(accessor="pk", attrs=_NO_WRAP, order_by=("issuer__name", "number"))
    kind = KitColumn()
    state = StatusColumn(InvoiceState)
    account = KitColumn(verbose_name="Customer", order_by=("account__name", "pk"))
    issuer = KitColumn(accessor="issuer.name", verbose_name="Issuer", order_by="issuer__name", hide_on_phone=True)
    issued_on = KitColumn(verbose_name="Date", attrs=_NO_WRAP)
    due_on = KitColumn(verbose_name="Due", attrs=_NO_WRAP, hide_on_phone=True)
    energy_wh = kwh_column(verbose_name="Energy", hide_on_phone=True)
    net = MoneyColumn(hide_on_phone=True)
    payable = MoneyColumn(verbose_name="To pay")
    open_amount = MoneyColumn(verbose_name="Open")

    class Meta:
        model = Invoice
        fields = ()
        sequence = (
            "number", "kind", "state", "account", "issuer", "issued_on", "due_on", "energy_wh", "net", "payable",
            "open_amount",
        )  # fmt: skip
        order_by = "-issued_on"
        row_attrs = {"id": lambda record: f"invoice-{record.pk}"}

    def render_number(self, record, column):
        return column.render(str(record), record)

    def value_number(self, record):
        return str(record)

    def render_account(self, record):
        return account_link(record.account)

    def value_account(self, record):
        return str(record.account)


class InvoiceFilters(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=InvoiceState.choices)
    kind = django_filters.MultipleChoiceFilter(choices=InvoiceKind.choices)
    due = django_filters.ChoiceFilter(label="Due", method="by_due", choices=[("over", "Overdue"), ("later", "Later")])
    issuer = django_filters.ModelChoiceFilter(
        queryset=lambda request: Issuer.objects.visible_to(request.user, Action.BILLING_VIEW).order_by("name")
    )
    issued_on = django_filters.DateFromToRangeFilter(
        label="Date", widget=django_filters.widgets.DateRangeWidget(attrs={"type": "date"})
    )
    account = django_filters.ModelChoiceFilter(
        widget=django_filters.widgets.forms.HiddenInput,
        queryset=lambda request: BillingAccount.objects.visible_to(request.user, Action.BILLING_VIEW),
    )

    class Meta:
        model = Invoice
        fields = ()

    def by_due(self, rows, name, value):
        rows, today = rows.filter(state=InvoiceState.ISSUED), timezone.localdate()
        return rows.filter(due_on__lt=today) if value == "over" else rows.filter(due_on__gte=today)


class InvoiceList(ListView):
    action = Action.BILLING_VIEW
    title = "Invoices"
    queryset = Invoice.objects.select_related("account", "issuer").defer("seller", "buyer")
    table = InvoiceTable
    filterset = InvoiceFilters
    search = ("number", "account__name", "account__number", "payment_reference")
    search_hint = "Number, customer, reference"
    fixed_views = (
        ("All", ""), ("Open", "state=issued"), ("Overdue", "due=over"), ("Drafts", "state=draft"),
        ("Credit notes", "kind=credit_note"),
    )  # fmt: skip
    empty = Empty(
        "No invoices yet",
        "A billing run writes them for a month; guests get receipts when they leave.",
        icon="file-invoice",
    )


class InvoicePage(DetailView):
    action = Action.BILLING_VIEW
    template_name = "portal/billing/invoice.html"
    queryset = Invoice.objects.select_related("issuer__organisation", "account", "period", "corrects", "item__run")
    panels = (
        Panel("lines", "Lines", template="portal/billing/lines.html", load=panels.load_lines, flush=True),
        Panel("taxes", "Taxes and total", template="portal/billing/taxes.html", load=panels.load_taxes, flush=True),
        Panel("payments", "Payments", template="portal/billing/payments.html", load=panels.load_payments, flush=True),
        Panel("books", "Books", template="portal/billing/books.html", load=panels.load_books, flush=True, lazy=True),
        Panel(
            "facts", "Facts", side=True,
            attributes=(
                Attribute("Customer", lambda invoice: account_link(invoice.account)),
                Attribute("Issuer", "issuer.name"),
                Attribute("Charging from", lambda invoice: f"{invoice.start_date:%-d %b %Y}"),
                Attribute("until before", lambda invoice: f"{invoice.end_date:%-d %b %Y}"),
                Attribute("Date", "issued_on"),
                Attribute("Due", "due_on"),
                Attribute("Payment reference", "payment_reference"),
                Attribute("Why", "reason"),
            ),
        ),
        Panel("parties", "Seller and buyer", template="portal/billing/parties.html", side=True),
        Panel(
            "documents", "Documents", template="portal/billing/documents.html", load=panels.load_documents, side=True
        ),
        Panel("related", "Corrections", template="portal/billing/related.html", load=panels.load_related, side=True),
    )  # fmt: skip

    def page_title(self, obj):
        return f"{obj.get_kind_display()} {obj.number}" if obj.number else f"Draft for {obj.account.name}"

    def page_subtitle(self, obj):
        return str(obj.account)

    def page_status(self, obj):
        return InvoiceState(obj.state)

    def breadcrumbs(self, obj):
        return (Crumb("Invoices", reverse("portal:invoices")),)

    def buttons(self, obj):
        may_edit = Invoice.objects.visible_to(self.request.user, Action.BILLING_EDIT).filter(pk=obj.pk).exists()

        def button(label: str, name: str, icon: str, refusal: str) -> ActionButton:
            url = reverse(f"portal:{name}", args=[obj.pk])
            return ActionButton(label, url, icon=icon, reason=refusal if may_edit else NO_RIGHT, in_dialog=True)

        if obj.state in (InvoiceState.DRAFT, InvoiceState.DISCARDED):
            return (button("Discard", "invoice-discard", "trash", panels.discard_refusal(obj)),)
        return (
            button("Credit", "invoice-credit", "arrows-exchange", panels.credit_refusal(obj)),
            button("Bill again", "invoice-bill-again", "repeat", panels.again_refusal(obj)),
        )
