"""Vehicles of customers, and the cards that stay in them."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.drivers.events import TOKEN_CHANGED
from apps.drivers.models import BillingAccount, IdToken, Vehicle
from apps.drivers.services.announcing import announce
from apps.drivers.services.drivers import OtherOrganisation


class VehicleLabelTaken(DomainError):
    code = "vehicle_label_taken"
    message = "This customer has a vehicle of this name already."


def add_vehicle(*, account: BillingAccount, actor, **fields: Any) -> Vehicle:
    """``fields``: label, plate, evcc_id, battery_wh, department, depot, route. Raises ``VehicleLabelTaken``."""
    try:
        with transaction.atomic():
            vehicle = Vehicle.objects.create(account=account, **fields)
            _audit(vehicle, "vehicle.added", actor)
    except IntegrityError as error:
        raise VehicleLabelTaken(field="label") from error
    return vehicle


def edit_vehicle(*, vehicle: Vehicle, actor, **fields: Any) -> Vehicle:
    """Change the given fields; what was charged keeps the names of its time. Raises ``VehicleLabelTaken``."""
    try:
        with transaction.atomic():
            vehicle = _locked(vehicle)
            changes = {n: [getattr(vehicle, n), v] for n, v in fields.items() if getattr(vehicle, n) != v}
            for name, (_, value) in changes.items():
                setattr(vehicle, name, value)
            if changes:
                vehicle.save(update_fields=list(changes))
                _audit(vehicle, "vehicle.changed", actor, changes)
    except IntegrityError as error:
        raise VehicleLabelTaken(field="label") from error
    return vehicle


def retire_vehicle(*, vehicle: Vehicle, actor, at: datetime) -> Vehicle:
    """The vehicle is gone: its cards stay with their drivers, who pay as before they had it."""
    with transaction.atomic():
        vehicle = _locked(vehicle)
        if vehicle.retired_at is None:
            vehicle.retired_at = at
            vehicle.save(update_fields=["retired_at"])
            vehicle.id_tokens.update(vehicle=None)
            _audit(vehicle, "vehicle.retired", actor)
    return vehicle


def keep_card_in(*, vehicle: Vehicle | None, token: IdToken, actor) -> IdToken:
    """From now on what the card charges is the vehicle's, and its account pays; ``None`` takes the card out.

    Raises ``OtherOrganisation``.
    """
    if vehicle is not None and vehicle.account.organisation_id != token.organisation_id:
        raise OtherOrganisation("This vehicle belongs to another organisation.", field="vehicle")
    with transaction.atomic():
        rows = IdToken.objects.select_for_update(of=("self",)).select_related("organisation", "vehicle")
        token = rows.get(pk=token.pk)
        if token.vehicle != vehicle:
            changes = {"vehicle": [token.vehicle, vehicle]}
            token.vehicle = vehicle
            token.save(update_fields=["vehicle"])
            record_audit(
                actor=actor, action="token.changed", subject=token, organisation=token.organisation, changes=changes
            )
            announce(TOKEN_CHANGED, token.pk, organisation_id=token.organisation_id, driver_id=token.driver_id)
    return token


def _locked(vehicle: Vehicle) -> Vehicle:
    rows = Vehicle.objects.select_for_update(of=("self",)).select_related("account__organisation")
    return rows.get(pk=vehicle.pk)


def _audit(vehicle: Vehicle, action: str, actor, changes: dict[str, list] | None = None) -> None:
    organisation = vehicle.account.organisation
    record_audit(actor=actor, action=action, subject=vehicle, organisation=organisation, changes=changes)
