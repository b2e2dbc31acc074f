"""Rules that admit groups or drivers at sites."""

from datetime import time

from django.db import transaction

from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.drivers.events import ACCESS_RULE_CHANGED
from apps.drivers.models import AccessRule, Driver, DriverGroup
from apps.drivers.services.announcing import announce
from apps.sites.models import Area, Site


class InvalidAccessRule(DomainError):
    code = "invalid_access_rule"
    message = "This rule cannot be kept."


def create_access_rule(
    *,
    site: Site,
    actor,
    area: Area | None = None,
    group: DriverGroup | None = None,
    driver: Driver | None = None,
    weekdays: str = "",
    from_time: time | None = None,
    until_time: time | None = None,
    free_of_charge: bool = False,
    current: str = "",
) -> AccessRule:
    """Admit a group, one driver, or everybody; fields as in ``AccessRule``. Raises ``InvalidAccessRule``."""
    rule = AccessRule(site=site)
    with transaction.atomic():
        _apply(rule, area, group, driver, weekdays, from_time, until_time, free_of_charge, current)
        rule.save()
        record_audit(actor=actor, action="access_rule.created", subject=rule, organisation=site.organisation)
        _announce(rule)
    return rule


def edit_access_rule(
    *,
    rule: AccessRule,
    actor,
    area: Area | None,
    group: DriverGroup | None,
    driver: Driver | None,
    weekdays: str,
    from_time: time | None,
    until_time: time | None,
    free_of_charge: bool,
    current: str = "",
) -> AccessRule:
    """Replace what the rule says; the site stays. Raises ``InvalidAccessRule``."""
    with transaction.atomic():
        rule = _locked(rule)
        before = str(rule)
        _apply(rule, area, group, driver, weekdays, from_time, until_time, free_of_charge, current)
        rule.save()
        _announce(rule)
        record_audit(
            actor=actor,
            action="access_rule.changed",
            subject=rule,
            organisation=rule.site.organisation,
            changes={"rule": [before, rule]},
        )
    return rule


def remove_access_rule(*, rule: AccessRule, actor) -> None:
    """Admit nobody by it from now on; running sessions go on."""
    with transaction.atomic():
        record_audit(actor=actor, action="access_rule.removed", subject=rule, organisation=rule.site.organisation)
        _announce(rule)
        rule.delete()


def _locked(rule: AccessRule) -> AccessRule:
    """The rule as stored now; nobody else changes it until the transaction ends."""
    rows = AccessRule.objects.select_for_update(of=("self",))
    return rows.select_related("site__organisation", "area", "group", "driver").get(pk=rule.pk)


def _announce(rule: AccessRule) -> None:
    announce(ACCESS_RULE_CHANGED, rule.pk, organisation_id=rule.site.organisation_id, site_id=rule.site_id)


def _apply(rule, area, group, driver, weekdays, from_time, until_time, free_of_charge, current) -> None:
    organisation_id = rule.site.organisation_id
    if area is not None and area.site_id != rule.site_id:
        raise InvalidAccessRule("The area belongs to another site.", field="area")
    if group is not None and driver is not None:
        raise InvalidAccessRule("A rule admits a group or one driver, not both.", field="driver")
    if group is not None and group.organisation_id != organisation_id:
        raise InvalidAccessRule("The group belongs to another organisation.", field="group")
    if driver is not None and driver.organisation_id != organisation_id:
        raise InvalidAccessRule("The driver belongs to another organisation.", field="driver")
    if (from_time is None) != (until_time is None):
        missing = "from_time" if from_time is None else "until_time"
        raise InvalidAccessRule("Give both times, or none for the whole day.", field=missing)
    if set(weekdays) - set("1234567"):
        raise InvalidAccessRule("Weekdays are the numbers 1 to 7.", field="weekdays")
    rule.area, rule.group, rule.driver = area, group, driver
    rule.current = current
    rule.weekdays = "".join(sorted(set(weekdays)))
    rule.from_time, rule.until_time, rule.free_of_charge = from_time, until_time, free_of_charge
