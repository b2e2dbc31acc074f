"""Direct debits: queued, announced, put into a file that fits its schema, handed in, collected, sent back."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from lxml import etree

from apps.invoicing.models import AccountCharge, DebitTerms, DirectDebit, LedgerEntry, Mandate
from apps.invoicing.services.debit_notices import mark_notified, send_notices
from apps.invoicing.services.pain008 import InvalidCollection
from apps.invoicing.services.sepa import (
    UnableToDebit,
    cancel_debit,
    capture_debit,
    collect_due,
    queue_debit,
    reject_debit,
    return_debit,
)
from apps.invoicing.services.sepa_files import (
    UnableToCollect,
    content_of,
    discard_collection,
    make_collection,
    read_answer,
    submit_collection,
)
from tests.factories.bank import IBAN, DirectDebitFactory, MandateFactory
from tests.factories.billing import InvoiceFactory, IssuerFactory
from tests.factories.chargers import NOON
from tests.support.bank_files import pain002

pytestmark = pytest.mark.django_db
UNTIL = date(2026, 12, 31)
NAMES = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.008.001.08"}


def invoice_for(mandate, **values):
    given = {"number": f"R-{mandate.pk}", "issuer": mandate.issuer, "account": mandate.account} | values
    return InvoiceFactory(**given)


def fresh(*rows):
    for row in rows:
        row.refresh_from_db()


def make(issuer, at=NOON, until=UNTIL):
    return make_collection(issuer=issuer, until=until, at=at, actor=None)


# --- queueing


def test_a_debit_falls_due_with_its_invoice_on_a_business_day():
    mandate = MandateFactory()
    invoice = invoice_for(mandate)  # due on 16 April 2026
    debit = queue_debit(invoice=invoice, at=NOON.replace(year=2026, month=4, day=2))
    assert (debit.state, debit.due_on, debit.notified_at) == ("queued", date(2026, 4, 16), None)
    assert (debit.payment.amount, debit.payment.state, debit.payment.provider) == (Decimal("119.00"), "created", "sepa")
    assert debit.mandate == mandate


def test_the_notice_runs_before_the_due_date():
    mandate = MandateFactory()
    DebitTerms.objects.create(issuer=mandate.issuer, notice_days=5)
    at = NOON.replace(year=2026, month=4, day=13)
    assert queue_debit(invoice=invoice_for(mandate), at=at).due_on == date(2026, 4, 20)  # the 18th is a Saturday


def test_asking_twice_is_one_debit():
    invoice = invoice_for(MandateFactory())
    assert queue_debit(invoice=invoice, at=NOON).pk == queue_debit(invoice=invoice, at=NOON).pk


@pytest.mark.parametrize("state", ["asked", "revoked", "expired"])
def test_without_a_signed_mandate_nothing_is_queued(state):
    mandate = MandateFactory(state=state)
    with pytest.raises(UnableToDebit, match="no mandate"):
        queue_debit(invoice=invoice_for(mandate), at=NOON)


def test_nothing_is_queued_where_nothing_is_open_or_in_francs():
    mandate = MandateFactory()
    paid = invoice_for(mandate, state="paid", open_amount=Decimal(0))
    francs = invoice_for(mandate, number="R-9", currency="CHF", start_date=date(2026, 2, 1))
    for invoice in (paid, francs):
        with pytest.raises(UnableToDebit):
            queue_debit(invoice=invoice, at=NOON)
    assert not DirectDebit.objects.exists()


# --- announcing


def test_a_notice_tells_amount_day_and_mandate(mailoutbox):
    debit = DirectDebitFactory(notified_at=None, due_on=date(2026, 3, 1))
    at = NOON.replace(year=2026, month=4, day=1)
    assert send_notices(at=at) == 1
    assert send_notices(at=at) == 0
    (mail,) = mailoutbox
    fresh(debit)
    assert mail.to == [debit.mandate.account.email]
    assert mail.subject == "Direct debit of 119.00 EUR on 15 April 2026"
    assert debit.mandate.reference in mail.body
    assert "DE •••• 2051" in mail.body
    assert IBAN not in mail.body
    assert (debit.due_on, debit.notified_at) == (date(2026, 4, 15), at)


def test_who_has_no_address_is_told_by_letter(mailoutbox):
    debit = DirectDebitFactory(notified_at=None, mandate__account__email="")
    assert send_notices(at=NOON) == 0
    assert mailoutbox == []
    mark_notified(debit=debit, actor=None, at=NOON)
    fresh(debit)
    assert debit.notified_at == NOON


# --- files


def test_a_file_fits_its_schema_and_says_what_is_asked():
    first = DirectDebitFactory(mandate__holder="Jürgen Groß")
    issuer = first.mandate.issuer
    again = DirectDebitFactory(mandate__issuer=issuer, mandate__state="active", due_on=date(2026, 4, 21))
    twin = DirectDebitFactory(mandate__issuer=issuer, mandate__state="active", due_on=date(2026, 4, 21))
    collection = make(issuer, at=NOON.replace(year=2026, month=4, day=10))
    root = etree.fromstring(content_of(collection))
    batches = root.findall(".//p:PmtInf", NAMES)
    assert [
        (b.findtext(".//p:SeqTp", namespaces=NAMES), b.findtext("p:ReqdColltnDt", namespaces=NAMES),
         b.findtext("p:NbOfTxs", namespaces=NAMES), b.findtext("p:CtrlSum", namespaces=NAMES))
        for b in batches
    ] == [("FRST", "2026-04-20", "1", "119.00"), ("RCUR", "2026-04-21", "2", "238.00")]  # fmt: skip
    assert root.findtext(".//p:GrpHdr/p:MsgId", namespaces=NAMES) == collection.message_id
    assert root.findtext(".//p:GrpHdr/p:CtrlSum", namespaces=NAMES) == "357.00"
    fresh(first, again, twin)
    assert {b.findtext("p:PmtInfId", namespaces=NAMES) for b in batches} == {first.batch_id, again.batch_id}
    ids = {node.text for node in root.iterfind(".//p:EndToEndId", NAMES)}
    assert ids == {debit.payment.key for debit in (first, again, twin)}
    assert root.findtext(".//p:Dbtr/p:Nm", namespaces=NAMES) == "Jurgen Gross"
    assert {node.text for node in root.iterfind(".//p:DbtrAcct//p:IBAN", NAMES)} == {IBAN}
    assert (collection.count, collection.total, collection.first_due_on) == (3, Decimal("357.00"), date(2026, 4, 20))


def test_the_older_schema_where_the_bank_wants_it():
    debit = DirectDebitFactory()
    DebitTerms.objects.create(issuer=debit.mandate.issuer, schema="pain.008.001.02")
    content = content_of(make(debit.mandate.issuer))
    assert b"pain.008.001.02" in content
    assert b"<BIC>COBADEFFXXX</BIC>" in content


def test_the_older_schema_needs_a_bic():
    debit = DirectDebitFactory(mandate__issuer__bic="")
    DebitTerms.objects.create(issuer=debit.mandate.issuer, schema="pain.008.001.02")
    with pytest.raises(UnableToCollect, match="BIC"):
        make(debit.mandate.issuer)


def test_a_file_that_does_not_fit_is_not_made():
    debit = DirectDebitFactory(mandate__issuer__bic="COBA")
    with pytest.raises(InvalidCollection):
        make(debit.mandate.issuer)
    fresh(debit)
    assert debit.state == "queued"


@pytest.mark.parametrize("wrong", [{"creditor_id": "DE97ZZZ09999999999"}, {"creditor_id": ""}, {"iban": ""}])
def test_the_issuer_needs_what_banks_ask_for(wrong):
    debit = DirectDebitFactory(**{f"mandate__issuer__{name}": value for name, value in wrong.items()})
    with pytest.raises(UnableToCollect, match="issuer needs"):
        make(debit.mandate.issuer)


def test_numbers_of_accounts_lie_encrypted():
    collection = make(DirectDebitFactory().mandate.issuer)
    assert IBAN not in collection.sealed
    assert IBAN.encode() in content_of(collection)


def test_a_late_file_moves_the_due_date_to_what_the_bank_can_do():
    debit = DirectDebitFactory(due_on=date(2026, 4, 2))
    make(debit.mandate.issuer, at=NOON.replace(year=2026, month=4, day=2))
    fresh(debit)
    assert debit.due_on == date(2026, 4, 7)


def test_only_what_was_announced_and_falls_due_is_collected():
    due = DirectDebitFactory()
    issuer = due.mandate.issuer
    later = DirectDebitFactory(mandate__issuer=issuer, due_on=date(2026, 5, 4))
    unannounced = DirectDebitFactory(mandate__issuer=issuer, notified_at=None)
    stranger = DirectDebitFactory()
    make(issuer, until=date(2026, 4, 30))
    fresh(due, later, unannounced, stranger)
    assert [d.state for d in (due, later, unannounced, stranger)] == ["in_file", "queued", "queued", "queued"]
    with pytest.raises(UnableToCollect, match="Nothing"):
        make(issuer, until=date(2026, 4, 30))


def test_who_paid_meanwhile_is_left_out_and_who_paid_in_part_asked_for_the_rest():
    paid = DirectDebitFactory()
    issuer = paid.mandate.issuer
    part = DirectDebitFactory(mandate__issuer=issuer)
    paid.invoice.open_amount, paid.invoice.state = Decimal(0), "paid"
    paid.invoice.save()
    part.invoice.open_amount = Decimal("19.00")
    part.invoice.save()
    collection = make(issuer)
    fresh(paid, part)
    assert (paid.state, paid.payment.state) == ("cancelled", "released")
    assert (part.state, part.payment.amount, collection.total) == ("in_file", Decimal("19.00"), Decimal("19.00"))


def test_a_mandate_is_first_once():
    debit = DirectDebitFactory()
    DirectDebitFactory(mandate=debit.mandate)
    collection = make(debit.mandate.issuer)
    assert sorted(collection.debits.values_list("sequence_type", flat=True)) == ["FRST", "RCUR"]


# --- handing in, collecting


def submitted(**values) -> DirectDebit:
    debit = DirectDebitFactory(**values)
    collection = make(debit.mandate.issuer, at=NOON.replace(year=2026, month=4, day=10))
    submit_collection(collection=collection, actor=None, at=NOON)
    fresh(debit)
    return debit


def test_handing_in_uses_the_mandate_and_sets_the_payment_on_its_way():
    debit = submitted()
    assert (debit.state, debit.payment.state) == ("submitted", "pending")
    assert (debit.mandate.state, debit.mandate.collected_on) == ("active", date(2026, 4, 20))
    assert debit.invoice.open_amount == Decimal("119.00")


def test_handing_in_happens_once():
    debit = submitted()
    for again in (submit_collection, discard_collection):
        with pytest.raises(UnableToCollect):
            again(collection=debit.collection, actor=None, at=NOON)


def test_a_discarded_file_leaves_its_debits_waiting():
    debit = DirectDebitFactory()
    collection = make(debit.mandate.issuer)
    discard_collection(collection=collection, actor=None, at=NOON)
    fresh(debit, collection)
    assert (debit.state, debit.collection, debit.payment.state) == ("queued", None, "created")
    assert collection.state == "discarded"
    assert make(debit.mandate.issuer).count == 1


def test_the_due_date_counts_as_paid():
    debit = submitted()
    assert collect_due(at=NOON.replace(year=2026, month=4, day=19)) == 0
    assert collect_due(at=NOON.replace(year=2026, month=4, day=20)) == 1
    assert collect_due(at=NOON.replace(year=2026, month=4, day=20)) == 0
    fresh(debit, debit.invoice, debit.payment)
    assert (debit.state, debit.payment.state, debit.payment.allocated_amount) == (
        "collected", "captured", Decimal("119.00"),
    )  # fmt: skip
    assert (debit.invoice.state, debit.invoice.open_amount) == ("paid", Decimal(0))


def test_what_waits_can_be_cancelled_and_what_is_with_the_bank_not():
    waiting, away = DirectDebitFactory(), submitted()
    assert cancel_debit(debit=waiting, reason="x", at=NOON)
    assert not cancel_debit(debit=away, reason="x", at=NOON)


# --- coming back


def test_a_returned_debit_opens_the_invoice_and_costs_the_issuers_fee():
    debit = submitted(mandate__issuer__return_fee=Decimal("5.00"))
    capture_debit(debit=debit, at=NOON)
    assert return_debit(debit=debit, reason="AM04", at=NOON, bank_fee=Decimal("3.00"))
    assert not return_debit(debit=debit, reason="AM04", at=NOON)
    fresh(debit, debit.invoice, debit.payment, debit.mandate)
    assert (debit.state, debit.return_reason, debit.payment.state) == ("returned", "AM04", "returned")
    assert (debit.invoice.state, debit.invoice.open_amount) == ("issued", Decimal("119.00"))
    assert debit.payment.failure == "There was not enough money in the account."
    assert debit.mandate.state == "active"
    charge = AccountCharge.objects.get()
    assert (charge.amount, charge.account) == (Decimal("5.00"), debit.mandate.account)
    moves = LedgerEntry.objects.order_by("pk").values_list("debit__kind", "credit__kind", "amount")
    assert list(moves) == [
        ("bank", "receivable", Decimal("119.00")),
        ("receivable", "bank", Decimal("119.00")),
        ("fees", "bank", Decimal("3.00")),
    ]


@pytest.mark.parametrize(("reason", "state"), [("MD01", "revoked"), ("AC04", "revoked"), ("MS03", "active")])
def test_some_reasons_end_the_mandate(reason, state):
    debit = submitted()
    return_debit(debit=debit, reason=reason, at=NOON)
    assert Mandate.objects.get().state == state


def test_a_returned_invoice_can_be_collected_again():
    debit = submitted()
    return_debit(debit=debit, reason="AM04", at=NOON)
    again = queue_debit(invoice=debit.invoice, at=NOON)
    assert again.pk != debit.pk
    assert again.payment.key != debit.payment.key


def test_the_banks_answer_refuses_single_debits():
    debit = submitted()
    sent = debit.collection
    content = pain002(sent.message_id, (debit.payment.key, "AC04"), ("sepa-nobody", "AM04"))
    assert read_answer(issuer=sent.issuer, content=content, actor=None, at=NOON) == (sent, 1)
    assert read_answer(issuer=sent.issuer, content=content, actor=None, at=NOON) == (sent, 0)
    fresh(debit, debit.payment, debit.mandate)
    assert (debit.state, debit.payment.state, debit.payment.failure_code) == ("returned", "failed", "AC04")
    assert debit.mandate.state == "revoked"
    assert not LedgerEntry.objects.exists()


def test_a_refused_first_debit_is_a_first_one_again():
    debit = submitted()
    reject_debit(debit=debit, reason="AM04", at=NOON)
    fresh(debit.mandate)
    assert debit.mandate.state == "signed"


@pytest.mark.parametrize("form", ["group", "batch"])
def test_the_bank_may_refuse_all_of_it(form):
    debit = submitted()
    sent = debit.collection
    answer = {"group": "BE05"} if form == "group" else {"batch": (debit.batch_id, "BE05")}
    content = pain002(sent.message_id, **answer)
    assert read_answer(issuer=sent.issuer, content=content, actor=None, at=NOON)[1] == 1


def test_answers_to_files_of_others_are_refused():
    debit = submitted()
    content = pain002(debit.collection.message_id, group="BE05")
    for issuer, text in ((IssuerFactory(), content), (debit.mandate.issuer, b"<a/>")):
        with pytest.raises(UnableToCollect):
            read_answer(issuer=issuer, content=text, actor=None, at=NOON)
    fresh(debit)
    assert debit.state == "submitted"


def test_the_sweep_meets_an_issuer_far_east_on_its_own_day():
    debit = submitted(mandate__issuer__time_zone="Pacific/Auckland")
    evening = NOON.replace(year=2026, month=4, day=19)
    assert collect_due(at=evening + timedelta(hours=1)) == 1
    fresh(debit)
    assert debit.state == "collected"
