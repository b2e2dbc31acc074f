"""Saying by hand what an entry is, and taking that back."""

from decimal import Decimal

import pytest

from apps.core.models import AuditEntry
from apps.invoicing.models import BankTransaction, Payment
from apps.invoicing.services.bank_assigning import (
    UnableToAssign,
    assign,
    assign_as_fee,
    assign_as_return,
    share_of_invoice,
    take_assignment_back,
)
from apps.invoicing.services.bank_payments import Share
from tests.domain.invoicing.test_bank import balance, bill, take_in
from tests.factories.bank import DirectDebitFactory
from tests.factories.billing import BillingAccountFactory, IssuerFactory
from tests.factories.chargers import NOON
from tests.factories.places import UserFactory
from tests.support.bank_files import Detail, Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def issuer():
    return IssuerFactory()


@pytest.fixture
def entry(issuer) -> BankTransaction:
    (entry,) = take_in(issuer, Entry("119.00", (Detail(text="hello"),)))
    return entry


def test_one_click_pays_a_bill(issuer, entry):
    user, invoice = UserFactory(), bill(issuer, "R-2026-00017")
    assign(entry=entry, shares=[share_of_invoice(entry, invoice)], actor=user, at=NOON)
    for row in (entry, invoice):
        row.refresh_from_db()
    assert (entry.outcome, entry.explanation) == ("paid", "By hand. R-2026-00017 is paid.")
    assert invoice.state == "paid"
    assert (balance("bank"), balance("suspense"), balance("receivable")) == (Decimal("119.00"), 0, Decimal("-119.00"))
    assert AuditEntry.objects.get(action="bank_transaction.assigned").actor == user


def test_it_can_be_shared_out(issuer, entry):
    invoice, other = bill(issuer, "R-2026-00017"), BillingAccountFactory(organisation=issuer.organisation)
    shares = [Share(invoice.account, Decimal("100.00"), (invoice,)), Share(other, Decimal("19.00"))]
    assign(entry=entry, shares=shares, actor=None, at=NOON)
    assert sorted(Payment.objects.values_list("account", "captured_amount", "allocated_amount")) == sorted(
        [(invoice.account.pk, Decimal("100.00"), Decimal("100.00")), (other.pk, Decimal("19.00"), Decimal("0.00"))]
    )


def test_it_is_assigned_once(issuer, entry):
    invoice = bill(issuer, "R-2026-00017")
    assign(entry=entry, shares=[share_of_invoice(entry, invoice)], actor=None, at=NOON)
    for again in (lambda: assign(entry=entry, shares=[share_of_invoice(entry, invoice)], actor=None, at=NOON),
                  lambda: assign_as_fee(entry=entry, actor=None, at=NOON)):  # fmt: skip
        with pytest.raises(UnableToAssign, match="assigned already"):
            again()


@pytest.mark.parametrize("amounts", [["100.00"], ["120.00", "-1.00"], [], ["119.01"]])
def test_shares_make_up_the_whole(issuer, entry, amounts):
    account = BillingAccountFactory(organisation=issuer.organisation)
    with pytest.raises(UnableToAssign):
        assign(entry=entry, shares=[Share(account, Decimal(one)) for one in amounts], actor=None, at=NOON)
    assert balance("suspense") == Decimal("-119.00")


def test_customers_and_bills_of_others_are_refused(issuer, entry):
    stranger = BillingAccountFactory()
    own = BillingAccountFactory(organisation=issuer.organisation)
    other_issuers = bill(IssuerFactory(organisation=issuer.organisation), "R-2026-00017", account=own)
    for share in (Share(stranger, entry.amount), Share(own, entry.amount, (other_issuers,))):
        with pytest.raises(UnableToAssign):
            assign(entry=entry, shares=[share], actor=None, at=NOON)
    assert not Payment.objects.exists()


def test_a_wrong_assignment_is_taken_back_and_made_anew(issuer, entry):
    wrong, right = bill(issuer, "R-2026-00017"), bill(issuer, "R-2026-00018")
    for _ in range(2):
        assign(entry=entry, shares=[share_of_invoice(entry, wrong)], actor=None, at=NOON)
        take_assignment_back(entry=entry, actor=None, at=NOON)
        wrong.refresh_from_db()
        assert (wrong.state, wrong.open_amount) == ("issued", Decimal("119.00"))
        assert (balance("bank"), balance("suspense"), balance("receivable")) == (
            Decimal("119.00"),
            Decimal("-119.00"),
            0,
        )
    assign(entry=entry, shares=[share_of_invoice(entry, right)], actor=None, at=NOON)
    right.refresh_from_db()
    assert right.state == "paid"
    assert (balance("bank"), balance("suspense"), balance("receivable")) == (Decimal("119.00"), 0, Decimal("-119.00"))


def test_what_was_recognised_can_be_taken_back_too(issuer):
    invoice = bill(issuer, "R-2026-00017")
    (entry,) = take_in(issuer, Entry("119.00", (Detail(text="R-2026-00017"),)))
    take_assignment_back(entry=entry, actor=None, at=NOON)
    invoice.refresh_from_db()
    entry.refresh_from_db()
    assert (entry.outcome, invoice.state) == ("open", "issued")
    with pytest.raises(UnableToAssign):
        take_assignment_back(entry=entry, actor=None, at=NOON)


def test_a_debit_by_hand_is_a_fee_or_a_return_never_a_payment(issuer):
    invoice = bill(issuer, "R-2026-00017")
    fee, back = take_in(issuer, Entry("4.90", is_credit=False), Entry("120.50", is_credit=False))
    with pytest.raises(UnableToAssign):
        assign(entry=fee, shares=[share_of_invoice(fee, invoice)], actor=None, at=NOON)
    assign_as_fee(entry=fee, actor=None, at=NOON)
    debit = DirectDebitFactory(mandate__issuer=issuer, state="submitted", payment__state="pending")
    assign_as_return(entry=back, debit=debit, reason="AM04", actor=None, at=NOON)
    debit.refresh_from_db()
    assert (debit.state, debit.returned_by) == ("returned", back)
    assert balance("suspense") == 0
    assert balance("fees") == Decimal("6.40")
    assert balance("bank") == Decimal("-6.40")


def test_what_cannot_be_the_return_is_refused(issuer):
    small, queued = take_in(issuer, Entry("4.90", is_credit=False), Entry("119.00", is_credit=False))
    with_bank = DirectDebitFactory(mandate__issuer=issuer, state="submitted", payment__state="pending")
    waiting = DirectDebitFactory(mandate__issuer=issuer)
    for entry, debit in ((small, with_bank), (queued, waiting)):
        with pytest.raises(UnableToAssign):
            assign_as_return(entry=entry, debit=debit, reason="AM04", actor=None, at=NOON)
    assert balance("suspense") == Decimal("123.90")
