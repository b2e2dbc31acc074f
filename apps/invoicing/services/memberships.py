"""What membership plans add to a bill: the fee by days, free energy and the discount."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from django.db.models import Min, Q

from apps.drivers.models import PlanSubscription
from apps.invoicing.choices import LineKind
from apps.invoicing.engine.lines import DraftLine, vat_category
from apps.invoicing.engine.totals import places_of
from apps.invoicing.models import BillingPeriod, Issuer
from apps.sessions.models import ChargeDetailRecord
from apps.tariffs.engine.breakdown_json import from_json
from apps.tariffs.engine.exact import ZERO, half_up
from apps.tariffs.engine.plans import Benefit, plan_lines
from apps.tariffs.selectors import engine_plan

_WORDS = {Benefit.FREE_ENERGY: "free energy", Benefit.DISCOUNT: "discount on energy"}


def subscriptions_in(period: BillingPeriod, account_ids: Collection[int] | None = None):
    """Subscriptions that overlap the period, of accounts whose plan this issuer bills.

    That is the issuer of the account's home site; of accounts without one, the organisation's first issuer.
    """
    issuer = period.issuer
    first = Issuer.objects.filter(organisation=issuer.organisation_id).aggregate(first=Min("pk"))["first"]
    home = Q(account__home_site__terms__issuer=issuer)
    if first == issuer.pk:
        home |= Q(account__home_site__terms=None, account__organisation=issuer.organisation_id)
    rows = PlanSubscription.objects.filter(
        home, Q(until_date=None) | Q(until_date__gt=period.start_date), from_date__lt=period.end_date
    )
    return rows if account_ids is None else rows.filter(account__in=account_ids)


def membership_lines(
    subscriptions: Sequence[PlanSubscription],
    records: Sequence[ChargeDetailRecord],
    lines: Sequence[DraftLine],
    *,
    period: BillingPeriod,
    currency: str,
) -> list[DraftLine]:
    """An account's fees in ``currency``, then what its plans take off ``lines``, which were made of ``records``."""
    charges_vat = not period.issuer.exemption_reason
    own = [subscription for subscription in subscriptions if subscription.plan.currency == currency]
    fees = [line for one in own for line in _fee(one, period, charges_vat)]
    return fees + [line for one in own for line in _benefits(one, records, lines, period, charges_vat)]


def _fee(subscription: PlanSubscription, period: BillingPeriod, charges_vat: bool) -> list[DraftLine]:
    plan = subscription.plan
    start = max(subscription.from_date, period.start_date)
    end = min(subscription.until_date or period.end_date, period.end_date)
    days, all_days = (end - start).days, (period.end_date - period.start_date).days
    fee = half_up(plan.monthly_fee * days / all_days, places_of(plan.currency))
    if not fee:
        return []
    percent = plan.vat_percent if charges_vat else ZERO
    share = "" if days == all_days else f", {days} of {all_days} days"
    return [
        DraftLine(
            kind=LineKind.PLAN_FEE,
            description=f"Membership {plan.name}",
            details=f"{start:%-d %b %Y} to {end - timedelta(days=1):%-d %b %Y}{share}",
            supplied_on=start,
            vat_category=vat_category(percent, charges_vat=charges_vat),
            vat_percent=percent,
            net=fee,
        )
    ]


def _benefits(
    subscription: PlanSubscription, records: Sequence[ChargeDetailRecord], lines: Sequence[DraftLine],
    period: BillingPeriod, charges_vat: bool,
) -> list[DraftLine]:  # fmt: skip
    """One line per benefit and rate. No session is paid for more than its lines say, to the cent.

    Free energy is that of the month: sessions of earlier months get the discount alone.
    """
    plan, until = subscription.plan, subscription.until_date
    within = [r for r in records if r.end_date >= subscription.from_date and (until is None or r.end_date < until)]
    rest = {(line.session_id, line.vat_percent): line for line in lines if line.session_id and line.amount > 0}
    left = {key: line.amount for key, line in rest.items()}
    sums: dict[tuple[Benefit, Decimal, bool], Decimal] = defaultdict(Decimal)
    this_month = [_priced(record) for record in within if record.end_date >= period.start_date]
    earlier = [_priced(record) for record in within if record.end_date < period.start_date]
    taken = plan_lines(earlier, replace(engine_plan(plan), free_wh=ZERO)) + plan_lines(this_month, engine_plan(plan))
    for one in taken:
        key = (one.key, (one.vat_percent or ZERO) if charges_vat else ZERO)
        if key in rest:
            is_gross = rest[key].gross is not None
            amount = -half_up(one.gross if is_gross else one.net, places_of(plan.currency))
            amount = min(amount, left[key])
            left[key] -= amount
            sums[one.benefit, key[1], is_gross] -= amount
    return [
        DraftLine(
            kind=LineKind.DISCOUNT,
            description=f"Membership {plan.name}: {_WORDS[benefit]}",
            details=_explain(benefit, subscription),
            supplied_on=period.start_date,
            vat_category=vat_category(percent, charges_vat=charges_vat),
            vat_percent=percent,
            net=None if is_gross else amount,
            gross=amount if is_gross else None,
        )
        for (benefit, percent, is_gross), amount in sums.items()
        if amount
    ]


def _priced(record: ChargeDetailRecord):
    return record.session_id, from_json(record.breakdown)


def _explain(benefit: Benefit, subscription: PlanSubscription) -> str:
    plan = subscription.plan
    if benefit is Benefit.FREE_ENERGY:
        return f"{half_up(Decimal(plan.free_wh) / 1000, 0)} kWh free each month"
    return f"{plan.discount_percent.normalize():f} % off the price of energy"
