"""A run from its start to its end, and what stops one account but never the run."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.errors import DomainError
from apps.invoicing.models import BilledSession, BillingItem, BillingRun, Invoice, LedgerEntry
from apps.invoicing.services import inner_stages, outer_stages
from apps.invoicing.services.periods import close_period
from apps.invoicing.services.runs import (
    UnableToApprove,
    UnableToCancel,
    UnableToStart,
    approve_run,
    cancel_run,
    leave_out,
    let_go_on,
    start_run,
)
from apps.invoicing.services.stages import work
from apps.sessions.models import ChargeDetailRecord, ChargingSession
from tests.domain.invoicing.runs.conftest import APRIL
from tests.factories.billing import CdrFactory
from tests.factories.chargers import NOON
from tests.support.billing import quiet_documents, work_through  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet_documents")]
ISSUED_ON = date(2026, 4, 2)


def start(period, *, is_dry=False) -> BillingRun:
    run = start_run(period=period, is_dry=is_dry, actor=None, at=APRIL)
    work_through(at=APRIL)
    run.refresh_from_db()
    return run


def test_a_run_waits_for_approval_and_then_issues(march, resident, charged, quiet_documents):  # noqa: F811
    rita, carl = resident(), resident()
    for account in (rita, rita, carl):
        charged(account)
    run = start(march)
    assert run.state == "waiting"
    assert list(run.items.order_by("account").values_list("stage", "session_count", "gross")) == [
        ("checked", 2, Decimal("9.52")),
        ("checked", 1, Decimal("4.76")),
    ]
    assert not Invoice.objects.exclude(number=None).exists()
    approve_run(run=run, issued_on=ISSUED_ON, actor=None, at=APRIL)
    work_through(at=APRIL)
    run.refresh_from_db()
    assert (run.state, run.ended_at) == ("done", APRIL)
    assert list(run.items.values_list("stage", flat=True)) == ["collected"] * 2
    invoices = list(Invoice.objects.order_by("number"))
    assert [invoice.number for invoice in invoices] == ["R2026-000001", "R2026-000002"]
    assert [stage for stage, key in quiet_documents if key == invoices[0].pk] == [
        "finalised", "xml_made", "pdf_made", "sent",
    ]  # fmt: skip
    owed = LedgerEntry.objects.filter(debit__kind="receivable").values_list("amount", flat=True)
    assert sum(owed) == Decimal("14.28")


def test_a_dry_run_reckons_the_same_and_leaves_nothing(march, resident, charged):
    charged(resident(), energy_wh=151_000)
    dry = start(march, is_dry=True)
    assert dry.state == "done"
    assert not Invoice.objects.exists()
    assert not BilledSession.objects.exists()
    real = start(march)
    columns = ("stage", "session_count", "energy_wh", "net", "gross", "anomalies", "held_count", "previous_gross")
    assert dry.items.values(*columns).get() == real.items.values(*columns).get()
    assert real.items.get().invoice.gross == dry.items.get().gross


def test_anomalies_are_shown_before_approval(march, resident, charged):
    account = resident()
    idle = charged(account, session__energy_wh=0, energy_wh=0)
    much = charged(account, session__energy_wh=150_001, energy_wh=150_001)
    long = charged(account, hours=25)
    charged(account, hours=24)
    item = start(march).items.get()
    assert [(row["code"], row["session_id"]) for row in item.anomalies] == [
        ("no_energy", idle.session_id), ("much_energy", much.session_id), ("long_session", long.session_id),
    ]  # fmt: skip


def test_the_last_bill_stands_beside_this_one(march, april, resident, charged, bill):
    account = resident()
    charged(account)
    bill(march)
    close_period(period=march, actor=None, at=APRIL)
    for _ in range(10):
        charged(account, ended_at=NOON + timedelta(days=30))
    run = start_run(period=april, is_dry=True, actor=None, at=APRIL)
    work_through(at=APRIL)
    item = run.items.get()
    assert (item.gross, item.previous_gross) == (Decimal("47.60"), Decimal("4.76"))
    assert [row["code"] for row in item.anomalies] == ["jump"]


def test_what_needs_a_review_is_held_and_counted(march, resident, charged, bill):
    account, held_only = resident(), resident()
    charged(account)
    held = charged(account, state="review")
    charged(held_only, state="review")
    run = bill(march)
    assert list(run.items.order_by("account").values_list("held_count", "session_count", "stage")) == [
        (1, 1, "collected"), (1, 0, "collected"),
    ]  # fmt: skip
    assert not BilledSession.objects.filter(session=held.session).exists()


def test_one_account_is_parked_and_the_others_go_on(march, resident, charged, monkeypatch):
    accounts = [resident() for _ in range(3)]
    for account in accounts:
        charged(account)
    step = inner_stages.STEPS["drafted"]

    class Odd(DomainError):
        code = "odd"
        message = "Something is odd with this customer."

    def check(run, items, at):
        if any(item.account_id == accounts[1].pk for item in items):
            raise Odd
        step(run, items, at)

    monkeypatch.setitem(inner_stages.STEPS, "drafted", check)
    run = start(march)
    assert run.state == "waiting"
    rows = run.items.order_by("account").values_list("stage", "problem_code", "problem")
    assert list(rows) == [
        ("checked", "", ""), ("drafted", "odd", "Something is odd with this customer."), ("checked", "", ""),
    ]  # fmt: skip
    monkeypatch.setitem(inner_stages.STEPS, "drafted", step)
    let_go_on(item=run.items.get(account=accounts[1]), actor=None, at=APRIL)
    work_through(at=APRIL)
    assert set(run.items.values_list("stage", flat=True)) == {"checked"}


def test_what_nobody_foresaw_is_tried_again_and_then_parked(march, resident, charged, monkeypatch):
    charged(resident())

    def fail(stage, *, invoice_id, at):
        raise OSError("no space left")

    run = start(march)
    approve_run(run=run, issued_on=ISSUED_ON, actor=None, at=APRIL)
    monkeypatch.setattr(outer_stages, "take_step", fail)
    at = APRIL
    for attempts in (1, 2, 3):
        work_through(at=at)
        item = run.items.get()
        assert (item.stage, item.attempts, bool(item.problem_code)) == ("finalised", attempts, attempts == 3)
        at = item.due_at
    assert (item.problem_code, "OSError" in item.problem) == ("unforeseen", True)
    run.refresh_from_db()
    assert run.state == "issuing"


def test_after_the_number_an_account_is_left_out_of_the_rest_only(march, resident, charged, monkeypatch):
    charged(resident())
    run = start(march)
    approve_run(run=run, issued_on=ISSUED_ON, actor=None, at=APRIL)

    def refuse(stage, *, invoice_id, at):
        raise DomainError("No e-mail address.")

    monkeypatch.setattr(outer_stages, "take_step", refuse)
    work_through(at=APRIL)
    item = run.items.get()
    assert (item.stage, item.problem_code, item.problem) == ("finalised", "refused", "No e-mail address.")
    leave_out(item=item, actor=None, at=APRIL)
    work_through(at=APRIL)
    run.refresh_from_db()
    assert run.state == "done"
    assert Invoice.objects.get().state == "issued"


def test_the_services_take_an_invoice_to_its_end(march, resident, charged, monkeypatch, mailoutbox):
    """Documents, mail and payment by the services themselves."""
    charged(resident())
    run = start(march)
    monkeypatch.undo()
    approve_run(run=run, issued_on=ISSUED_ON, actor=None, at=APRIL)
    work_through(at=APRIL)
    item = run.items.get()
    assert (item.stage, item.problem) == ("collected", "")
    assert sorted(item.invoice.documents.values_list("kind", flat=True)) == ["pdf", "xml"]
    assert len(mailoutbox) == 1


def test_an_account_left_out_keeps_its_sessions_for_the_next_run(march, resident, charged):
    charged(resident())
    run = start(march)
    leave_out(item=run.items.get(), actor=None, at=APRIL)
    assert Invoice.objects.get().state == "discarded"
    approve_run(run=run, issued_on=ISSUED_ON, actor=None, at=APRIL)
    work_through(at=APRIL)
    assert not Invoice.objects.exclude(number=None).exists()
    again = start(march)
    assert again.items.get().session_count == 1


def test_a_cancelled_run_gives_its_drafts_up(march, resident, charged):
    charged(resident())
    run = start(march)
    cancel_run(run=run, actor=None, at=APRIL)
    assert Invoice.objects.get().state == "discarded"
    assert start(march).items.get().invoice.state == "draft"
    with pytest.raises(UnableToCancel):
        cancel_run(run=run, actor=None, at=APRIL)


def test_a_draft_written_while_its_run_was_cancelled_is_given_up(march, resident, charged):
    charged(resident())
    run = start(march)
    BillingRun.objects.filter(pk=run.pk).update(state="cancelled")
    assert work(at=APRIL) == 0
    assert Invoice.objects.get().state == "discarded"
    assert not BilledSession.objects.filter(released_at=None).exists()


def test_billing_a_month_twice_bills_nothing_twice(march, resident, charged, bill):
    account = resident()
    charged(account)
    bill(march)
    charged(account)
    run = bill(march)
    assert run.items.get().invoice is None
    assert Invoice.objects.count() == 1


def test_runs_that_cannot_start_or_be_approved_say_why(march, april, resident, charged):
    with pytest.raises(UnableToStart, match="March 2026 is still open"):
        start_run(period=april, is_dry=True, actor=None, at=APRIL)
    close_period(period=march, actor=None, at=APRIL)
    with pytest.raises(UnableToStart, match="closed"):
        start_run(period=march, is_dry=False, actor=None, at=APRIL)
    with pytest.raises(UnableToStart, match="not over yet"):
        start_run(period=april, is_dry=False, actor=None, at=APRIL)
    run = start_run(period=april, is_dry=True, actor=None, at=APRIL)
    with pytest.raises(UnableToApprove):
        approve_run(run=run, issued_on=ISSUED_ON, actor=None, at=APRIL)
    start_run(period=april, is_dry=False, actor=None, at=APRIL + timedelta(days=30))
    with pytest.raises(UnableToStart, match="Another run"):
        start_run(period=april, is_dry=False, actor=None, at=APRIL + timedelta(days=30))
    assert BillingItem.objects.count() == 0


def test_the_queries_of_a_batch_do_not_grow_with_its_accounts(march, resident, charged):
    def queries(accounts: int) -> list[int]:
        for _ in range(accounts):
            account = resident(pay_by="direct_debit")
            charged(account)
            charged(account)
        run = start_run(period=march, is_dry=False, actor=None, at=APRIL)
        counts = []
        for _ in range(4):
            with CaptureQueriesContext(connection) as captured:
                work(at=APRIL)
            counts.append(len(captured))
        work_through(at=APRIL)
        approve_run(run=run, issued_on=ISSUED_ON, actor=None, at=APRIL)
        with CaptureQueriesContext(connection) as captured:
            work(at=APRIL)
        work_through(at=APRIL)
        return [*counts, len(captured)]

    queries(1)
    assert queries(2) == queries(12)


@pytest.mark.parametrize("change", ["rated again", "in review"])
def test_what_changed_after_the_check_is_drafted_anew_before_it_is_issued(march, resident, charged, change):
    account = resident()
    cdr = charged(account)
    kept = charged(account)
    run = start_run(period=march, is_dry=False, actor=None, at=APRIL)
    work_through(at=APRIL)
    if change == "rated again":
        ChargeDetailRecord.objects.filter(pk=cdr.pk).update(is_current=False)
        CdrFactory(session=cdr.session, account=account, version=2, net="3.000000", tax="0.570000", gross="3.570000")
    else:
        ChargingSession.objects.filter(pk=cdr.session_id).update(state="review")
    approve_run(run=run, issued_on=date(2026, 4, 2), actor=None, at=APRIL)
    work_through(at=APRIL)
    (invoice,) = Invoice.objects.filter(number__isnull=False)
    billed = set(invoice.billed_sessions.values_list("cdr__version", "session"))
    expected = {(1, kept.session_id)} | ({(2, cdr.session_id)} if change == "rated again" else set())
    assert billed == expected
    assert not BilledSession.objects.filter(released_at=None, cdr__is_current=False).exists()
