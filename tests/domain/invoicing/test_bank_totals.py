"""Every cent the bank told of is somewhere; and the way there and back of our own debits."""

import random
from decimal import Decimal

import pytest
from lxml import etree

from apps.invoicing.engine.references import rf_reference
from apps.invoicing.models import BankTransaction, Invoice, Payment
from apps.invoicing.services.bank import import_file, settle_waiting
from apps.invoicing.services.bank_assigning import assign, take_assignment_back
from apps.invoicing.services.bank_payments import Share
from apps.invoicing.services.sepa_files import content_of, make_collection, submit_collection
from tests.domain.invoicing.test_bank import balance, bill, take_in
from tests.factories.bank import DirectDebitFactory
from tests.factories.billing import BillingAccountFactory, IssuerFactory
from tests.factories.chargers import NOON
from tests.support.bank_files import Detail, Entry, camt

pytestmark = pytest.mark.django_db


def owed_less_credit() -> Decimal:
    """What customers' receivables must come to, the invoices themselves not being booked in these tests."""
    invoices = Invoice.objects.all()
    paid = sum((one.payable - one.open_amount for one in invoices), Decimal(0))
    left = sum((p.captured_amount - p.refunded_amount - p.allocated_amount for p in Payment.objects.all()), Decimal(0))
    return -(paid + left)


@pytest.mark.parametrize("seed", range(8))
def test_every_cent_is_allocated_or_left_on_an_account_or_in_suspense(seed):
    chance, issuer = random.Random(seed), IssuerFactory()
    accounts = [BillingAccountFactory(organisation=issuer.organisation) for _ in range(3)]
    bills = [bill(issuer, f"R-2026-{n:05}", account=chance.choice(accounts)) for n in range(8)]
    total = Decimal(0)
    for number in range(4):
        entries = []
        for position in range(6):
            cents = chance.choice([11900, 11900, 10000, 23800, chance.randint(1, 50000)])
            named = chance.sample(bills, chance.choice([0, 1, 1, 2]))
            text = " ".join(chance.choice([one.number, rf_reference(one.number)]) for one in named)
            currency = chance.choice(["EUR"] * 9 + ["CHF"])
            reference = f"{number}-{position}"
            entries.append(Entry(f"{cents / 100:.2f}", (Detail(text=text),), currency=currency, reference=reference))
            total += Decimal(cents) / 100
        content = camt(*entries, *entries[:2], statement_id=str(number))
        import_file(issuer=issuer, content=content, name="", actor=None, at=NOON)
        settle_waiting(at=NOON)
    for entry in BankTransaction.objects.all():
        if entry.is_unassigned and chance.random() < 0.5:
            assign(entry=entry, shares=[Share(chance.choice(accounts), entry.amount)], actor=None, at=NOON)
        elif not entry.is_unassigned and chance.random() < 0.3:
            take_assignment_back(entry=entry, actor=None, at=NOON)
    suspended = sum((one.amount for one in BankTransaction.objects.in_suspense()), Decimal(0))
    payments = list(Payment.objects.all())
    kept = sum((p.captured_amount - p.refunded_amount for p in payments), Decimal(0))
    assert BankTransaction.objects.filter(outcome="waiting").count() == 0
    assert sum((one.amount for one in BankTransaction.objects.all()), Decimal(0)) == total
    assert suspended + kept == total
    assert (balance("bank"), balance("suspense"), balance("receivable")) == (total, -suspended, owed_less_credit())


def test_there_and_back_our_file_becomes_statements_and_the_books_balance():
    issuer = IssuerFactory(return_fee=Decimal("4.00"))
    debits = [DirectDebitFactory(mandate__issuer=issuer) for _ in range(6)]
    collection = make_collection(issuer=issuer, until=debits[0].due_on, at=NOON, actor=None)
    submit_collection(collection=collection, actor=None, at=NOON)
    sent = etree.fromstring(content_of(collection))
    batches, asked = [], []
    for batch in sent.iterfind(".//{*}PmtInf"):
        batches.append(Entry(batch.findtext("{*}CtrlSum"), batch=batch.findtext("{*}PmtInfId"), code="PMNT-IDDT-ESDD"))
        asked += [(one.findtext(".//{*}EndToEndId"), one.findtext("{*}InstdAmt"))
                  for one in batch.iterfind("{*}DrctDbtTxInf")]  # fmt: skip
    assert len(asked) == 6
    back = [
        Entry(f"{Decimal(amount) + 3}", (Detail(amount, end_to_end_id=key, reason=reason),), is_credit=False)
        for (key, amount), reason in zip(asked[:3], ("AM04", "MD01", "AC04"), strict=True)
    ]
    assert [one.outcome for one in take_in(issuer, *batches, statement_id="S1")] == ["collected"] * len(batches)
    assert balance("bank") == Decimal("714.00")
    assert [one.outcome for one in take_in(issuer, *back, statement_id="S2")] == ["returned"] * 3
    assert (balance("bank"), balance("fees"), balance("suspense")) == (Decimal("348.00"), Decimal("9.00"), 0)
    assert balance("receivable") == owed_less_credit() == Decimal("-357.00")
    assert sorted(Invoice.objects.values_list("state", flat=True)) == ["issued"] * 3 + ["paid"] * 3
    states = [debit.mandate.state for debit in debits if debit.mandate.refresh_from_db() is None]
    assert sorted(states) == ["active"] * 4 + ["revoked"] * 2
