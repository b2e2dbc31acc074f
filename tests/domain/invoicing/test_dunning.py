"""Reminders: who gets which when, what stops them, what they cost, and giving up."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from apps.core.models import AuditEntry
from apps.invoicing.choices import PaymentMethodKind
from apps.invoicing.models import AccountCharge, Invoice, LedgerEntry, Payment, Reminder
from apps.invoicing.services import dunning
from apps.invoicing.services.charges import ChargeBilled, waive_charge
from apps.invoicing.services.payments import receive
from apps.invoicing.services.period_drafts import build_drafts
from apps.invoicing.services.reminding import send_waiting_reminders
from tests.factories.billing import InvoiceFactory, IssuerFactory, PaymentFactory, PeriodFactory

pytestmark = pytest.mark.django_db
LEVELS = [{"after_days": 7, "fee": "0.00"}, {"after_days": 21, "fee": "5.00"}]


def on(day: int, month: int = 4) -> datetime:
    """Noon in Berlin of a day in 2026. The invoice is due on 16 April."""
    return datetime(2026, month, day, 12, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture
def invoice() -> Invoice:
    return InvoiceFactory(issuer=IssuerFactory(dunning=LEVELS), number="R1")


def pay(invoice: Invoice, amount: str = "119.00") -> Payment:
    return receive(
        issuer=invoice.issuer, account=invoice.account, kind=PaymentMethodKind.MANUAL, provider="manual", key=amount,
        amount=Decimal(amount), currency="EUR", at=on(17),
    )  # fmt: skip


def levels() -> list[tuple]:
    return list(Reminder.objects.order_by("level").values_list("level", "reminded_on__day", "fee"))


def test_each_level_comes_in_its_time_and_once(invoice):
    for day in (16, 17, 22, 23, 23, 24, 30):
        dunning.remind_due(at=on(day))
    assert levels() == [(1, 23, Decimal("0.00"))]
    for day in (6, 7, 8, 30):
        dunning.remind_due(at=on(day, month=5))
    assert levels() == [(1, 23, Decimal("0.00")), (2, 7, Decimal("5.00"))]


def test_a_payment_stops_it_and_a_part_of_one_does_not(invoice):
    pay(invoice, "100.00")
    dunning.remind_due(at=on(23))
    assert Reminder.objects.get().open_amount == Decimal("19.00")
    pay(invoice, "19.00")
    assert dunning.remind_due(at=on(30, month=5)) == 0


def test_what_is_being_paid_is_not_reminded_of(invoice):
    PaymentFactory(issuer=invoice.issuer, account=invoice.account, invoice=invoice, state="pending", captured_amount=0)
    assert dunning.remind_due(at=on(23)) == 0
    Payment.objects.update(kind="direct_debit", state="created")  # announced, and not with the bank yet
    assert dunning.remind_due(at=on(23)) == 0
    Payment.objects.update(state="failed")
    assert dunning.remind_due(at=on(23)) == 1


def test_those_at_their_last_level_keep_nobody_from_the_first(invoice):
    for day, month in ((23, 4), (7, 5)):
        dunning.remind_due(at=on(day, month))
    late = InvoiceFactory(issuer=invoice.issuer, number="R2")
    assert dunning.remind_due(at=on(9, 5), limit=1) == 1
    assert Reminder.objects.filter(invoice=late).count() == 1


@pytest.mark.parametrize("whole_account", [True, False])
def test_a_pause_holds_it_with_a_reason(invoice, ada, whole_account):
    row = dunning.pause(
        account=invoice.account, invoice=None if whole_account else invoice, reason="Disputed", actor=ada, at=on(20),
        until_date=on(30).date(),
    )  # fmt: skip
    assert dunning.remind_due(at=on(29)) == 0
    with pytest.raises(dunning.UnableToRemind):
        dunning.remind(invoice=invoice, actor=ada, at=on(29))
    assert dunning.remind_due(at=on(30)) == 1
    assert AuditEntry.objects.get(action="dunning.paused").changes["reason"] == [None, "Disputed"]
    dunning.resume(pause=row, actor=ada, at=on(30))
    assert AuditEntry.objects.filter(action="dunning.resumed").count() == 1


def test_a_pause_that_is_ended_holds_nothing(invoice, ada):
    row = dunning.pause(account=invoice.account, reason="Moves house", actor=ada, at=on(20))
    assert dunning.remind_due(at=on(23)) == 0
    dunning.resume(pause=row, actor=ada, at=on(23))
    assert dunning.remind_due(at=on(23)) == 1


def test_the_mail_goes_out_once_and_says_what_is_owed(invoice):
    dunning.remind_due(at=on(23))
    assert [send_waiting_reminders(at=on(23)) for _ in range(2)] == [1, 0]
    (message,) = mail.outbox
    assert (message.to, message.subject) == ([invoice.account.email], "Reminder: invoice R1")
    assert "119.00 EUR of it are still open." in message.body
    assert "DE89370400440532013000" in message.body
    assert (Reminder.objects.get().state, Reminder.objects.get().sent_at) == ("sent", on(23))


def test_what_was_paid_before_the_mail_went_is_not_sent_and_costs_nothing(invoice):
    dunning.remind_due(at=on(23))
    dunning.remind_due(at=on(7, month=5))
    pay(invoice)
    assert send_waiting_reminders(at=on(7, month=5)) == 0
    assert mail.outbox == []
    assert AccountCharge.objects.pending().count() == 0


def test_whoever_has_no_address_is_written_to(invoice):
    type(invoice.account).objects.update(email="")
    dunning.remind_due(at=on(23))
    send_waiting_reminders(at=on(23))
    assert Reminder.objects.get().state == "letter"


def test_a_mail_server_that_refuses_is_seen_and_a_person_tries_again(invoice, monkeypatch):
    def refuse(message):
        raise ConnectionRefusedError

    dunning.remind_due(at=on(23))
    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    assert send_waiting_reminders(at=on(23)) == 0
    assert (Reminder.objects.get().state, Reminder.objects.get().sent_at) == ("failed", None)


def test_the_fee_is_a_line_of_the_next_bill_without_vat(invoice):
    dunning.remind_due(at=on(23))
    dunning.remind_due(at=on(7, month=5))
    charge = AccountCharge.objects.get()
    assert (charge.amount, charge.text) == (Decimal("5.00"), "Reminder 2 of R1")
    period = PeriodFactory(issuer=invoice.issuer, start_date=on(1, 5).date(), end_date=on(1, 6).date())
    draft = build_drafts(period=period, account_ids=[invoice.account_id])[invoice.account_id].draft
    (line,) = draft.lines
    assert (line.kind, line.net, line.vat_category, line.vat_percent) == ("fee", Decimal("5.00"), "E", Decimal(0))
    assert draft.totals.payable == Decimal("5.00")


def test_a_fee_is_waived_until_a_bill_carries_it(invoice, ada):
    dunning.remind_due(at=on(23))
    dunning.remind_due(at=on(7, month=5))
    charge = AccountCharge.objects.get()
    AccountCharge.objects.update(invoice=invoice)
    with pytest.raises(ChargeBilled):
        waive_charge(charge=charge, reason="Kindness", actor=ada, at=on(8, month=5))
    AccountCharge.objects.update(invoice=None)
    waive_charge(charge=charge, reason="Kindness", actor=ada, at=on(8, month=5))
    assert AccountCharge.objects.pending().count() == 0


def test_a_person_reminds_before_the_day(invoice, ada):
    reminder = dunning.remind(invoice=invoice, actor=ada, at=on(18))
    assert reminder.level == 1
    assert AuditEntry.objects.get(action="invoice.reminded").actor == ada
    with pytest.raises(dunning.UnableToRemind):
        dunning.remind(invoice=invoice, actor=ada, at=on(16))


def test_giving_up_books_the_loss_and_ends_reminders(invoice, ada):
    pay(invoice, "19.00")
    assert dunning.write_off(invoice=invoice, reason="Insolvent", actor=ada, at=on(20)) == Decimal("100.00")
    invoice.refresh_from_db()
    assert (invoice.state, invoice.open_amount) == ("lost", 0)
    lost = LedgerEntry.objects.latest("pk")
    assert (lost.debit.kind, lost.credit.kind, lost.amount) == ("losses", "receivable", Decimal("100.00"))
    assert dunning.remind_due(at=on(23)) == 0
    with pytest.raises(dunning.UnableToWriteOff):
        dunning.write_off(invoice=invoice, reason="Again", actor=ada, at=on(20) + timedelta(hours=1))
