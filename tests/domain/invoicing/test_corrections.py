"""Bills taken back and written anew."""

from datetime import date
from decimal import Decimal

import pytest

from apps.core.models import AuditEntry
from apps.drivers.models import PlanSubscription
from apps.invoicing.models import AccountCharge, Allocation, BilledSession, Invoice, LedgerEntry
from apps.invoicing.services.allocations import use_credit
from apps.invoicing.services.corrections import UnableToBillAgain, UnableToCredit, bill_again, credit, discard
from apps.invoicing.services.periods import close_period
from apps.invoicing.services.runs import start_run
from apps.tariffs.models import MembershipPlan
from tests.domain.invoicing.runs.conftest import (  # noqa: F401
    APRIL,
    april,
    bill,
    charged,
    issuer,
    march,
    resident,
)
from tests.factories.billing import CdrFactory, InvoiceFactory, PaymentFactory, breakdown_line
from tests.support.billing import quiet_documents, work_through  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet_documents")]


@pytest.fixture
def billed(march, resident, charged, bill) -> Invoice:  # noqa: F811
    account = resident()
    charged(account)
    charged(account)
    bill(march)
    return Invoice.objects.get()


def test_a_credit_note_takes_the_whole_bill_back(billed, ada):
    note = credit(invoice_id=billed.pk, reason="Wrong customer", actor=ada, at=APRIL)
    billed.refresh_from_db()
    assert (note.kind, note.number, note.state, note.corrects) == ("credit_note", "G2026-000001", "settled", billed)
    assert (note.net, note.tax, note.payable, note.open_amount) == (billed.net, billed.tax, billed.payable, 0)
    assert list(note.lines.values_list("net", "session")) == list(billed.lines.values_list("net", "session"))
    assert (billed.state, billed.open_amount) == ("settled", 0)
    assert not BilledSession.objects.filter(released_at=None).exists()
    owed = sum(LedgerEntry.objects.filter(debit__kind="receivable").values_list("amount", flat=True))
    assert owed == sum(LedgerEntry.objects.filter(credit__kind="receivable").values_list("amount", flat=True))
    line = AuditEntry.objects.get(action="invoice.credited")
    assert (line.actor, line.changes["reason"]) == (ada, [None, "Wrong customer"])


def test_crediting_twice_leads_to_the_same_note(billed):
    first = credit(invoice_id=billed.pk, reason="Wrong", actor=None, at=APRIL)
    assert credit(invoice_id=billed.pk, reason="Wrong", actor=None, at=APRIL) == first
    with pytest.raises(UnableToCredit, match="credit note itself"):
        credit(invoice_id=first.pk, reason="Wrong", actor=None, at=APRIL)
    with pytest.raises(UnableToCredit, match="Only an issued"):
        credit(invoice_id=InvoiceFactory().pk, reason="Wrong", actor=None, at=APRIL)


def test_what_was_paid_waits_at_its_payment(billed):
    payment = PaymentFactory(
        issuer=billed.issuer, account=billed.account, amount=5, captured_amount=5, allocated_amount=5
    )
    Allocation.objects.create(invoice=billed, payment=payment, amount=Decimal("5.00"), at=APRIL)
    Invoice.objects.filter(pk=billed.pk).update(open_amount=billed.payable - 5)
    credit(invoice_id=billed.pk, reason="Wrong", actor=None, at=APRIL)
    payment.refresh_from_db()
    billed.refresh_from_db()
    assert payment.allocated_amount == 0
    assert billed.open_amount == 0
    assert sum(billed.allocations.values_list("amount", flat=True)) == billed.payable


def test_a_credited_bill_is_billed_again_as_it_is_rated_now(billed):
    session = billed.billed_sessions.order_by("pk").first().session
    session.cdrs.update(is_current=False)
    CdrFactory(
        session=session, version=2, account=billed.account, breakdown_lines=[breakdown_line(price="0.30", net="3")]
    )
    credit(invoice_id=billed.pk, reason="Wrong price", actor=None, at=APRIL)
    again = bill_again(invoice_id=billed.pk, actor=None, at=APRIL)
    assert (again.number, again.net, again.period, again.corrects) == ("R2026-000002", Decimal("7.00"), None, billed)
    assert set(again.lines.values_list("kind", flat=True)) == {"session"}
    with pytest.raises(UnableToBillAgain, match="billed again already, as R2026-000002"):
        bill_again(invoice_id=billed.pk, actor=None, at=APRIL)


