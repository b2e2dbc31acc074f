"""Making and renaming groups of drivers."""

from django.db import IntegrityError, transaction

from apps.accounts.models import Organisation
from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.drivers.models import DriverGroup


class GroupNameTaken(DomainError):
    code = "group_name_taken"
    message = "Another group has this name."


def create_group(*, organisation: Organisation, name: str, kind: str, actor) -> DriverGroup:
    """A new group. Raises ``GroupNameTaken``."""
    with transaction.atomic():
        group = _save(DriverGroup(organisation=organisation, name=name, kind=kind))
        record_audit(actor=actor, action="driver_group.created", subject=group, organisation=organisation)
    return group


def edit_group(*, group: DriverGroup, name: str, kind: str, actor) -> DriverGroup:
    """Rename it or change its kind. Raises ``GroupNameTaken``."""
    changes = {"name": [group.name, name], "kind": [group.kind, kind]}
    changes = {field: pair for field, pair in changes.items() if pair[0] != pair[1]}
    if changes:
        with transaction.atomic():
            group.name, group.kind = name, kind
            _save(group)
            record_audit(
                actor=actor,
                action="driver_group.changed",
                subject=group,
                organisation=group.organisation,
                changes=changes,
            )
    return group


def _save(group: DriverGroup) -> DriverGroup:
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError as error:
        raise GroupNameTaken(field="name") from error
    return group
