"""Billing periods: months of an issuer, opened one after the other and closed."""

from datetime import date, datetime, timedelta

from django.db import transaction

from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.invoicing.choices import PeriodState, RunState
from apps.invoicing.models import BillingPeriod, Issuer
from apps.tariffs.engine.zones import zone_of

RUNNING = (RunState.PREPARING, RunState.WAITING, RunState.ISSUING)


class UnableToOpen(DomainError):
    code = "period_overlaps"
    message = "This month overlaps a period that is there already."


class UnableToClose(DomainError):
    code = "period_not_closable"


def open_month(*, issuer: Issuer, month: date, actor) -> BillingPeriod:
    """The period of the month that ``month`` lies in, made where it is not there yet. Raises ``UnableToOpen``."""
    start = month.replace(day=1)
    end = (start + timedelta(days=32)).replace(day=1)
    with transaction.atomic():
        Issuer.objects.select_for_update().get(pk=issuer.pk)  # two who open months at once
        if period := BillingPeriod.objects.filter(issuer=issuer, start_date=start, end_date=end).first():
            return period
        if BillingPeriod.objects.filter(issuer=issuer, start_date__lt=end, end_date__gt=start).exists():
            raise UnableToOpen
        period = BillingPeriod.objects.create(issuer=issuer, start_date=start, end_date=end)
        record_audit(actor=actor, action="period.opened", subject=period, organisation=issuer.organisation)
    return period


def close_period(*, period: BillingPeriod, actor, at: datetime) -> BillingPeriod:
    """Nothing more is billed in it; what is found later goes onto the bills of the next period.

    Raises ``UnableToClose`` while a run works on it, and before it is over.
    """
    with transaction.atomic():
        period = BillingPeriod.objects.select_for_update(of=("self",)).select_related("issuer__organisation").get(
            pk=period.pk
        )  # fmt: skip
        if period.state == PeriodState.CLOSED:
            return period
        if not is_over(period, at):
            raise UnableToClose("The period is not over yet.")
        if period.runs.filter(is_dry=False, state__in=RUNNING).exists():
            raise UnableToClose("A run works on this period: let it end, or cancel it.")
        period.state, period.closed_at = PeriodState.CLOSED, at
        period.save(update_fields=["state", "closed_at"])
        record_audit(actor=actor, action="period.closed", subject=period, organisation=period.issuer.organisation)
    return period


def is_over(period: BillingPeriod, at: datetime) -> bool:
    """Whether its last day has ended on the issuer's clock."""
    return at.astimezone(zone_of(period.issuer.time_zone)).date() >= period.end_date
