"""Membership plans: making, changing, retiring them."""

from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from apps.accounts.models import Organisation
from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.tariffs.models import MembershipPlan

_TERMS = ("currency", "monthly_fee", "vat_percent", "discount_percent", "free_wh")


class PlanNameTaken(DomainError):
    code = "plan_name_taken"
    message = "A membership plan of this name exists already."


class PlanIsUsed(DomainError):
    code = "plan_is_used"
    message = "Customers have this plan on these terms. Make another plan and retire this one."


def create_plan(
    *,
    organisation: Organisation,
    name: str,
    currency: str,
    monthly_fee: Decimal,
    vat_percent: Decimal,
    discount_percent: Decimal,
    free_wh: int,
    actor,
) -> MembershipPlan:
    """A plan that customers can be given. ``monthly_fee`` net. Raises ``PlanNameTaken``."""
    try:
        with transaction.atomic():
            plan = MembershipPlan.objects.create(
                organisation=organisation, name=name.strip(), currency=currency, monthly_fee=monthly_fee,
                vat_percent=vat_percent, discount_percent=discount_percent, free_wh=free_wh,
            )  # fmt: skip
            record_audit(actor=actor, action="plan.created", subject=plan, organisation=organisation)
            return plan
    except IntegrityError as error:
        raise PlanNameTaken(field="name") from error


def edit_plan(*, plan: MembershipPlan, actor, **changes) -> MembershipPlan:
    """Change what is given. The terms of a plan that customers have, or had, stay: bills rest on them.

    Raises ``PlanIsUsed``, ``PlanNameTaken``.
    """
    try:
        with transaction.atomic():
            locked = MembershipPlan.objects.select_for_update().get(pk=plan.pk)
            before = {name: getattr(locked, name) for name in changes}
            changed = {name: value for name, value in changes.items() if value != before[name]}
            terms = [name for name in _TERMS if name in changed]
            if terms and locked.subscriptions.exists():
                raise PlanIsUsed(field=terms[0])
            for name, value in changed.items():
                setattr(locked, name, value)
            locked.save(update_fields=list(changed))
            if changed:
                record_audit(
                    actor=actor,
                    action="plan.changed",
                    subject=locked,
                    organisation=locked.organisation,
                    changes={name: [before[name], value] for name, value in changed.items()},
                )
            return locked
    except IntegrityError as error:
        raise PlanNameTaken(field="name") from error


def retire_plan(*, plan: MembershipPlan, actor, at: datetime) -> None:
    """Give it to nobody from now on; who has it keeps it. Repeating it changes nothing."""
    with transaction.atomic():
        if MembershipPlan.objects.filter(pk=plan.pk, retired_at=None).update(retired_at=at):
            record_audit(
                actor=actor,
                action="plan.retired",
                subject=plan,
                organisation=plan.organisation,
                changes={"retired_at": [None, at]},
            )
