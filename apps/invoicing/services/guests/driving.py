"""Taking visits forward, one step after another, until each waits for a fact or a time.

Steps are compare-and-set on the state, and providers are asked outside of transactions under keys of the visit: two
workers at once, or one that was killed, do nothing twice.
"""

from datetime import datetime, timedelta

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Q

from apps.core import live
from apps.core.errors import DomainError
from apps.invoicing.choices import GuestState, PaymentState
from apps.invoicing.engine.guests import PLUG_IN_WITHIN, Act, Facts, Step, next_step
from apps.invoicing.models import GuestVisit, Payment
from apps.invoicing.services import payments, receipts
from apps.invoicing.services.guests import mails
from apps.invoicing.services.guests.facts import facts_of, find_session, load_visit
from apps.invoicing.services.guests.offers import is_occupied
from apps.invoicing.services.guests.people import admit, dismiss
from apps.invoicing.services.guests.starting import ask_start, ask_stop
from apps.invoicing.services.polling import check_payment
from apps.sessions.choices import RatingReason
from apps.sessions.services.by_hand import SessionHasEnded, close_session
from apps.sessions.services.rating import rate_sessions

log = structlog.get_logger(__name__)

MOST_STEPS = 12
_LEASE = timedelta(seconds=60)
_LOOK_AGAIN = {
    GuestState.PAYING: timedelta(seconds=15),
    GuestState.STARTING: timedelta(seconds=5),
    GuestState.CHARGING: timedelta(seconds=20),
    GuestState.SETTLING: timedelta(seconds=15),
    GuestState.RELEASING: timedelta(seconds=15),
}
_LONGEST_PAUSE = timedelta(hours=1)
_NO_MONEY_BEHIND = (GuestState.PAID, GuestState.UNPAID)


def drive_due(*, at: datetime, limit: int = 200) -> int:
    """Drive every visit that is to be looked at by ``at``; return how many. Any number of workers may do so."""
    heal_late_payments(at=at)
    due = GuestVisit.objects.filter(due_at__lte=at).order_by("due_at").values_list("pk", flat=True)
    driven = 0
    for visit_id in list(due[:limit]):
        # Whoever moves the time on has the visit for himself meanwhile.
        if GuestVisit.objects.filter(pk=visit_id, due_at__lte=at).update(due_at=at + _LEASE):
            drive_visit(visit_id, at=at)
            driven += 1
    return driven


def heal_late_payments(*, at: datetime) -> int:
    """Look again at visits that have ended although their payment holds money: it came through too late."""
    ended = GuestVisit.objects.filter(due_at=None).exclude(state__in=_NO_MONEY_BEHIND)
    held = Q(payment__state=PaymentState.AUTHORISED) | Q(payment__captured_amount__gt=0, payment__refunded_amount=0)
    late = list(ended.filter(held).values_list("pk", flat=True)[:200])
    return GuestVisit.objects.filter(pk__in=late).update(due_at=at)


def drive_visit(visit_id: int, *, at: datetime) -> GuestVisit:
    """Do what is to be done for one visit; what fails is noted and tried again with growing pauses."""
    _ask_about_payment(load_visit(visit_id), at)
    for _ in range(MOST_STEPS):
        visit = load_visit(visit_id)
        facts = facts_of(visit, at=at)
        step = next_step(facts, now=at)
        if step.act is Act.WAIT:
            _rest(visit, at)
            return visit
        try:
            _DO[step.act](visit, facts, step, at)
        except DomainError as refusal:
            _note_problem(visit, refusal.message, at)
            return load_visit(visit_id)
        except Exception as error:  # the edge of a visit: one that fails must not hold up the others
            log.exception("guest.step_failed", visit_id=visit_id, step=step.act)
            _note_problem(visit, type(error).__name__, at)
            return load_visit(visit_id)
        _nudge(visit)
    return load_visit(visit_id)


def _ask_about_payment(visit: GuestVisit, at: datetime) -> None:
    """While a guest stands before the payment page nobody waits for a message that may be lost."""
    waiting = (PaymentState.CREATED, PaymentState.PENDING)
    if visit.state == GuestState.PAYING and visit.payment is not None and visit.payment.state in waiting:
        check_payment(payment=visit.payment, at=at)


def _start(visit: GuestVisit, facts: Facts, step: Step, at: datetime) -> None:
    """Claim the place, let the token in, ask the charger: together or not at all."""
    if is_occupied(visit.evse):
        _fail(visit, GuestState.TAKEN, at)
        return
    until = at + PLUG_IN_WITHIN
    try:
        with transaction.atomic():
            if not _move(visit, GuestState.STARTING, authorised_at=at, start_due_at=until):
                return
            admit(visit, until=until)
            command = ask_start(visit, at=at)
            GuestVisit.objects.filter(pk=visit.pk).update(start_command=command)
    except IntegrityError:
        _fail(visit, GuestState.TAKEN, at)
    except DomainError as refusal:
        _fail(visit, GuestState.UNREACHABLE, at, refusal.message)
    else:
        mails.send_link(load_visit(visit.pk), at=at)


def _follow(visit: GuestVisit, facts: Facts, step: Step, at: datetime) -> None:
    _move(visit, GuestState.CHARGING, session=find_session(visit))


