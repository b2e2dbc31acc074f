"""What the bank says, taken in once, and what each entry comes to."""

from decimal import Decimal

import pytest
from django.db.models import Sum

from apps.core.models import OutboxEvent
from apps.invoicing.engine.references import rf_reference
from apps.invoicing.models import BankFile, BankTransaction, LedgerEntry, Payment
from apps.invoicing.selectors.bank_suggestions import suggestions_for
from apps.invoicing.services.bank import InvalidBankFile, KnownBankFile, import_file, settle_waiting
from apps.invoicing.services.sepa_files import make_collection, submit_collection
from tests.factories.bank import BankTransactionFactory, DirectDebitFactory, MandateFactory
from tests.factories.billing import BillingAccountFactory, InvoiceFactory, IssuerFactory
from tests.factories.chargers import NOON
from tests.support.bank_files import Detail, Entry, camt

pytestmark = pytest.mark.django_db


@pytest.fixture
def issuer():
    return IssuerFactory()


@pytest.fixture
def invoice(issuer):
    """119.00 open."""
    return bill(issuer, "R-2026-00017")


def bill(issuer, number, **values):
    return InvoiceFactory(issuer=issuer, number=number, payment_reference=rf_reference(number), **values)


def take_in(issuer, *entries, **values) -> list[BankTransaction]:
    """Import a file, settle it, and return its new entries."""
    content = entries[0] if isinstance(entries[0], bytes) else camt(*entries, **values)
    file = import_file(issuer=issuer, content=content, name="x.xml", actor=None, at=NOON)
    settle_waiting(at=NOON)
    return list(BankTransaction.objects.filter(statement__file=file).order_by("pk"))


def paid(text, amount="119.00", **values) -> Entry:
    detail = {key: values.pop(key) for key in list(values) if key in ("name", "iban", "creditor_reference")}
    return Entry(amount, (Detail(text=text, **detail),), **values)


def balance(kind: str) -> Decimal:
    """Debits less credits of all books of that kind."""
    sums = [
        LedgerEntry.objects.filter(**{f"{side}__kind": kind}).aggregate(total=Sum("amount"))["total"] or 0
        for side in ("debit", "credit")
    ]
    return Decimal(sums[0] - sums[1]).quantize(Decimal("0.01"))


# --- matching


@pytest.mark.parametrize(
    "text",
    [
        "R-2026-00017",
        "Rechnung r 2026 00017 danke",
        rf_reference("R-2026-00017"),
        "Bill\nR-2026-\n00017",
        "x/R202600017/y",
    ],
)
def test_a_named_invoice_is_paid(issuer, invoice, text):
    (entry,) = take_in(issuer, paid(text))
    invoice.refresh_from_db()
    assert (entry.outcome, entry.explanation) == ("paid", "R-2026-00017 is paid.")
    assert (invoice.state, invoice.open_amount) == ("paid", Decimal(0))
    payment = entry.assignments.get().payment
    assert (payment.provider, payment.state, payment.captured_amount, payment.allocated_amount) == (
        "bank", "captured", Decimal("119.00"), Decimal("119.00"),
    )  # fmt: skip
    assert (balance("bank"), balance("receivable"), balance("suspense")) == (Decimal("119.00"), Decimal("-119.00"), 0)
    assert OutboxEvent.objects.filter(name="payment.captured", subject_id=payment.pk).count() == 1
    assert OutboxEvent.objects.filter(name="invoice.paid", subject_id=invoice.pk).count() == 1


def test_a_structured_reference_is_enough(issuer, invoice):
    (entry,) = take_in(issuer, paid("thank you", creditor_reference=invoice.payment_reference))
    assert entry.outcome == "paid"


def test_a_part_leaves_the_rest_open(issuer, invoice):
    (entry,) = take_in(issuer, paid("R-2026-00017", "100.00"))
    invoice.refresh_from_db()
    assert (entry.outcome, entry.explanation) == ("partial", "R-2026-00017: 19.00 EUR stay open.")
    assert (invoice.state, invoice.open_amount) == ("issued", Decimal("19.00"))