def test_a_membership_is_billed_again_with_the_rest(march, resident, bill, voltwerk):  # noqa: F811
    account = resident()
    plan = MembershipPlan.objects.create(
        organisation=voltwerk, name="Home", currency="EUR", monthly_fee=10, vat_percent=19
    )
    PlanSubscription.objects.create(account=account, plan=plan, from_date=date(2026, 1, 1))
    bill(march)
    before = Invoice.objects.get()
    credit(invoice_id=before.pk, reason="Wrong address", actor=None, at=APRIL)
    assert bill_again(invoice_id=before.pk, actor=None, at=APRIL).net == before.net == Decimal("10.00")


def test_what_is_not_billed_again_comes_with_the_next_run(billed, march, april, bill):  # noqa: F811
    credit(invoice_id=billed.pk, reason="Wrong", actor=None, at=APRIL)
    close_period(period=march, actor=None, at=APRIL)
    bill(april, at=APRIL.replace(month=5), issued_on=date(2026, 5, 2))
    again = Invoice.objects.get(period=april)
    assert list(again.lines.values_list("kind", "net")) == [("correction", Decimal("4.00"))] * 2


def test_only_what_was_credited_is_billed_again(billed):
    with pytest.raises(UnableToBillAgain, match="Credit the bill first"):
        bill_again(invoice_id=billed.pk, actor=None, at=APRIL)


def test_a_draft_is_discarded_and_its_account_left_out(march, resident, charged):  # noqa: F811
    charged(resident())
    run = start_run(period=march, is_dry=False, actor=None, at=APRIL)
    work_through(at=APRIL)
    discard(invoice_id=Invoice.objects.get().pk, actor=None, at=APRIL)
    assert Invoice.objects.get().state == "discarded"
    assert run.items.get().is_left_out
    lone = InvoiceFactory()
    discard(invoice_id=lone.pk, actor=None, at=APRIL)
    lone.refresh_from_db()
    assert lone.state == "discarded"


def test_a_fee_of_a_credited_bill_goes_to_the_next_one(billed, ada):
    fee = AccountCharge.objects.create(
        issuer=billed.issuer, account=billed.account, key="reminder:1", currency="EUR", amount=5, text="Reminder",
        charged_on=date(2026, 3, 30), invoice=billed,
    )  # fmt: skip
    credit(invoice_id=billed.pk, reason="Wrong", actor=ada, at=APRIL)
    fee.refresh_from_db()
    assert fee.invoice is None


def test_what_was_paid_pays_the_bill_in_its_place(billed, ada):
    payment = PaymentFactory(issuer=billed.issuer, account=billed.account, amount=billed.payable,
                             captured_amount=billed.payable)  # fmt: skip
    use_credit(invoice=billed, at=APRIL)
    credit(invoice_id=billed.pk, reason="Wrong address", actor=ada, at=APRIL)
    again = bill_again(invoice_id=billed.pk, actor=ada, at=APRIL)
    payment.refresh_from_db()
    assert (again.state, again.open_amount, payment.allocated_amount) == ("paid", 0, billed.payable)


def test_a_bill_written_anew_twice_keeps_its_membership(march, resident, charged, bill, voltwerk, ada):  # noqa: F811
    account = resident()
    plan = MembershipPlan.objects.create(
        organisation=voltwerk, name="Home", currency="EUR", monthly_fee="6.00", vat_percent=19
    )
    PlanSubscription.objects.create(account=account, plan=plan, from_date=date(2026, 1, 1))
    charged(account)
    bill(march)
    first = Invoice.objects.get()
    credit(invoice_id=first.pk, reason="Once", actor=ada, at=APRIL)
    second = bill_again(invoice_id=first.pk, actor=ada, at=APRIL)
    credit(invoice_id=second.pk, reason="Twice", actor=ada, at=APRIL)
    third = bill_again(invoice_id=second.pk, actor=ada, at=APRIL)
    assert first.net == second.net == third.net
