"""One station at a time: changes are compared with what is stored, and two of them do not undo each other."""

from apps.chargers.models import ChargingStation


def lock_station(station: ChargingStation) -> ChargingStation:
    """The row of ``station`` as stored now, with its site, locked until the caller's transaction ends.

    Rows that point at the station may still be written meanwhile.
    """
    rows = ChargingStation.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("site__organisation", "area").get(pk=station.pk)
