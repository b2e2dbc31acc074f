"""``kill -9`` of workers at every stage, and several at once: the same invoices, each number once, none left out."""

import os
import subprocess
import sys
import threading
from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection, connections

from apps.core.errors import DomainError
from apps.invoicing.models import BilledSession, BillingRun, Invoice, InvoiceLine, LedgerEntry
from apps.invoicing.services.receipts import UnableToReceipt, issue_receipt
from apps.invoicing.services.runs import UnableToStart, approve_run, start_run
from apps.invoicing.services.stages import LEASE
from tests.domain.invoicing.runs.conftest import APRIL
from tests.support.billing import quiet_documents, work_through  # noqa: F401

pytestmark = [
    pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("quiet_documents"),
]  # fmt: skip
ACCOUNTS = 8
ISSUED_ON = date(2026, 4, 2)
LATER = APRIL + 2 * LEASE


def worker(point: str = "") -> subprocess.Popen:
    """On the database of this test."""
    url = f"{settings.DATABASE_URL.rsplit('/', 1)[0]}/{connection.settings_dict['NAME']}"
    command = [sys.executable, "-m", "tests.support.billing_worker", APRIL.isoformat(), point]
    return subprocess.Popen(command, env={**os.environ, "DATABASE_URL": url, "LOG_LEVEL": "WARNING"})


def finish(run: BillingRun) -> None:
    """What a worker that starts later does; approval in between."""
    work_through(at=LATER)
    run.refresh_from_db()
    if run.state == "waiting":
        approve_run(run=run, issued_on=ISSUED_ON, actor=None, at=LATER)
        work_through(at=LATER)
        run.refresh_from_db()


def check_everything_once(run: BillingRun) -> None:
    assert run.state == "done"
    assert set(run.items.values_list("stage", flat=True)) == {"collected"}
    invoices = Invoice.objects.filter(kind="invoice")
    numbers = sorted(invoices.values_list("number", flat=True))
    assert numbers == [f"R2026-{n:06}" for n in range(1, ACCOUNTS + 1)]
    assert invoices.values("account").distinct().count() == ACCOUNTS
    assert BilledSession.objects.filter(invoice__in=invoices, released_at=None).count() == 2 * ACCOUNTS
    assert InvoiceLine.objects.filter(invoice__in=invoices).count() == 2 * ACCOUNTS
    owed = LedgerEntry.objects.filter(debit__kind="receivable", invoice__in=invoices)
    assert sum(owed.values_list("amount", flat=True)) == Decimal("9.52") * ACCOUNTS
    assert sum(invoices.values_list("open_amount", flat=True)) == Decimal("9.52") * ACCOUNTS


@pytest.fixture
def many(resident, charged):
    accounts = [resident() for _ in range(ACCOUNTS)]
    return [charged(account) for account in accounts for _ in range(2)]


@pytest.mark.parametrize(
    "point",
    ["select", *(f"{stage}:{when}" for stage in ("selected", "rated", "drafted") for when in ("in", "after"))],
)
def test_a_worker_that_dies_before_approval_is_followed_by_another(march, many, point):
    run = start_run(period=march, is_dry=False, actor=None, at=APRIL)
    assert worker(point).wait(120) == -9
    finish(run)
    check_everything_once(run)


@pytest.mark.parametrize(
    "point",
    [
        f"{stage}:{when}"
        for stage in ("checked", "finalised", "xml_made", "pdf_made", "sent")
        for when in ("in", "after")
    ],
)
def test_a_worker_that_dies_while_it_issues_is_followed_by_another(march, many, point):
    run = start_run(period=march, is_dry=False, actor=None, at=APRIL)
    work_through(at=APRIL)
    approve_run(run=run, issued_on=ISSUED_ON, actor=None, at=APRIL)
    assert worker(point).wait(120) == -9
    finish(run)
    check_everything_once(run)


def test_several_workers_share_a_run(march, many):
    run = start_run(period=march, is_dry=False, actor=None, at=APRIL)
    for _ in range(2):
        assert [process.wait(120) for process in [worker() for _ in range(3)]] == [0, 0, 0]
        run.refresh_from_db()
        if run.state == "waiting":
            approve_run(run=run, issued_on=ISSUED_ON, actor=None, at=APRIL)
    finish(run)
    check_everything_once(run)


def test_of_runs_that_start_at_once_one_starts(march, many):
    outcomes = at_once([lambda: start_run(period=march, is_dry=False, actor=None, at=APRIL)] * 4)
    assert sum(isinstance(outcome, BillingRun) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, UnableToStart) for outcome in outcomes) == 3


def test_receipts_beside_a_run_take_sessions_from_it_or_leave_them(march, issuer, many):
    """Each session ends up on exactly one bill, and both series have no gap."""
    taken = many[::3]
    run = start_run(period=march, is_dry=False, actor=None, at=APRIL)

    def receipt(cdr):
        return lambda: issue_receipt(
            account=cdr.account, issuer=issuer, session_ids=[cdr.session_id], actor=None, at=APRIL
        )

    outcomes = at_once([lambda: work_through(at=APRIL), *map(receipt, taken)])[1:]
    assert all(isinstance(outcome, Invoice | UnableToReceipt) for outcome in outcomes), outcomes
    finish(run)
    claimed = BilledSession.objects.filter(released_at=None).values_list("session", flat=True)
    assert sorted(claimed) == sorted(cdr.session_id for cdr in many)
    for kind, letter in (("receipt", "B"), ("invoice", "R")):
        numbers = sorted(Invoice.objects.filter(kind=kind).values_list("number", flat=True))
        assert numbers == [f"{letter}2026-{n:06}" for n in range(1, len(numbers) + 1)]


def at_once(functions) -> list:
    """What each function returns, or the refusal it raises, all begun at the same moment."""
    outcomes: list = [None] * len(functions)
    barrier = threading.Barrier(len(functions))

    def run(index: int) -> None:
        barrier.wait(30)
        try:
            outcomes[index] = functions[index]()
        except DomainError as refusal:
            outcomes[index] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(functions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes
