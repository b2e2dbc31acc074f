"""What a person may choose from in the forms of this area."""

from apps.accounts.models import Organisation
from apps.accounts.policy import Action
from apps.chargers.models import ChargingStation, Firmware
from apps.sites.models import Site
from apps.sites.scope import organisations_in_scope


def organisations(user):
    """Organisations that the user runs as a whole: firmware is theirs."""
    return Organisation.objects.filter(organisations_in_scope(user, Action.STATION_EDIT, path="pk")).order_by("name")


def firmwares(user):
    """Versions that can be installed."""
    rows = Firmware.objects.visible_to(user, Action.STATION_EDIT).exclude(storage_name="")
    return rows.filter(withdrawn_at=None).order_by("vendor", "model", "-created_at")


def sites(user):
    return Site.objects.visible_to(user, Action.STATION_EDIT).order_by("name")


def stations_for(user, firmware: Firmware, *, sites, version_now: str):
    """Stations in use of the firmware's vendor and model that have another version."""
    rows = ChargingStation.objects.visible_to(user, Action.STATION_EDIT).in_use()
    rows = rows.filter(site__organisation_id=firmware.organisation_id, vendor__iexact=firmware.vendor)
    rows = rows.exclude(firmware_version=firmware.version).select_related("site")
    if firmware.model:
        rows = rows.filter(model__iexact=firmware.model)
    if version_now:
        rows = rows.filter(firmware_version=version_now)
    return rows.filter(site__in=sites) if sites else rows
