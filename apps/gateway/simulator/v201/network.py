"""Network profiles of a simulated 2.x station: slots that are filled, and the one that is tried first."""

from apps.gateway.simulator.dialect import Handler, Reply
from apps.gateway.simulator.station import Station


def set_network_profile(station: Station, payload: dict) -> Reply:
    """Keep the profile; a lower security profile than the present one is refused (2.0.1 B09)."""
    data = payload["connectionData"]
    if data["securityProfile"] < (1 if station.password else 0):
        return Reply({"status": "Rejected", "statusInfo": {"reasonCode": "NoSecurityDowngrade"}})
    station.network_profiles[payload["configurationSlot"]] = data
    return Reply({"status": "Accepted"})


def put_first(station: Station, priority: str) -> None:
    """The first slot of the list is dialled from the next connect on, if it was filled."""
    first = priority.split(",")[0].strip()
    data = station.network_profiles.get(int(first)) if first.isdigit() else None
    if data is not None:
        station.url = data["ocppCsmsUrl"]


HANDLERS: dict[str, Handler] = {"SetNetworkProfile": set_network_profile}
