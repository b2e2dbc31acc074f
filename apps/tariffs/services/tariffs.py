"""Making tariffs, giving them new versions, and saying where they apply."""

from dataclasses import replace
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from apps.accounts.models import Organisation
from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.sites.models import Area, Site
from apps.tariffs.engine import tariff as engine
from apps.tariffs.engine.tariff_json import from_json, to_json
from apps.tariffs.models import Tariff, TariffAssignment, TariffVersion


class TariffNameTaken(DomainError):
    code = "tariff_name_taken"
    message = "A tariff of this name exists already."


class WrongCurrency(DomainError):
    code = "wrong_currency"
    message = "The tariff is in another currency than the place where it should apply."


class OtherOrganisation(DomainError):
    code = "other_organisation"
    message = "The tariff belongs to another organisation."


class InvalidPeriod(DomainError):
    code = "invalid_period"
    message = "The end must lie after the beginning."


def create_tariff(
    *, organisation: Organisation, name: str, content: engine.Tariff, valid_from: datetime, actor
) -> TariffVersion:
    """A tariff with its first version, in force from ``valid_from``; the currency is that of ``content``.

    The engine's ``id`` and ``version`` are set to those of the rows. Raises ``TariffNameTaken``.
    """
    try:
        with transaction.atomic():
            tariff = Tariff.objects.create(organisation=organisation, name=name.strip(), currency=content.currency)
            version = _add(tariff, content, valid_from)
            record_audit(actor=actor, action="tariff.created", subject=tariff, organisation=organisation)
            return version
    except IntegrityError as error:
        raise TariffNameTaken(field="name") from error


def add_version(*, tariff: Tariff, content: engine.Tariff, valid_from: datetime, actor) -> TariffVersion:
    """A new version, for sessions that start from ``valid_from`` on. Raises ``WrongCurrency``."""
    if content.currency != tariff.currency:
        raise WrongCurrency(f"The tariff is in {tariff.currency}.", field="currency")
    with transaction.atomic():
        Tariff.objects.select_for_update().get(pk=tariff.pk)
        version = _add(tariff, content, valid_from)
        record_audit(
            actor=actor,
            action="tariff.version_added",
            subject=tariff,
            organisation=tariff.organisation,
            changes={"version": [version.number - 1, version.number], "valid_from": [None, valid_from]},
        )
        return version


def assign_tariff(
    *,
    tariff: Tariff,
    site: Site,
    valid_from: datetime,
    actor,
    area: Area | None = None,
    driver_group_id: int | None = None,
    evse_id: int | None = None,
    valid_until: datetime | None = None,
) -> TariffAssignment:
    """Let ``tariff`` apply at ``site`` (in ``area``, at an EVSE, for a group) in ``[valid_from, valid_until)``.

    Groups and EVSEs live on higher floors: the caller has looked them up at this site and organisation.
    Raises ``OtherOrganisation``, ``WrongCurrency``, ``InvalidPeriod``.
    """
    if tariff.organisation_id != site.organisation_id:
        raise OtherOrganisation(field="tariff")
    if tariff.currency != site.currency:
        raise WrongCurrency(f"{site} charges in {site.currency}, the tariff is in {tariff.currency}.", field="tariff")
    if area is not None and area.site_id != site.pk:
        raise OtherOrganisation("The area belongs to another site.", field="area")
    if valid_until is not None and valid_until <= valid_from:
        raise InvalidPeriod(field="valid_until")
    with transaction.atomic():
        assignment = TariffAssignment.objects.create(
            tariff=tariff,
            site=site,
            area=area,
            driver_group_id=driver_group_id,
            evse_id=evse_id,
            valid_from=valid_from,
            valid_until=valid_until,
        )
        record_audit(
            actor=actor,
            action="tariff.assigned",
            subject=tariff,
            organisation=tariff.organisation,
            changes={
                "site": [None, site],
                "area": [None, area],
                "driver_group": [None, driver_group_id],
                "evse": [None, evse_id],
                "valid_from": [None, valid_from],
                "valid_until": [None, valid_until],
            },
        )
        return assignment


def end_assignment(*, assignment: TariffAssignment, at: datetime, actor) -> None:
    """Let the assignment apply to no session that starts from ``at`` on; repeating it changes nothing."""
    with transaction.atomic():
        open_ended = TariffAssignment.objects.filter(pk=assignment.pk).exclude(valid_until__lte=at)
        if open_ended.update(valid_until=at):
            record_audit(
                actor=actor,
                action="tariff.assignment_ended",
                subject=assignment.tariff,
                organisation=assignment.tariff.organisation,
                changes={"valid_until": [assignment.valid_until, at]},
            )


def _add(tariff: Tariff, content: engine.Tariff, valid_from: datetime) -> TariffVersion:
    """Raises ``InvalidTariff`` for what could not be read back."""
    number = (tariff.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    named = replace(content, id=str(tariff.pk), version=number)
    stored = to_json(named)
    from_json(stored)
    return TariffVersion.objects.create(tariff=tariff, number=number, valid_from=valid_from, content=stored)