def test_what_is_over_pays_the_oldest_and_stays_on_the_account(issuer, invoice):
    other = bill(
        issuer, "R-2026-00018", account=invoice.account, net="10.00", tax="1.90", gross="11.90", payable="11.90"
    )
    (entry,) = take_in(issuer, paid("R-2026-00017", "200.00"))
    other.refresh_from_db()
    payment = Payment.objects.get()
    assert entry.outcome == "overpaid"
    assert other.state == "paid"
    assert payment.captured_amount - payment.allocated_amount == Decimal("69.10")
    assert "11.90 EUR went to the oldest open bills." in entry.explanation
    assert "69.10 EUR are left on the account" in entry.explanation


def test_what_was_paid_before_stays_on_the_account(issuer, invoice):
    take_in(issuer, paid("R-2026-00017", reference="B1"))
    (entry,) = take_in(issuer, paid("R-2026-00017", reference="B2"))
    assert entry.outcome == "on_account"
    assert entry.explanation.startswith("R-2026-00017 had nothing open. 119.00 EUR are left on the account")


def test_several_invoices_of_one_customer_in_one_payment(issuer, invoice):
    other = bill(issuer, "R-2026-00018", account=invoice.account)
    (entry,) = take_in(issuer, paid("R-2026-00018, R-2026-00017", "200.00"))
    for row in (invoice, other):
        row.refresh_from_db()
    assert (other.open_amount, invoice.open_amount) == (Decimal(0), Decimal("38.00"))
    assert entry.explanation == "R-2026-00018 is paid. R-2026-00017: 38.00 EUR stay open."


def test_one_payment_for_two_customers_is_shared_where_it_is_exact(issuer, invoice):
    other = bill(issuer, "R-2026-00018")
    (entry,) = take_in(issuer, paid("R-2026-00017 R-2026-00018", "238.00"))
    assert entry.outcome == "paid"
    assert {a.account for a in entry.assignments.all()} == {invoice.account, other.account}


def test_two_customers_and_another_sum_is_for_a_person(issuer, invoice):
    bill(issuer, "R-2026-00018")
    (entry,) = take_in(issuer, paid("R-2026-00017 R-2026-00018", "200.00"))
    assert entry.outcome == "open"
    assert "share it out by hand" in entry.explanation
    assert balance("suspense") == Decimal("-200.00")
    assert {one.invoice.number for one in suggestions_for(entry)} == {"R-2026-00017", "R-2026-00018"}


@pytest.mark.parametrize("text", ["", "thank you", "R-2026-99999", "RF18 5390 0754 7034"])
def test_what_names_no_bill_lies_in_suspense_with_a_next_step(issuer, invoice, text):
    (entry,) = take_in(issuer, paid(text))
    invoice.refresh_from_db()
    assert (entry.outcome, entry.explanation) == ("open", "It names no bill: assign it to a customer.")
    assert invoice.open_amount == Decimal("119.00")
    assert not Payment.objects.exists()
    assert (balance("bank"), balance("suspense")) == (Decimal("119.00"), Decimal("-119.00"))


def test_a_bill_of_another_issuer_is_not_paid(issuer):
    bill(IssuerFactory(), "R-2026-00017")
    (entry,) = take_in(issuer, paid("R-2026-00017"))
    assert entry.outcome == "open"


def test_another_currency_is_for_a_person(issuer, invoice):
    (entry,) = take_in(issuer, paid("R-2026-00017", currency="CHF"))
    assert entry.outcome == "foreign"
    assert entry.explanation == "R-2026-00017 is in EUR, the payment in CHF: give it back or exchange."
    assert set(LedgerEntry.objects.values_list("currency", flat=True)) == {"CHF"}


