"""The same done twice at once."""

from decimal import Decimal

import pytest

from apps.invoicing.models import BankFile, BankTransaction, LedgerEntry, Payment
from apps.invoicing.services.bank import KnownBankFile, import_file, settle_waiting
from apps.invoicing.services.bank_assigning import UnableToAssign, assign
from apps.invoicing.services.bank_payments import Share
from apps.invoicing.services.sepa import collect_due, queue_debit
from apps.invoicing.services.sepa_files import UnableToCollect, make_collection
from tests.domain.chargers.test_concurrency import together
from tests.domain.invoicing.test_bank import bill
from tests.factories.bank import DirectDebitFactory, MandateFactory
from tests.factories.billing import BillingAccountFactory, IssuerFactory
from tests.factories.chargers import NOON
from tests.support.bank_files import Detail, Entry, camt

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def attempt(job, refusal):
    """The result, or the word for its refusal."""

    def run():
        try:
            return job()
        except refusal as told:
            return told.code

    return run


def import_and_settle(issuer, content):
    file = import_file(issuer=issuer, content=content, name="", actor=None, at=NOON)
    settle_waiting(at=NOON)
    return file


def test_the_same_file_twice_at_once():
    issuer = IssuerFactory()
    bills = [bill(issuer, f"R-2026-{n:05}") for n in range(20)]
    content = camt(*[Entry("119.00", (Detail(text=one.number),)) for one in bills])
    results = together(*[attempt(lambda: import_and_settle(issuer, content), KnownBankFile)] * 4)
    assert results.count("known_bank_file") == 3
    settle_waiting(at=NOON)
    assert (BankFile.objects.count(), Payment.objects.count()) == (1, 20)
    assert set(Payment.objects.values_list("allocated_amount", flat=True)) == {Decimal("119.00")}


def test_overlapping_files_at_once():
    issuer = IssuerFactory()
    rows = [Entry("1.00", (Detail(text=str(n)),), reference=f"B{n}") for n in range(30)]
    files = [camt(*rows[start : start + 20], statement_id=str(start)) for start in (0, 5, 10)]
    together(*[lambda content=content: import_and_settle(issuer, content) for content in files])
    settle_waiting(at=NOON)
    assert BankTransaction.objects.count() == 30
    assert LedgerEntry.objects.filter(key__endswith=":suspense:0").count() == 30


def test_settling_at_once_books_each_entry_once():
    issuer = IssuerFactory()
    account = BillingAccountFactory(organisation=issuer.organisation)
    bills = [bill(issuer, f"R-2026-{n:05}", account=account) for n in range(10)]
    content = camt(*[Entry("119.00", (Detail(text=one.number),)) for one in reversed(bills)])
    import_file(issuer=issuer, content=content, name="", actor=None, at=NOON)
    assert sum(together(*[lambda: settle_waiting(at=NOON)] * 4)) == 10
    assert set(BankTransaction.objects.values_list("outcome", flat=True)) == {"paid"}


def test_two_people_assign_one_entry():
    issuer = IssuerFactory()
    accounts = [BillingAccountFactory(organisation=issuer.organisation) for _ in range(2)]
    entry = import_and_settle(issuer, camt(Entry("5.00"))).statements.get().transactions.get()
    jobs = [
        attempt(lambda a=a: assign(entry=entry, shares=[Share(a, entry.amount)], actor=None, at=NOON), UnableToAssign)
        for a in accounts
    ]
    assert together(*jobs).count("unable_to_assign") == 1
    assert Payment.objects.count() == 1


def test_two_files_are_made_at_once_of_the_same_debits():
    issuer = IssuerFactory()
    debits = [DirectDebitFactory(mandate__issuer=issuer) for _ in range(10)]
    make = attempt(lambda: make_collection(issuer=issuer, until=debits[0].due_on, at=NOON, actor=None), UnableToCollect)
    assert together(make, make, make).count("unable_to_collect") == 2


def test_the_sweep_beside_itself_and_a_debit_queued_twice():
    mandate = MandateFactory()
    invoice = bill(mandate.issuer, "R-2026-00017", account=mandate.account)
    queued = together(*[lambda: queue_debit(invoice=invoice, at=NOON).pk] * 3)
    assert len(set(queued)) == 1
    away = [DirectDebitFactory(state="submitted", payment__state="pending", due_on=NOON.date()) for _ in range(5)]
    assert sum(together(*[lambda: collect_due(at=NOON)] * 3)) == len(away)
    assert Payment.objects.filter(state="captured").count() == 5
