"""Reading the books: balances, and what moved on a customer's account."""

from decimal import Decimal

from django.db.models import Case, DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When, Window
from django.db.models.functions import Coalesce, Round

from apps.drivers.models import BillingAccount
from apps.invoicing.choices import LedgerKind
from apps.invoicing.models import LedgerAccount, LedgerEntry

_MONEY = DecimalField(max_digits=16, decimal_places=2)
_NOTHING = Value(Decimal(0), output_field=_MONEY)


def with_balances(accounts: QuerySet[LedgerAccount]) -> QuerySet[LedgerAccount]:
    """``balance``: debits less credits."""
    return accounts.annotate(balance=Round(_total("debit") - _total("credit"), precision=2, output_field=_MONEY))


def entries_of(account: LedgerAccount) -> QuerySet[LedgerEntry]:
    """What moved on one account, with ``change`` and the running ``balance`` after it."""
    return _running(Q(debit=account), Q(credit=account))


def statement_of(customer: BillingAccount) -> QuerySet[LedgerEntry]:
    """What moved on a customer's receivables of every issuer: positive is owed, ``balance`` runs per currency."""
    books = LedgerAccount.objects.filter(kind=LedgerKind.RECEIVABLE, account=customer).values("pk")
    return _running(Q(debit__in=books), Q(credit__in=books))


def _running(debits: Q, credits: Q) -> QuerySet[LedgerEntry]:
    sign = Case(When(debits, then=F("amount")), default=-F("amount"), output_field=_MONEY)
    order = [F("booked_at").asc(), F("pk").asc()]
    running = Window(Sum(sign), partition_by=F("currency"), order_by=order)
    return (
        LedgerEntry.objects.filter(debits | credits)
        .annotate(change=sign, balance=Round(running, precision=2, output_field=_MONEY))
        .select_related("invoice", "payment", "issuer", "debit__account", "credit__account")
    )


def _total(side: str) -> Coalesce:
    rows = LedgerEntry.objects.filter(**{side: OuterRef("pk")}).order_by().values(side)
    return Coalesce(Subquery(rows.annotate(total=Sum("amount")).values("total"), output_field=_MONEY), _NOTHING)
