"""Smart charging of 1.6: profiles to and from the neutral form."""

from apps.gateway.simulator import clock
from apps.gateway.simulator.dialect import Reply
from apps.gateway.simulator.profiles import STATION_PURPOSES, Profile
from apps.gateway.simulator.station import Station


def profile(evse: int, data: dict) -> Profile:
    """A `csChargingProfiles` object in neutral form."""
    schedule = data["chargingSchedule"]
    return Profile(
        id=data["chargingProfileId"],
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
    connector_id = payload["connectorId"]
    new = profile(connector_id, payload["csChargingProfiles"])
    evse = station.evses.get(connector_id)
    wrong_place = (connector_id != 0 and evse is None) or (new.purpose in STATION_PURPOSES and connector_id != 0)
    no_transaction = new.purpose == "TxProfile" and (evse is None or evse.transaction is None)
    if wrong_place or no_transaction or len(new.periods) > 24:
        return Reply({"status": "Rejected"})
    station.profiles.install(new)
    return Reply({"status": "Accepted"})


def clear_charging_profile(station: Station, payload: dict) -> Reply:
    removed = station.profiles.clear(
        profile_id=payload.get("id"),
        evse=payload.get("connectorId"),
        purpose=payload.get("chargingProfilePurpose"),
        stack_level=payload.get("stackLevel"),
    )
    return Reply({"status": "Accepted" if removed else "Unknown"})


def get_composite_schedule(station: Station, payload: dict) -> Reply:
    connector_id, duration_s = payload["connectorId"], payload["duration"]
    if connector_id != 0 and connector_id not in station.evses:
        return Reply({"status": "Rejected"})
    unit = payload.get("chargingRateUnit", "A")
    transaction = station.evses[connector_id].transaction if connector_id else None
    at = clock.now()
    periods = station.profiles.composite(
        connector_id,
        at=at,
        duration_s=duration_s,
        unit=unit,
        session_started_at=transaction.started_at if transaction else None,
        default=station.spec.outlet.max_power_w if unit == "W" else round(station.spec.outlet.max_current_a, 1),
    )
    return Reply(
        {
            "status": "Accepted",
            "connectorId": connector_id,
            "scheduleStart": clock.stamp(at),
            "chargingSchedule": {
                "duration": duration_s,
                "chargingRateUnit": unit,
                "chargingSchedulePeriod": [{"startPeriod": start_s, "limit": limit} for start_s, limit in periods],
            },
        }
    )
