"""Payments and what the bank told: read only."""

from rest_framework import serializers

from apps.accounts.policy import Action
from apps.api.v1.base import ReadOnlyResource
from apps.api.v1.filters import FilterSet
from apps.invoicing.models import BankTransaction, Payment


class PaymentSerializer(serializers.ModelSerializer):
    """``captured_amount`` came in, ``refunded_amount`` of it went back, ``allocated_amount`` pays invoices."""

    class Meta:
        model = Payment
        fields = (
            "id", "issuer", "account", "invoice", "kind", "provider", "provider_ref", "state", "currency", "amount",
            "authorised_amount", "captured_amount", "refunded_amount", "allocated_amount", "failure_code", "failure",
            "created_at", "settled_at",
        )  # fmt: skip


class PaymentFilter(FilterSet):
    class Meta:
        model = Payment
        fields = ("account", "invoice", "state", "kind", "provider")


class PaymentResource(ReadOnlyResource):
    """Payments, newest first."""

    queryset = Payment.objects.all()
    serializer_class = PaymentSerializer
    filterset_class = PaymentFilter
    action_needed = Action.BILLING_VIEW


class BankTransactionSerializer(serializers.ModelSerializer):
    """One entry of an account's statement. ``outcome``: what became of it; ``explanation``: why, and the next step."""

    class Meta:
        model = BankTransaction
        fields = (
            "id", "issuer", "booked_on", "value_on", "currency", "amount", "is_credit", "is_reversal", "bank_reference",
            "end_to_end_id", "mandate_reference", "return_reason", "charges", "name", "iban_end", "text",
            "creditor_reference", "outcome", "explanation", "settled_at",
        )  # fmt: skip


class BankTransactionFilter(FilterSet):
    class Meta:
        model = BankTransaction
        fields = ("issuer", "outcome", "is_credit", "booked_on")


class BankTransactionResource(ReadOnlyResource):
    """Entries of bank statements, newest first."""

    queryset = BankTransaction.objects.all()
    serializer_class = BankTransactionSerializer
    filterset_class = BankTransactionFilter
    action_needed = Action.BILLING_VIEW
