"""Which firmware a station can be offered."""

from django.db.models import Q

from apps.chargers.models import ChargingStation, Firmware


def firmwares_for(station: ChargingStation):
    """Versions of its organisation with a file, for its vendor and model as far as they are known."""
    rows = Firmware.objects.filter(organisation_id=station.site.organisation_id, withdrawn_at=None)
    rows = rows.exclude(storage_name="")
    if station.vendor:
        rows = rows.filter(vendor__iexact=station.vendor)
    if station.model:
        rows = rows.filter(Q(model="") | Q(model__iexact=station.model))
    return rows.order_by("-created_at")