def test_the_same_sum_and_name_is_suggested_never_assigned(issuer, invoice):
    invoice.account.name = "Erika Mustermann"
    invoice.account.save()
    (entry,) = take_in(issuer, paid("for charging", name="MUSTERMANN, ERIKA"))
    assert entry.outcome == "open"
    (best, *_) = suggestions_for(entry)
    assert (best.invoice, best.reasons) == (invoice, ["the names are alike", "exactly this sum is open"])


def test_a_known_bank_account_is_suggested(issuer, invoice):
    mandate = MandateFactory(issuer=issuer)
    (entry,) = take_in(issuer, paid("for charging", "7.00", name=""))
    (best,) = suggestions_for(entry)
    assert (best.account, best.invoice) == (mandate.account, None)
    assert best.reasons == ["this bank account paid for the customer before"]


def test_suggestions_cost_the_same_however_many(issuer, invoice, django_assert_num_queries):
    for number in range(10):
        bill(issuer, f"R-2026-001{number}")
        BillingAccountFactory(organisation=issuer.organisation, name=f"Mustermann {number}")
    entry = BankTransactionFactory(statement__file__issuer=issuer)
    with django_assert_num_queries(4):
        assert len(suggestions_for(entry)) == 5


# --- money that goes out


def test_a_fee_of_the_bank_is_booked(issuer):
    (entry,) = take_in(issuer, Entry("4.90", is_credit=False, code="ACMT-MDOP-CHRG"))
    assert entry.outcome == "fee"
    assert (balance("bank"), balance("fees")) == (Decimal("-4.90"), Decimal("4.90"))


def test_other_debits_lie_in_suspense(issuer):
    (entry,) = take_in(issuer, Entry("500.00", is_credit=False, code="PMNT-ICDT-ESCT"))
    assert entry.outcome == "open"
    assert balance("suspense") == Decimal("500.00")
    assert suggestions_for(entry) == []


def test_a_reversal_is_for_a_person(issuer, invoice):
    (entry,) = take_in(issuer, paid("R-2026-00017", is_reversal=True))
    assert entry.outcome == "open"
    assert not Payment.objects.exists()


# --- our own debits


@pytest.fixture
def debits(issuer):
    """Two that the bank has."""
    rows = [DirectDebitFactory(mandate__issuer=issuer) for _ in range(2)]
    collection = make_collection(issuer=issuer, until=rows[0].due_on, at=NOON, actor=None)
    submit_collection(collection=collection, actor=None, at=NOON)
    for row in rows:
        row.refresh_from_db()
    return rows


def test_a_collection_is_recognised_by_its_batch(issuer, debits):
    (entry,) = take_in(issuer, Entry("238.00", batch=debits[0].batch_id, code="PMNT-IDDT-ESDD"))
    assert (entry.outcome, entry.explanation) == ("collected", "2 of our direct debits.")
    for debit in debits:
        debit.refresh_from_db()
        assert (debit.state, debit.booked_by, debit.payment.state) == ("collected", entry, "captured")
    assert (balance("bank"), balance("receivable")) == (Decimal("238.00"), Decimal("-238.00"))


def test_a_collection_in_its_parts(issuer, debits):
    parts = tuple(Detail("119.00", end_to_end_id=debit.payment.key) for debit in debits)
    entries = take_in(issuer, Entry("238.00", parts, reference="C1"))
    assert [entry.outcome for entry in entries] == ["collected", "collected"]
    assert balance("bank") == Decimal("238.00")


def test_a_collection_of_another_sum_is_for_a_person(issuer, debits):
    (entry,) = take_in(issuer, Entry("237.00", batch=debits[0].batch_id))
    assert entry.outcome == "open"
    assert "another sum" in entry.explanation


def test_a_file_that_nobody_marked_as_handed_in_was_handed_in(issuer):
    debit = DirectDebitFactory(mandate__issuer=issuer)
    make_collection(issuer=issuer, until=debit.due_on, at=NOON, actor=None)
    take_in(issuer, Entry("119.00", (Detail(end_to_end_id=debit.payment.key),)))
    debit.refresh_from_db()
    assert (debit.state, debit.collection.state) == ("collected", "submitted")


