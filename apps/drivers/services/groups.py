"""Making and renaming groups of drivers."""

from django.db import IntegrityError, transaction

from apps.accounts.models import Organisation
from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.drivers.events import DRIVER_GROUP_CHANGED
from apps.drivers.models import DriverGroup
from apps.drivers.services.announcing import announce


class GroupNameTaken(DomainError):
    code = "group_name_taken"
    message = "Another group has this name."


def create_group(*, organisation: Organisation, name: str, kind: str, actor, charging_priority: int = 0) -> DriverGroup:
    """A new group; ``charging_priority`` −9 to 9. Raises ``GroupNameTaken``."""
    with transaction.atomic():
        group = _save(DriverGroup(organisation=organisation, name=name, kind=kind, charging_priority=charging_priority))
        record_audit(actor=actor, action="driver_group.created", subject=group, organisation=organisation)
    return group


def edit_group(*, group: DriverGroup, name: str, kind: str, actor, charging_priority: int | None = None) -> DriverGroup:
    """Rename it or change its kind or priority (``None``: as it is). Raises ``GroupNameTaken``."""
    priority = group.charging_priority if charging_priority is None else charging_priority
    changes = {
        "name": [group.name, name],
        "kind": [group.kind, kind],
        "charging_priority": [group.charging_priority, priority],
    }
    changes = {field: pair for field, pair in changes.items() if pair[0] != pair[1]}
    if changes:
        with transaction.atomic():
            group.name, group.kind, group.charging_priority = name, kind, priority
            _save(group)
            record_audit(
                actor=actor,
                action="driver_group.changed",
                subject=group,
                organisation=group.organisation,
                changes=changes,
            )
            announce(DRIVER_GROUP_CHANGED, group.pk, organisation_id=group.organisation_id)
    return group


def _save(group: DriverGroup) -> DriverGroup:
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError as error:
        raise GroupNameTaken(field="name") from error
    return group
