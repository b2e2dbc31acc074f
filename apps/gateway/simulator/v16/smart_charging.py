"""Smart charging of 1.6: profiles and answers in its words."""

from apps.gateway.simulator import clock, smart_charging
from apps.gateway.simulator.dialect import Handler, Reply
from apps.gateway.simulator.profiles import Profile
from apps.gateway.simulator.station import Station


def profile(evse: int, data: dict) -> Profile:
    """A `csChargingProfiles` object in neutral form."""
    return smart_charging.read_profile(evse, data, number="chargingProfileId")


def set_charging_profile(station: Station, payload: dict) -> Reply:
    new = profile(payload["connectorId"], payload["csChargingProfiles"])
    refused = smart_charging.take(station, new, names_transaction=False)
    return Reply({"status": "Rejected" if refused else "Accepted"})


def clear_charging_profile(station: Station, payload: dict) -> Reply:
    status = smart_charging.clear(
        station,
        profile_id=payload.get("id"),
        evse=payload.get("connectorId"),
        purpose=payload.get("chargingProfilePurpose"),
        stack_level=payload.get("stackLevel"),
    )
    return Reply({"status": status})


def get_composite_schedule(station: Station, payload: dict) -> Reply:
    connector_id, duration_s = payload["connectorId"], payload["duration"]
    unit = payload.get("chargingRateUnit", "A")
    periods = smart_charging.composite(station, connector_id, duration_s, unit)
    if periods is None:
        return Reply({"status": "Rejected"})
    schedule = {"duration": duration_s, "chargingRateUnit": unit, "chargingSchedulePeriod": periods}
    now = clock.stamp(clock.now())
    return Reply(
        {"status": "Accepted", "connectorId": connector_id, "scheduleStart": now, "chargingSchedule": schedule}
    )


HANDLERS: dict[str, Handler] = {
    "ClearChargingProfile": clear_charging_profile,
    "GetCompositeSchedule": get_composite_schedule,
    "SetChargingProfile": set_charging_profile,
}