@pytest.mark.parametrize("seen_before", [True, False])
def test_a_returned_debit_opens_its_invoice(issuer, debits, seen_before):
    if seen_before:
        take_in(issuer, Entry("238.00", batch=debits[0].batch_id))
    back = Detail("119.00", end_to_end_id=debits[0].payment.key, reason="AM04")
    (entry,) = take_in(issuer, Entry("122.00", (back,), is_credit=False, code="PMNT-IDDT-UPDD"))
    debits[0].refresh_from_db()
    assert (entry.outcome, debits[0].state, debits[0].returned_by) == ("returned", "returned", entry)
    assert entry.explanation == f"AM04: There was not enough money in the account. {debits[0].invoice} is open again."
    assert debits[0].invoice.open_amount == Decimal("119.00")
    assert balance("fees") == Decimal("3.00")


def test_a_return_that_came_before_is_for_a_person(issuer, debits):
    for reference in ("B1", "B2"):
        back = Detail("119.00", end_to_end_id=debits[0].payment.key, reason="AM04")
        (entry,) = take_in(issuer, Entry("119.00", (back,), is_credit=False, reference=reference))
    assert entry.outcome == "open"
    assert "returned before" in entry.explanation


# --- files


def test_a_file_is_taken_in_once(issuer, invoice):
    content = camt(paid("R-2026-00017"))
    take_in(issuer, content)
    with pytest.raises(KnownBankFile):
        take_in(issuer, content)
    assert (BankFile.objects.count(), Payment.objects.count()) == (1, 1)


def test_entries_of_another_file_are_taken_in_once(issuer, invoice):
    entry = paid("R-2026-00017", reference="B1")
    take_in(issuer, entry)
    new = take_in(issuer, entry, paid("hello", reference="B2"), statement_id="S2")
    assert [row.text for row in new] == ["hello"]
    assert BankFile.objects.order_by("-pk").first().repeated == 1
    assert Payment.objects.count() == 1


def test_an_entry_twice_in_one_file_is_taken_in_once(issuer, invoice):
    assert len(take_in(issuer, paid("R-2026-00017", reference="B1"), paid("R-2026-00017", reference="B1"))) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<a/>", "without a namespace"),
        (b"", "no XML"),
        (camt(paid("x", "-5.00")), "negative"),
        (camt(paid("x"), iban="DE02120300000000202051"), "another bank account"),
        (camt(paid("x")) + b"rubbish", "no XML"),
    ],
)
def test_a_bad_file_leaves_nothing(issuer, content, words):
    with pytest.raises(InvalidBankFile, match=words):
        take_in(issuer, content)
    assert (BankFile.objects.count(), BankTransaction.objects.count()) == (0, 0)


def test_one_bad_entry_holds_up_no_other(issuer, invoice, monkeypatch):
    from apps.invoicing.services import bank

    whole = bank.settle_transaction

    def fails_for_the_first(*, transaction_id, at):
        if BankTransaction.objects.get(pk=transaction_id).text == "bad":
            raise RuntimeError
        return whole(transaction_id=transaction_id, at=at)

    monkeypatch.setattr(bank, "settle_transaction", fails_for_the_first)
    first, second = take_in(issuer, paid("bad", "1.00"), paid("R-2026-00017"))
    assert (first.outcome, second.outcome) == ("waiting", "paid")
    monkeypatch.undo()
    assert settle_waiting(at=NOON) == 1
    first.refresh_from_db()
    assert first.outcome == "open"


def test_settling_again_changes_nothing(issuer, invoice):
    take_in(issuer, paid("R-2026-00017"))
    before = LedgerEntry.objects.count()
    assert settle_waiting(at=NOON) == 0
    assert LedgerEntry.objects.count() == before
