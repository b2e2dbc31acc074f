"""Smart charging of 2.0.1: profiles to and from the neutral form."""

from apps.gateway.simulator import clock
from apps.gateway.simulator.dialect import Reply
from apps.gateway.simulator.profiles import STATION_PURPOSES, Profile
from apps.gateway.simulator.station import Station


def profile(evse: int, data: dict) -> Profile:
    """A `chargingProfile` object in neutral form; of several schedules the first counts."""
    schedule = data["chargingSchedule"][0]
    return Profile(
        id=data["id"],
        evse=evse,
        purpose=data["chargingProfilePurpose"],
        stack_level=data["stackLevel"],
        kind=data["chargingProfileKind"],
        unit=schedule["chargingRateUnit"],
        periods=tuple(
            (period["startPeriod"], period["limit"], period.get("numberPhases"))
            for period in schedule["chargingSchedulePeriod"]
        ),
        start_at=clock.parse(schedule["startSchedule"]) if "startSchedule" in schedule else None,
        duration_s=schedule.get("duration"),
        valid_from=clock.parse(data["validFrom"]) if "validFrom" in data else None,
        valid_to=clock.parse(data["validTo"]) if "validTo" in data else None,
        recurrency=data.get("recurrencyKind"),
        transaction_id=data.get("transactionId"),
    )


def set_charging_profile(station: Station, payload: dict) -> Reply:
    evse_id = payload["evseId"]
    new = profile(evse_id, payload["chargingProfile"])
    evse = station.evses.get(evse_id)
    running = evse.transaction if evse else None
    wrong_place = (evse_id != 0 and evse is None) or (new.purpose in STATION_PURPOSES and evse_id != 0)
    other_transaction = new.purpose == "TxProfile" and (running is None or new.transaction_id != running.id)
    if wrong_place or other_transaction or len(new.periods) > 24:
        return Reply({"status": "Rejected"})
    station.profiles.install(new)
    return Reply({"status": "Accepted"})


def clear_charging_profile(station: Station, payload: dict) -> Reply:
    criteria = payload.get("chargingProfileCriteria", {})
    removed = station.profiles.clear(
        profile_id=payload.get("chargingProfileId"),
        evse=criteria.get("evseId"),
        purpose=criteria.get("chargingProfilePurpose"),
        stack_level=criteria.get("stackLevel"),
    )
    return Reply({"status": "Accepted" if removed else "Unknown"})


def get_composite_schedule(station: Station, payload: dict) -> Reply:
    evse_id, duration_s = payload["evseId"], payload["duration"]
    if evse_id != 0 and evse_id not in station.evses:
        return Reply({"status": "Rejected"})
    unit = payload.get("chargingRateUnit", "A")
    transaction = station.evses[evse_id].transaction if evse_id else None
    at = clock.now()
    periods = station.profiles.composite(
        evse_id,
        at=at,
        duration_s=duration_s,
        unit=unit,
        session_started_at=transaction.started_at if transaction else None,
        default=station.spec.outlet.max_power_w if unit == "W" else round(station.spec.outlet.max_current_a, 1),
    )
    schedule = {
        "evseId": evse_id,
        "duration": duration_s,
        "scheduleStart": clock.stamp(at),
        "chargingRateUnit": unit,
        "chargingSchedulePeriod": [{"startPeriod": start_s, "limit": limit} for start_s, limit in periods],
    }
    return Reply({"status": "Accepted", "schedule": schedule})
