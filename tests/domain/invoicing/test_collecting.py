"""Getting the money of an invoice the way its customer pays."""

from decimal import Decimal

import pytest

from apps.invoicing.choices import Collected, PaymentMethodKind
from apps.invoicing.models import Invoice, Payment
from apps.invoicing.services.collecting import collect
from apps.invoicing.services.payments import receive
from tests.factories.billing import BillingAccountFactory, InvoiceFactory, IssuerFactory, PaymentMethodFactory
from tests.factories.chargers import NOON

pytestmark = pytest.mark.django_db


def invoice_of(pay_by: str) -> Invoice:
    issuer = IssuerFactory()
    account = BillingAccountFactory(organisation=issuer.organisation, pay_by=pay_by)
    return InvoiceFactory(issuer=issuer, account=account, number="R1")


def test_a_card_is_charged_once(settings):
    invoice = invoice_of("card")
    PaymentMethodFactory(account=invoice.account)
    assert collect(invoice_id=invoice.pk, at=NOON) is Collected.CHARGED
    assert collect(invoice_id=invoice.pk, at=NOON) is Collected.NOTHING_OPEN
    assert (Payment.objects.get().captured_amount, Invoice.objects.get().state) == (Decimal("119.00"), "paid")


def test_a_declined_card_can_be_charged_again():
    invoice = invoice_of("card")
    card = PaymentMethodFactory(account=invoice.account, provider_ref="decline")
    assert collect(invoice_id=invoice.pk, at=NOON) is Collected.FAILED
    card.provider_ref = "card_2"
    card.save()
    assert collect(invoice_id=invoice.pk, at=NOON) is Collected.CHARGED
    assert list(Payment.objects.order_by("pk").values_list("state", flat=True)) == ["failed", "captured"]


def test_while_nobody_knows_whether_it_was_charged_it_is_not_charged_again(settings):
    invoice = invoice_of("card")
    PaymentMethodFactory(account=invoice.account)
    settings.DUMMY_PAYMENTS = "answer_lost"
    assert [collect(invoice_id=invoice.pk, at=NOON) for _ in range(2)] == [Collected.PENDING] * 2
    assert Payment.objects.count() == 1


def test_without_a_card_nothing_is_asked_for():
    assert collect(invoice_id=invoice_of("card").pk, at=NOON) is Collected.NO_METHOD


@pytest.mark.parametrize("pay_by", ["transfer", "nothing"])
def test_a_transfer_is_waited_for(pay_by):
    assert collect(invoice_id=invoice_of(pay_by).pk, at=NOON) is Collected.WAITING


def test_what_was_left_over_pays_first():
    invoice = invoice_of("card")
    PaymentMethodFactory(account=invoice.account)
    Invoice.objects.update(state="paid", open_amount=0)
    receive(
        issuer=invoice.issuer, account=invoice.account, kind=PaymentMethodKind.MANUAL, provider="manual", key="cash",
        amount=Decimal("20.00"), currency="EUR", at=NOON,
    )  # fmt: skip
    Invoice.objects.update(state="issued", open_amount=Decimal("119.00"))
    assert collect(invoice_id=invoice.pk, at=NOON) is Collected.CHARGED
    assert list(Payment.objects.order_by("pk").values_list("amount", flat=True)) == [Decimal("20.00"), Decimal("99.00")]


def test_a_draft_is_not_collected():
    assert collect(invoice_id=InvoiceFactory().pk, at=NOON) is Collected.NOTHING_OPEN
