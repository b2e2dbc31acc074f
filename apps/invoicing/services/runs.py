"""Billing runs as people steer them: start, approve, cancel; let an account go on, leave one out."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from apps.core import live
from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.core.wake import wake
from apps.invoicing.choices import ItemStage, PeriodState, RunState
from apps.invoicing.models import BillingItem, BillingPeriod, BillingRun
from apps.invoicing.services.drafting import discard_drafts
from apps.invoicing.services.periods import RUNNING, is_over

BEFORE_NUMBER = (ItemStage.SELECTED, ItemStage.RATED, ItemStage.DRAFTED, ItemStage.CHECKED)


class UnableToStart(DomainError):
    code = "run_not_possible"


class UnableToApprove(DomainError):
    code = "run_not_waiting"
    message = "Only a run that waits for approval can be approved."


class UnableToCancel(DomainError):
    code = "run_not_cancellable"
    message = "Invoices of this run are being issued, or it has ended: credit single invoices instead."


class UnableToChangeItem(DomainError):
    code = "item_has_ended"


def start_run(*, period: BillingPeriod, is_dry: bool, actor, at: datetime) -> BillingRun:
    """A run over the accounts of ``period``. A dry one reckons and checks by the same code and leaves nothing.

    Raises ``UnableToStart`` for a closed period, beside another run, while an earlier period is open, and before the
    period is over; the last does not hold for dry runs.
    """
    with transaction.atomic():
        period = BillingPeriod.objects.select_for_update(of=("self",)).select_related("issuer__organisation").get(
            pk=period.pk
        )  # fmt: skip
        if period.state == PeriodState.CLOSED:
            raise UnableToStart("The period is closed.")
        earlier = BillingPeriod.objects.filter(
            issuer=period.issuer_id, state=PeriodState.OPEN, start_date__lt=period.start_date
        )
        if first := earlier.order_by("start_date").first():
            raise UnableToStart(f"{first} is still open: close it first, so that its charging is billed there.")
        if not is_dry and not is_over(period, at):
            raise UnableToStart("The period is not over yet; a dry run is possible.")
        try:
            with transaction.atomic():
                run = BillingRun.objects.create(period=period, is_dry=is_dry, asked_by=actor, created_at=at)
        except IntegrityError as error:
            raise UnableToStart("Another run works on this period.") from error
        _note(run, "run.started", actor)
    return run


def approve_run(*, run: BillingRun, issued_on: date, actor, at: datetime) -> BillingRun:
    """Let its drafts be issued with the date ``issued_on``. Raises ``UnableToApprove``."""
    with transaction.atomic():
        values = {"state": RunState.ISSUING, "approved_by": actor, "approved_at": at, "issued_on": issued_on}
        if not BillingRun.objects.filter(pk=run.pk, state=RunState.WAITING, is_dry=False).update(**values):
            raise UnableToApprove
        run = _read(run)
        _note(run, "run.approved", actor, {"issued_on": [None, issued_on]})
    return run


def cancel_run(*, run: BillingRun, actor, at: datetime) -> BillingRun:
    """Give its drafts up. What a worker still writes meanwhile is given up by ``stages``. Raises ``UnableToCancel``."""
    with transaction.atomic():
        open_runs = BillingRun.objects.filter(pk=run.pk, state__in=(RunState.PREPARING, RunState.WAITING))
        if not open_runs.update(state=RunState.CANCELLED, ended_at=at):
            raise UnableToCancel
        discard_drafts(invoice_ids=_drafts_of(run.pk), at=at)
        run = _read(run)
        _note(run, "run.cancelled", actor)
    return run


def let_go_on(*, item: BillingItem, actor, at: datetime) -> BillingItem:
    """Try the stage again at which an account was parked. Raises ``UnableToChangeItem``."""
    with transaction.atomic():
        item = _locked(item)
        if not item.problem_code or item.is_left_out:
            raise UnableToChangeItem("This account is not parked.")
        changes = {"problem": [item.problem, ""]}
        item.problem_code, item.problem, item.attempts, item.due_at = "", "", 0, at
        item.save(update_fields=["problem_code", "problem", "attempts", "due_at"])
        _note(item.run, "run.account_goes_on", actor, {**changes, "account": [None, item.account]})
    return item


def leave_out(*, item: BillingItem, actor, at: datetime) -> BillingItem:
    """Take an account out of a run: without a number its draft is given up, and its sessions wait for the next run;
    with one, the invoice stands and nothing further is done for it here. Raises ``UnableToChangeItem``.
    """
    with transaction.atomic():
        item = _locked(item)
        if item.is_left_out or item.stage == ItemStage.COLLECTED or item.run.state not in RUNNING:
            raise UnableToChangeItem("This account is done with in this run.")
        if item.stage in BEFORE_NUMBER and item.invoice_id:
            discard_drafts(invoice_ids=[item.invoice_id], at=at)
        item.is_left_out = True
        item.save(update_fields=["is_left_out"])
        _note(item.run, "run.account_left_out", actor, {"account": [None, item.account]})
    return item


def topic_of(run_id: int) -> str:
    """What pages about a run listen to."""
    return f"billing_run:{run_id}"


def _drafts_of(run_id: int):
    return BillingItem.objects.filter(run=run_id, invoice__state="draft").values_list("invoice_id", flat=True)


def _locked(item: BillingItem) -> BillingItem:
    rows = BillingItem.objects.select_for_update(of=("self",))
    return rows.select_related("account", "run__period__issuer__organisation").get(pk=item.pk)


def _read(run: BillingRun) -> BillingRun:
    return BillingRun.objects.select_related("period__issuer__organisation").get(pk=run.pk)


def _note(run: BillingRun, action: str, actor, changes: dict | None = None) -> None:
    from apps.invoicing.tasks import work_runs

    organisation = run.period.issuer.organisation
    record_audit(actor=actor, action=action, subject=run, organisation=organisation, changes=changes)
    live.nudge_on_commit(organisation_id=organisation.pk, topics=[topic_of(run.pk)])
    transaction.on_commit(lambda: wake(work_runs))
