"""Taking the accounts of a run through its stages: any number of workers, restarted at any point.

Work is rows. A worker takes items that nobody holds (``SKIP LOCKED``; SQLite writes one after the other anyway), does
one stage for them and moves them on in the same transaction: whoever dies leaves them as they were. Stages that speak
to others or take long (documents, mail, payment) hold no transaction: the worker takes a lease, an item's ``due_at``,
and who dies lets it run out; those stages repeat harmlessly. What fails for many is tried again for each alone, and
the one that fails alone is parked with a sentence for people.
"""

from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction
from django.db.models import QuerySet

from apps.core import live
from apps.core.errors import DomainError
from apps.invoicing.choices import InvoiceState, ItemStage, RunState
from apps.invoicing.models import BillingItem, BillingRun
from apps.invoicing.services import inner_stages, outer_stages
from apps.invoicing.services.drafting import discard_drafts
from apps.invoicing.services.periods import RUNNING
from apps.invoicing.services.runs import topic_of

log = structlog.get_logger(__name__)

BATCH = 100
LEASED = 20
LEASE = timedelta(minutes=10)
TRIES = 3
PAUSE = timedelta(seconds=30)
_ORDER = list(ItemStage)


def work(*, at: datetime, run_id: int | None = None) -> int:
    """Do one stage for some items of one run; return how many items were touched, 0 when nothing can be done now."""
    _discard_what_was_cancelled(at)
    runs = BillingRun.objects.filter(state__in=RUNNING).select_related("period__issuer__organisation").order_by("pk")
    for run in runs if run_id is None else runs.filter(pk=run_id):
        if touched := _work_on(run, at):
            return touched
    return 0


def open_items(run: BillingRun) -> QuerySet[BillingItem]:
    """Items for which something is left to do in the run's present state, now or later, parked ones apart."""
    items = BillingItem.objects.filter(run=run, problem_code="", is_left_out=False)
    return items.filter(stage__in=_stages_of(run))


def _stages_of(run: BillingRun) -> list[str]:
    return _ORDER[:-1] if run.state == RunState.ISSUING else list(inner_stages.BEFORE_APPROVAL)


def _work_on(run: BillingRun, at: datetime) -> int:
    if not run.is_selected:
        touched = _select(run, at)
    else:
        due = open_items(run).filter(due_at__lte=at).values_list("stage", flat=True)
        present = set(due.order_by().distinct())
        touched = 0
        for stage in (stage for stage in ItemStage if stage in present):
            touched = _do(run, stage, at)
            if touched:
                break
        else:
            return _end_state(run, at)
    live.nudge_on_commit(organisation_id=run.period.issuer.organisation_id, topics=[topic_of(run.pk)])
    return touched


def _select(run: BillingRun, at: datetime) -> int:
    """Write the items of the run's accounts; one worker at a time, and a repeat finds them there."""
    with transaction.atomic():
        waiting = BillingRun.objects.filter(pk=run.pk, is_selected=False, state=RunState.PREPARING)
        if not waiting.select_for_update().exists():
            return 0
        accounts = inner_stages.accounts_of(run.period)
        BillingItem.objects.bulk_create(
            (BillingItem(run=run, account_id=key, due_at=at) for key in accounts),
            ignore_conflicts=True,
            batch_size=2_000,
        )
        waiting.update(is_selected=True)
    return len(accounts) or 1


def _do(run: BillingRun, stage: ItemStage, at: datetime) -> int:
    if stage in outer_stages.STEPS:
        return _do_outside(run, stage, at)
    keys: list[int] = []
    try:
        with transaction.atomic():
            items = _take(run, stage, at, how_many=BATCH)
            keys = [item.pk for item in items]
            inner_stages.STEPS[stage](run, items, at)
    except Exception as error:  # the edge of a batch: one account must not stop the others
        if not keys:
            raise
        log.info("billing.batch_divided", run=run.pk, stage=stage, items=len(keys), reason=repr(error))
        for key in keys:
            _do_alone(run, stage, key, at)
    return len(keys)


def _do_alone(run: BillingRun, stage: ItemStage, key: int, at: datetime) -> None:
    try:
        with transaction.atomic():
            if items := _take(run, stage, at, how_many=1, only=key):
                inner_stages.STEPS[stage](run, items, at)
    except Exception as error:
        _note_failure(key, stage, error, at)


def _do_outside(run: BillingRun, stage: ItemStage, at: datetime) -> int:
    """The next few items of a stage that holds no transaction."""
    with transaction.atomic():
        items = _take(run, stage, at, how_many=LEASED)
        BillingItem.objects.filter(pk__in=[item.pk for item in items]).update(due_at=at + LEASE)
    for item in items:
        try:
            outer_stages.take_step(stage, invoice_id=item.invoice_id, at=at)
        except Exception as error:  # the edge of an account
            _note_failure(item.pk, stage, error, at)
        else:
            following = _ORDER[_ORDER.index(stage) + 1]
            BillingItem.objects.filter(pk=item.pk, stage=stage).update(stage=following, attempts=0, due_at=at)
    return len(items)


def _take(run: BillingRun, stage: ItemStage, at: datetime, *, how_many: int, only: int | None = None):
    """Lock items nobody else holds."""
    items = BillingItem.objects.filter(run=run, stage=stage, problem_code="", is_left_out=False, due_at__lte=at)
    if only is not None:
        items = items.filter(pk=only)
    skip = connection.features.has_select_for_update_skip_locked
    return list(items.select_for_update(skip_locked=skip).order_by("pk")[:how_many])


def _note_failure(key: int, stage: ItemStage, error: Exception, at: datetime) -> None:
    """Park what the rules refuse; try the rest again, a few times."""
    item = BillingItem.objects.get(pk=key)
    values = {"attempts": item.attempts + 1, "due_at": at + PAUSE * 2**item.attempts}
    if isinstance(error, DomainError):
        values |= {"problem_code": error.code[:40], "problem": error.message[:300]}
    elif item.attempts + 1 >= TRIES:
        log.error("billing.parked", item=key, stage=stage, exc_info=error)
        text = f"“{stage.label}” was followed by an error that nobody foresaw: {type(error).__name__}. Try again."
        values |= {"problem_code": "unforeseen", "problem": text[:300]}
    BillingItem.objects.filter(pk=key, stage=stage).update(**values)


def _end_state(run: BillingRun, at: datetime) -> int:
    """Nothing is due: a prepared run waits for approval (a dry one is done), one without open items is done."""
    if open_items(run).exists():
        return 0
    if run.state == RunState.PREPARING:
        values = {"state": RunState.DONE, "ended_at": at} if run.is_dry else {"state": RunState.WAITING}
    elif run.state == RunState.ISSUING and not _parked(run).exists():
        values = {"state": RunState.DONE, "ended_at": at}
    else:
        return 0
    changed = BillingRun.objects.filter(pk=run.pk, state=run.state).update(**values)
    live.nudge_on_commit(organisation_id=run.period.issuer.organisation_id, topics=[topic_of(run.pk)])
    return changed


def _parked(run: BillingRun) -> QuerySet[BillingItem]:
    return BillingItem.objects.filter(run=run, is_left_out=False).exclude(problem_code="")


def _discard_what_was_cancelled(at: datetime) -> None:
    """Drafts that a worker wrote while its run was cancelled."""
    left = BillingItem.objects.filter(run__state=RunState.CANCELLED, invoice__state=InvoiceState.DRAFT)
    keys = list(left.values_list("invoice_id", flat=True)[:BATCH])
    if keys:
        with transaction.atomic():
            discard_drafts(invoice_ids=keys, at=at)
