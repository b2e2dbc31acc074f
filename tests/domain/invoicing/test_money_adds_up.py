"""Whatever is done with invoices and payments: receivables = open invoices less what payments left over."""

from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.errors import DomainError
from apps.invoicing.engine.progress import ImpossibleProgress, Phase
from apps.invoicing.models import Invoice, LedgerEntry, Payment
from apps.invoicing.payments.port import Standing
from apps.invoicing.services.allocations import allocate, allocate_to, free_invoice, take_back, unallocated, use_credit
from apps.invoicing.services.dunning import write_off
from apps.invoicing.services.ledger import book_invoice
from apps.invoicing.services.payments import receive, refund
from apps.invoicing.services.settling import settle
from tests.factories.billing import BillingAccountFactory, InvoiceFactory, IssuerFactory, PaymentFactory
from tests.factories.chargers import NOON

pytestmark = pytest.mark.django_db
cents = st.integers(1, 20_000)
ROUNDS = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
ACTS = ("bill", "cash", "told", "refund", "allocate", "allocate_to", "take_back", "use_credit", "free", "write_off")


class Undo(Exception):
    """Ends the example, so that the next begins with an empty table."""


def money(number: int) -> Decimal:
    return Decimal(number).scaleb(-2)


class Household:
    """One customer of one issuer, to whom things happen."""

    def __init__(self) -> None:
        self.issuer = IssuerFactory()
        self.account = BillingAccountFactory(organisation=self.issuer.organisation)
        self.count = 0

    def act(self, name: str, number: int, which: int) -> None:
        self.count += 1
        payments, invoices = list(Payment.objects.order_by("pk")), list(Invoice.objects.order_by("pk"))
        payment = payments[which % len(payments)] if payments else None
        invoice = invoices[which % len(invoices)] if invoices else None
        needs = {"told": payment, "refund": payment, "allocate": payment, "take_back": payment, "use_credit": invoice,
                 "free": invoice, "write_off": invoice, "allocate_to": payment and invoice}  # fmt: skip
        if name in needs and needs[name] is None:
            return
        getattr(self, name)(payment, invoice, money(number), number)

    def bill(self, payment, invoice, amount, number) -> None:
        row = InvoiceFactory(
            issuer=self.issuer, account=self.account, number=f"R{self.count}", net=amount, tax=0, gross=amount,
            payable=amount,
        )  # fmt: skip
        book_invoice(invoice=row, at=NOON)

    def cash(self, payment, invoice, amount, number) -> None:
        receive(
            issuer=self.issuer, account=self.account, kind="manual", provider="manual", key=f"cash-{self.count}",
            amount=amount, currency="EUR", at=NOON,
        )  # fmt: skip

    def told(self, payment, invoice, amount, number) -> None:
        """The provider says anything at all, in any order."""
        phase = list(Phase)[number % len(Phase)]
        told = Standing(phase, captured=amount, refunded=money(number // 3))
        settle(payment_id=payment.pk, told=told, at=NOON)

    def refund(self, payment, invoice, amount, number) -> None:
        refund(payment=payment, amount=amount, reason="x", at=NOON)

    def allocate(self, payment, invoice, amount, number) -> None:
        allocate(payment=payment, at=NOON)

    def allocate_to(self, payment, invoice, amount, number) -> None:
        allocate_to(payment=payment, invoice=invoice, amount=amount, at=NOON)

    def take_back(self, payment, invoice, amount, number) -> None:
        take_back(payment=payment, at=NOON, amount=amount)

    def use_credit(self, payment, invoice, amount, number) -> None:
        use_credit(invoice=invoice, at=NOON)

    def free(self, payment, invoice, amount, number) -> None:
        free_invoice(invoice=invoice, at=NOON)

    def write_off(self, payment, invoice, amount, number) -> None:
        write_off(invoice=invoice, reason="x", actor=None, at=NOON)


def receivable() -> Decimal:
    rows = LedgerEntry.objects.values_list("debit__kind", "credit__kind", "amount")
    return sum(
        (amount * ((debit == "receivable") - (credit == "receivable")) for debit, credit, amount in rows), Decimal(0)
    )


def check_sums() -> None:
    payments, invoices = list(Payment.objects.all()), list(Invoice.objects.all())
    left_over = sum(map(unallocated, payments), Decimal(0))
    assert receivable() == sum((invoice.open_amount for invoice in invoices), Decimal(0)) - left_over
    for payment in payments:
        assert unallocated(payment) >= 0
        moved = sum((row.amount for row in payment.allocations.all()), Decimal(0))
        assert moved == payment.allocated_amount
    for invoice in invoices:
        assert (invoice.state == "issued") == (invoice.open_amount > 0)


@ROUNDS
@given(st.lists(st.tuples(st.sampled_from(ACTS), cents, st.integers(0, 5)), max_size=15))
def test_the_sums_hold_after_anything(acts):
    try:
        with transaction.atomic():
            household = Household()
            for name, number, which in acts:
                try:
                    with transaction.atomic():
                        household.act(name, number, which)
                except (DomainError, ImpossibleProgress):
                    pass  # refused as a whole
                check_sums()
            raise Undo
    except Undo:
        pass


@ROUNDS
@given(
    st.lists(st.tuples(st.sampled_from(Phase), cents, cents), min_size=1, max_size=5),
    st.randoms(use_true_random=False),
)
def test_messages_in_any_order_and_repeated_leave_the_same_payment_and_books(told, chance):
    standings = [Standing(phase, captured=money(max(a, b)), refunded=money(min(a, b))) for phase, a, b in told]
    shuffled = [*standings, *chance.choices(standings, k=3)]
    chance.shuffle(shuffled)
    assert _after(standings) == _after(shuffled)


def _after(standings: list[Standing]) -> tuple:
    found = None
    try:
        with transaction.atomic():
            invoice = InvoiceFactory(number="R1")
            payment = PaymentFactory(
                issuer=invoice.issuer, account=invoice.account, state="pending", captured_amount=0, amount=Decimal(200)
            )
            for told in standings:
                settle(payment_id=payment.pk, told=told, at=NOON)
            payment.refresh_from_db()
            found = (payment.state, payment.captured_amount, payment.refunded_amount, receivable())
            raise Undo
    except Undo:
        return found
