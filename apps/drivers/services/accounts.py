"""Customers: who pays, and for which drivers."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from apps.accounts.models import Organisation
from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.core.ids import reserve_numbers
from apps.drivers.models import BillingAccount, Driver, PlanSubscription
from apps.drivers.services.drivers import OtherOrganisation, edit_driver
from apps.tariffs.models import MembershipPlan


class AccountNumberTaken(DomainError):
    code = "account_number_taken"
    message = "Another customer has this number."


class AccountIsClosed(DomainError):
    code = "account_is_closed"
    message = "This customer account is closed."


class UnableToSubscribe(DomainError):
    code = "unable_to_subscribe"


def create_account(*, organisation: Organisation, actor, number: str = "", **fields: Any) -> BillingAccount:
    """A new customer; without a ``number`` it gets the organisation's next one (K00001, …).

    Raises ``AccountNumberTaken``, ``OtherOrganisation``.
    """
    account = BillingAccount(organisation=organisation, number=number.strip(), **fields)
    _check(account)
    try:
        with transaction.atomic():
            account.number = account.number or _next_number(organisation)
            account.save()
            record_audit(actor=actor, action="account.created", subject=account, organisation=organisation)
    except IntegrityError as error:
        raise AccountNumberTaken(field="number") from error
    return account


def edit_account(*, account: BillingAccount, actor, **fields: Any) -> BillingAccount:
    """Change the given fields. Bills that were issued keep what they say. Raises as ``create_account``."""
    try:
        with transaction.atomic():
            account = _locked(account)
            changes = {
                name: [getattr(account, name), value]
                for name, value in fields.items()
                if getattr(account, name) != value
            }
            for name, (_, value) in changes.items():
                setattr(account, name, value)
            _check(account)
            if changes:
                account.save(update_fields=list(changes))
                _audit(account, "account.changed", actor, changes)
    except IntegrityError as error:
        raise AccountNumberTaken(field="number") from error
    return account


def close_account(*, account: BillingAccount, actor, at: datetime) -> BillingAccount:
    """No further driver joins it. What was charged until now is still billed, what is owed stays owed."""
    return _set_closed(account, actor=actor, closed_at=at, action="account.closed")


def reopen_account(*, account: BillingAccount, actor) -> BillingAccount:
    """Take the closing back."""
    return _set_closed(account, actor=actor, closed_at=None, action="account.reopened")


def set_payer(*, driver: Driver, account: BillingAccount | None, actor) -> Driver:
    """Say who pays for what ``driver`` charges from the next rating on; ``None``: nobody is billed.

    Raises ``AccountIsClosed``, ``OtherOrganisation``.
    """
    if account is not None and account.closed_at is not None:
        raise AccountIsClosed(field="account")
    if account is not None and account.organisation_id != driver.organisation_id:
        raise OtherOrganisation("This customer belongs to another organisation.", field="account")
    return edit_driver(driver=driver, actor=actor, account=account)


def subscribe(*, account: BillingAccount, plan: MembershipPlan, from_date: date, actor) -> PlanSubscription:
    """Give the customer a plan from a day on; a plan that runs ends that day. Raises ``UnableToSubscribe``."""
    if plan.organisation_id != account.organisation_id:
        raise OtherOrganisation("This plan belongs to another organisation.", field="plan")
    if plan.retired_at is not None:
        raise UnableToSubscribe("This plan is no longer offered.", field="plan")
    with transaction.atomic():
        account = _locked(account)
        running = account.subscriptions.filter(until_date=None).first()
        if running is not None and running.from_date >= from_date:
            raise UnableToSubscribe(
                f"{running.plan} begins on {running.from_date:%d %B %Y} already.", field="from_date"
            )
        if account.subscriptions.filter(until_date__gt=from_date).exists():
            raise UnableToSubscribe("Another plan covers these days still: begin after its end.", field="from_date")
        if running is not None:
            running.until_date = from_date
            running.save(update_fields=["until_date"])
        subscription = PlanSubscription.objects.create(account=account, plan=plan, from_date=from_date)
        _audit(
            account, "account.plan_begun", actor, {"plan": [running and running.plan, plan], "from": [None, from_date]}
        )
    return subscription


def end_subscription(*, account: BillingAccount, until_date: date, actor) -> None:
    """End the plan that runs; ``until_date`` is the first day without it. Raises ``UnableToSubscribe``."""
    with transaction.atomic():
        account = _locked(account)
        running = account.subscriptions.filter(until_date=None).select_related("plan").first()
        if running is None:
            raise UnableToSubscribe("No plan runs.")
        if until_date <= running.from_date:
            raise UnableToSubscribe("It must run for a day at least.", field="until_date")
        running.until_date = until_date
        running.save(update_fields=["until_date"])
        _audit(account, "account.plan_ended", actor, {"plan": [running.plan, None], "until": [None, until_date]})


def _set_closed(account: BillingAccount, *, actor, closed_at: datetime | None, action: str) -> BillingAccount:
    with transaction.atomic():
        account = _locked(account)
        if (account.closed_at is None) != (closed_at is None):
            _audit(account, action, actor, {"closed_at": [account.closed_at, closed_at]})
            account.closed_at = closed_at
            account.save(update_fields=["closed_at"])
    return account


def _locked(account: BillingAccount) -> BillingAccount:
    rows = BillingAccount.objects.select_for_update(of=("self",)).select_related("organisation")
    return rows.get(pk=account.pk)


def _audit(account: BillingAccount, action: str, actor, changes: dict[str, list]) -> None:
    record_audit(actor=actor, action=action, subject=account, organisation=account.organisation, changes=changes)


def _check(account: BillingAccount) -> None:
    if account.home_site is not None and account.home_site.organisation_id != account.organisation_id:
        raise OtherOrganisation("This site belongs to another organisation.", field="home_site")


def _next_number(organisation: Organisation) -> str:
    """The next number that nobody was given by hand."""
    while True:
        number = f"K{reserve_numbers(f'customer:{organisation.pk}', how_many=1)[0]:05}"
        if not BillingAccount.objects.filter(organisation=organisation, number=number).exists():
            return number
