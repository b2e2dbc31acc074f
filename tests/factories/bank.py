"""Mandates, debits and entries of the bank as rows."""

from datetime import date
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from apps.invoicing.models import BankFile, BankStatement, BankTransaction, DebitCollection, DirectDebit, Mandate
from apps.invoicing.sealing import fingerprint, seal
from tests.factories.billing import BillingAccountFactory, InvoiceFactory, IssuerFactory, PaymentFactory
from tests.factories.chargers import NOON

IBAN = "DE02120300000000202051"


class MandateFactory(DjangoModelFactory):
    """Signed, and not used yet."""

    class Meta:
        model = Mandate

    issuer = factory.SubFactory(IssuerFactory)
    account = factory.SubFactory(BillingAccountFactory, organisation=factory.SelfAttribute("..issuer.organisation"))
    reference = factory.Sequence(lambda n: f"M-{n}")
    state = "signed"
    holder = factory.SelfAttribute("account.name")
    iban_sealed = factory.LazyFunction(lambda: seal(IBAN))
    iban_country = "DE"
    iban_end = IBAN[-4:]
    iban_fingerprint = factory.LazyFunction(lambda: fingerprint(IBAN))
    signed_on = date(2026, 3, 1)


class DirectDebitFactory(DjangoModelFactory):
    """119.00 waiting and announced, due on 20 April 2026."""

    class Meta:
        model = DirectDebit

    mandate = factory.SubFactory(MandateFactory)
    invoice = factory.SubFactory(
        InvoiceFactory,
        issuer=factory.SelfAttribute("..mandate.issuer"),
        account=factory.SelfAttribute("..mandate.account"),
        number=factory.Sequence(lambda n: f"R-2026-{n:05}"),
    )
    payment = factory.SubFactory(
        PaymentFactory,
        issuer=factory.SelfAttribute("..mandate.issuer"),
        account=factory.SelfAttribute("..mandate.account"),
        invoice=factory.SelfAttribute("..invoice"),
        kind="direct_debit",
        provider="sepa",
        key=factory.Sequence(lambda n: f"sepa-1-{n}-1"),
        state="created",
        captured_amount=Decimal(0),
    )
    due_on = date(2026, 4, 20)
    notified_at = NOON


class CollectionFactory(DjangoModelFactory):
    """A file that nobody handed in yet, and holds nothing."""

    class Meta:
        model = DebitCollection

    issuer = factory.SubFactory(IssuerFactory)
    message_id = factory.Sequence(lambda n: f"FILE-{n}")
    schema = "pain.008.001.08"
    sealed = factory.LazyFunction(lambda: seal("<Document/>"))
    sha256 = "0" * 64
    count = 0
    total = Decimal(0)
    first_due_on = date(2026, 4, 20)
    created_at = NOON


class BankFileFactory(DjangoModelFactory):
    class Meta:
        model = BankFile

    issuer = factory.SubFactory(IssuerFactory)
    sha256 = factory.Sequence(lambda n: f"{n:064}")
    name = "statement.xml"
    version = "camt.053.001.08"
    imported_at = NOON


class BankStatementFactory(DjangoModelFactory):
    class Meta:
        model = BankStatement

    file = factory.SubFactory(BankFileFactory)
    statement_id = "S1"
    iban_end = "3000"
    currency = "EUR"


class BankTransactionFactory(DjangoModelFactory):
    """119.00 that came in and nobody knows what for."""

    class Meta:
        model = BankTransaction

    issuer = factory.SelfAttribute("statement.file.issuer")
    statement = factory.SubFactory(BankStatementFactory)
    key = factory.Sequence(lambda n: f"{n:064}")
    booked_on = date(2026, 4, 10)
    currency = "EUR"
    amount = Decimal("119.00")
    is_credit = True
    name = "Erika Mustermann"
    iban_end = IBAN[-4:]
    iban_fingerprint = factory.LazyFunction(lambda: fingerprint(IBAN))
    outcome = "open"
    explanation = "It names no bill: assign it to a customer."
