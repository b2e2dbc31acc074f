"""Opening, changing and closing sites and their areas."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from apps.accounts.models import Organisation, User
from apps.accounts.policy import Action
from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.sites.models import Area, Site


class UnableToSaveSite(DomainError):
    code = "unable_to_save_site"
    message = "A field of the site is not usable."


def create_site(*, organisation: Organisation, actor: User | None, areas: tuple[str, ...] = (), **fields: Any) -> Site:
    """A new site with its areas. Raises ``UnableToSaveSite`` that names the field."""
    site = Site(organisation=organisation, **fields)
    with transaction.atomic():
        _save(site)
        Area.objects.bulk_create(Area(site=site, name=name) for name in areas)
        record_audit(actor=actor, action="site.created", subject=site, organisation=organisation)
    return site


def edit_site(*, site: Site, actor: User | None, **fields: Any) -> Site:
    """Change the given fields; the audit line holds what was and what is. The organisation cannot change.

    Currency and VAT are changed by those who edit tariffs there (``actor`` ``None``, the system, may), the currency
    only until there is a price or a session in it. Raises ``UnableToSaveSite`` that names the field.
    """
    with transaction.atomic():
        site = Site.objects.select_for_update().get(pk=site.pk)
        changes = {name: [getattr(site, name), value] for name, value in fields.items() if getattr(site, name) != value}
        _check_money(site, actor, changes)
        for name, (_, value) in changes.items():
            setattr(site, name, value)
        if changes:
            _save(site)
            record_audit(
                actor=actor, action="site.changed", subject=site, organisation=site.organisation, changes=changes
            )
    return site


def close_site(*, site: Site, actor: User, at: datetime) -> None:
    """No longer in use; history stays. Refused while stations in use stand there."""
    with transaction.atomic():
        if site.stations.filter(retired_at=None).exists():
            raise UnableToSaveSite("Retire or move the site's stations first.")
        if Site.objects.filter(pk=site.pk, closed_at=None).update(closed_at=at):
            record_audit(actor=actor, action="site.closed", subject=site, organisation=site.organisation)


def add_area(*, site: Site, name: str, actor: User) -> Area:
    """A new area; names are unique within the site."""
    try:
        with transaction.atomic():
            area = Area.objects.create(site=site, name=name)
            record_audit(actor=actor, action="area.created", subject=area, organisation=site.organisation)
    except IntegrityError:
        raise UnableToSaveSite(f"The site already has an area called “{name}”.", field="name") from None
    return area


def rename_area(*, area: Area, name: str, actor: User) -> Area:
    """Give the area another name; names are unique within the site."""
    before = area.name
    try:
        with transaction.atomic():
            Area.objects.filter(pk=area.pk).update(name=name)
            area.name = name
            changes = {"name": [before, name]}
            record_audit(
                actor=actor, action="area.renamed", subject=area, organisation=area.site.organisation, changes=changes
            )
    except IntegrityError:
        raise UnableToSaveSite(f"The site already has an area called “{name}”.", field="name") from None
    return area


def remove_area(*, area: Area, actor: User) -> None:
    """Remove an area; its stations stay at the site, without an area."""
    with transaction.atomic():
        record_audit(actor=actor, action="area.removed", subject=area, organisation=area.site.organisation)
        area.delete()


def _check_money(site: Site, actor: User | None, changes: dict[str, list[Any]]) -> None:
    fields = [name for name in ("currency", "vat_percent") if name in changes]
    if not fields:
        return
    if actor is not None and not Site.objects.visible_to(actor, Action.TARIFF_EDIT).filter(pk=site.pk).exists():
        raise UnableToSaveSite("Only people who edit tariffs may change this.", field=fields[0])
    if "currency" in fields and (site.tariff_assignments.exists() or site.sessions.exists()):
        raise UnableToSaveSite("Tariffs or sessions of this site are in the present currency.", field="currency")


def _save(site: Site) -> None:
    try:
        site.full_clean()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise UnableToSaveSite(messages[0], field=None if field == "__all__" else field) from error
    site.save()
