"""Invoices with their lines, and billing runs with their accounts: read only."""

from rest_framework import serializers

from apps.accounts.policy import Action
from apps.api.v1.base import ReadOnlyResource
from apps.api.v1.filters import FilterSet, filters
from apps.invoicing.models import BillingItem, BillingRun, Invoice, InvoiceLine, InvoiceTax


class LineSerializer(serializers.ModelSerializer):
    """``session`` is the evidence; ``allocation`` says to whom a fleet counts the costs."""

    class Meta:
        model = InvoiceLine
        fields = (
            "position", "kind", "description", "details", "session", "supplied_on", "quantity", "unit", "unit_price",
            "net", "gross", "vat_category", "vat_percent", "energy_wh", "allocation",
        )  # fmt: skip


class TaxSerializer(serializers.ModelSerializer):
    class Meta:
        model = InvoiceTax
        fields = ("vat_category", "vat_percent", "taxable", "tax")


class InvoiceSerializer(serializers.ModelSerializer):
    """All amounts are positive, of credit notes too. ``open_amount`` is neither paid nor credited."""

    class Meta:
        model = Invoice
        fields = (
            "id", "number", "kind", "state", "issuer", "account", "period", "corrects", "reason", "payment_reference",
            "issued_on", "due_on", "start_date", "end_date", "currency", "net", "tax", "gross", "rounding", "payable",
            "open_amount", "energy_wh",
        )  # fmt: skip


class WholeInvoiceSerializer(InvoiceSerializer):
    lines = LineSerializer(many=True, read_only=True)
    taxes = TaxSerializer(many=True, read_only=True)

    class Meta(InvoiceSerializer.Meta):
        fields = (*InvoiceSerializer.Meta.fields, "seller", "buyer", "lines", "taxes")


class InvoiceFilter(FilterSet):
    issued_from = filters.DateFilter(field_name="issued_on", lookup_expr="gte")
    issued_before = filters.DateFilter(field_name="issued_on", lookup_expr="lt")

    class Meta:
        model = Invoice
        fields = ("state", "kind", "number", "currency", "issued_from", "issued_before")


class InvoiceResource(ReadOnlyResource):
    """Invoices, receipts and credit notes, newest first; one by itself with its lines, taxes and parties."""

    queryset = Invoice.objects.all()
    filterset_class = InvoiceFilter
    action_needed = Action.BILLING_VIEW

    def get_queryset(self):
        rows = super().get_queryset()
        return rows.prefetch_related("lines", "taxes") if self.action == "retrieve" else rows

    def get_serializer_class(self):
        return WholeInvoiceSerializer if self.action == "retrieve" else InvoiceSerializer


class RunSerializer(serializers.ModelSerializer):
    issuer = serializers.PrimaryKeyRelatedField(source="period.issuer", read_only=True)
    start_date = serializers.DateField(source="period.start_date", read_only=True)
    end_date = serializers.DateField(source="period.end_date", read_only=True)

    class Meta:
        model = BillingRun
        fields = (
            "id", "issuer", "period", "start_date", "end_date", "state", "is_dry", "created_at", "approved_at",
            "issued_on", "ended_at",
        )  # fmt: skip


class RunFilter(FilterSet):
    class Meta:
        model = BillingRun
        fields = ("state", "is_dry")


class RunResource(ReadOnlyResource):
    """Billing runs, newest first. ``end_date`` is the day after the last."""

    queryset = BillingRun.objects.select_related("period__issuer")
    serializer_class = RunSerializer
    filterset_class = RunFilter
    action_needed = Action.BILLING_VIEW


class ItemSerializer(serializers.ModelSerializer):
    """``problem_code`` set: parked. ``anomalies``: ``{"code", "text", "session_id"?}``."""

    class Meta:
        model = BillingItem
        fields = (
            "id", "run", "account", "stage", "problem_code", "problem", "anomalies", "is_left_out", "session_count",
            "held_count", "energy_wh", "net", "gross", "previous_gross", "invoice",
        )  # fmt: skip


class ItemFilter(FilterSet):
    class Meta:
        model = BillingItem
        fields = ("run", "stage", "problem_code", "is_left_out")


class ItemResource(ReadOnlyResource):
    """The accounts of billing runs, newest first."""

    queryset = BillingItem.objects.all()
    serializer_class = ItemSerializer
    filterset_class = ItemFilter
    action_needed = Action.BILLING_VIEW
