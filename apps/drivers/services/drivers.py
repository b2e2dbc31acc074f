"""Enrolling drivers, changing them, and letting them go."""

from datetime import datetime
from typing import Any

from django.db import transaction

from apps.accounts.models import Organisation, User
from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.drivers.events import DRIVER_CHANGED
from apps.drivers.models import Driver
from apps.drivers.services.announcing import announce
from apps.drivers.services.tokens import InvalidToken, TokenTaken, create_token


class OtherOrganisation(DomainError):
    code = "other_organisation"
    message = "This belongs to another organisation."


class DriverHasLeft(DomainError):
    code = "driver_has_left"
    message = "This driver has left."


def create_driver(*, organisation: Organisation, actor, card: str = "", **fields: Any) -> Driver:
    """A new driver, with the id token ``card`` if given; ``fields``: name, group, home_site, email, phone, unit, user.

    Raises ``OtherOrganisation`` and, about ``card``, ``InvalidToken`` and ``TokenTaken``.
    """
    driver = Driver(organisation=organisation, **fields)
    _check(driver)
    with transaction.atomic():
        driver.save()
        record_audit(actor=actor, action="driver.created", subject=driver, organisation=organisation)
        if card:
            try:
                create_token(driver=driver, value=card, actor=actor)
            except (InvalidToken, TokenTaken) as refusal:
                raise type(refusal)(refusal.message, field="card") from refusal
    return driver


def edit_driver(*, driver: Driver, actor, **fields: Any) -> Driver:
    """Change the given fields; the audit line holds what was and what is. Raises ``OtherOrganisation``."""
    with transaction.atomic():
        driver = Driver.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=driver.pk)
        changes = {
            name: [getattr(driver, name), value] for name, value in fields.items() if getattr(driver, name) != value
        }
        for name, (_, value) in changes.items():
            setattr(driver, name, value)
        _check(driver)
        if changes:
            driver.save(update_fields=list(changes))
            record_audit(
                actor=actor,
                action="driver.changed",
                subject=driver,
                organisation=driver.organisation,
                changes=changes,
            )
            announce(DRIVER_CHANGED, driver.pk, organisation_id=driver.organisation_id)
    return driver


def end_driver(*, driver: Driver, actor, at: datetime) -> Driver:
    """The driver leaves at ``at``: none of the cards is accepted from then on. Past sessions stay.

    Raises ``DriverHasLeft``.
    """
    return _set_left(driver, actor=actor, left_at=at, action="driver.left")


def readmit_driver(*, driver: Driver, actor) -> Driver:
    """Take the leaving back; cards that are not blocked are accepted again."""
    return _set_left(driver, actor=actor, left_at=None, action="driver.readmitted")


def link_user(*, driver: Driver, user: User | None, actor) -> Driver:
    """Say which sign-in the driver is, so that the person sees the own sessions; ``None`` unlinks."""
    return edit_driver(driver=driver, actor=actor, user=user)


def _set_left(driver: Driver, *, actor, left_at: datetime | None, action: str) -> Driver:
    with transaction.atomic():
        driver = Driver.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=driver.pk)
        if left_at is not None and driver.left_at is not None:
            raise DriverHasLeft
        changes = {"left_at": [driver.left_at, left_at]}
        driver.left_at = left_at
        driver.save(update_fields=["left_at"])
        record_audit(actor=actor, action=action, subject=driver, organisation=driver.organisation, changes=changes)
        announce(DRIVER_CHANGED, driver.pk, organisation_id=driver.organisation_id)
    return driver


def _check(driver: Driver) -> None:
    if driver.group is not None and driver.group.organisation_id != driver.organisation_id:
        raise OtherOrganisation("This group belongs to another organisation.", field="group")
    if driver.home_site is not None and driver.home_site.organisation_id != driver.organisation_id:
        raise OtherOrganisation("This site belongs to another organisation.", field="home_site")