def _stop(visit: GuestVisit, facts: Facts, step: Step, at: datetime) -> None:
    with transaction.atomic():
        asked = GuestVisit.objects.filter(pk=visit.pk, stop_asked_at=visit.stop_asked_at).update(stop_asked_at=at)
        if asked:
            command = ask_stop(visit.session, at=at)
            why = "" if facts.wants_end else "It was stopped before the cost exceeded the authorised amount."
            GuestVisit.objects.filter(pk=visit.pk).update(stop_command=command, explanation=why)


def _close(visit: GuestVisit, facts: Facts, step: Step, at: datetime) -> None:
    try:
        close_session(session=visit.session, reason="The charger was silent too long for a guest.", actor=None, at=at)
    except SessionHasEnded:
        return


def _settle(visit: GuestVisit, facts: Facts, step: Step, at: datetime) -> None:
    if _move(visit, GuestState.SETTLING):
        dismiss(visit)


def _rate(visit: GuestVisit, facts: Facts, step: Step, at: datetime) -> None:
    rating = rate_sessions(session_ids=[visit.session_id], reason=RatingReason.ENDED, actor=None, at=at)
    if refusal := rating.refused.get(visit.session_id):
        raise refusal
    if facts_of(visit, at=at).stay.gross is None:  # no tariff at its start: there is nothing to bill
        _fail(visit, GuestState.NOTHING_CHARGED, at)


def _bill(visit: GuestVisit, facts: Facts, step: Step, at: datetime) -> None:
    """The receipt comes first: it says to the cent what is captured, and never more than is held."""
    with transaction.atomic():
        receipt = receipts.issue_receipt(
            account=visit.account, issuer=visit.issuer, session_ids=[visit.session_id], at_most=visit.hold_amount,
            actor=None, at=at,
        )  # fmt: skip
        if receipt is None:
            _fail(visit, GuestState.NOTHING_CHARGED, at)
            return
        Payment.objects.filter(pk=visit.payment_id).update(invoice=receipt)
        GuestVisit.objects.filter(pk=visit.pk).update(receipt=receipt)


def _capture(visit: GuestVisit, facts: Facts, step: Step, at: datetime) -> None:
    payments.capture(payment=visit.payment, amount=visit.receipt.payable, at=at)


def _give_back(visit: GuestVisit, facts: Facts, step: Step, at: datetime) -> None:
    command = visit.start_command
    said = command.explanation if command and step.ending in (GuestState.REFUSED, GuestState.UNREACHABLE) else ""
    _fail(visit, step.ending, at, said)


def _release(visit: GuestVisit, facts: Facts, step: Step, at: datetime) -> None:
    payments.release(payment=visit.payment, at=at)


def _refund(visit: GuestVisit, facts: Facts, step: Step, at: datetime) -> None:
    payments.refund(payment=visit.payment, amount=facts.taken, reason=visit.get_ending_display(), actor=None, at=at)


def _finish(visit: GuestVisit, facts: Facts, step: Step, at: datetime) -> None:
    if not _move(visit, step.ending, ended_at=at, due_at=None, problem=""):
        return
    dismiss(visit)
    mails.send_end(load_visit(visit.pk), at=at)


_DO = {
    Act.START: _start,
    Act.FOLLOW: _follow,
    Act.STOP: _stop,
    Act.CLOSE: _close,
    Act.SETTLE: _settle,
    Act.RATE: _rate,
    Act.BILL: _bill,
    Act.CAPTURE: _capture,
    Act.GIVE_BACK: _give_back,
    Act.RELEASE: _release,
    Act.REFUND: _refund,
    Act.FINISH: _finish,
}


def _move(visit: GuestVisit, state: GuestState, **fields) -> bool:
    """Compare-and-set on the state that the step was decided on."""
    return bool(GuestVisit.objects.filter(pk=visit.pk, state=visit.state).update(state=state, attempts=0, **fields))


def _fail(visit: GuestVisit, ending: GuestState, at: datetime, explanation: str = "") -> None:
    """The money goes back; the token opens nothing from now on, and a session that begins late is stopped."""
    if _move(visit, GuestState.RELEASING, ending=ending, explanation=explanation[:200]):
        dismiss(visit)


def _rest(visit: GuestVisit, at: datetime) -> None:
    pause = _LOOK_AGAIN.get(GuestState(visit.state))
    due_at = at + pause if pause else None
    GuestVisit.objects.filter(pk=visit.pk, state=visit.state).update(due_at=due_at, problem="")


def _note_problem(visit: GuestVisit, sentence: str, at: datetime) -> None:
    attempts = min(visit.attempts + 1, 30)
    pause = min(timedelta(seconds=5 * 2 ** min(attempts, 12)), _LONGEST_PAUSE)
    GuestVisit.objects.filter(pk=visit.pk).update(attempts=attempts, due_at=at + pause, problem=sentence[:200])
    _nudge(visit)


def _nudge(visit: GuestVisit) -> None:
    topics = [f"guest:{visit.pk}", f"site:{visit.site_id}"]
    live.nudge_on_commit(organisation_id=visit.site.organisation_id, topics=topics)
