"""Smart charging of 2.x: profiles and answers in its words, reports, and cars that speak ISO 15118."""

from apps.gateway.simulator import clock, smart_charging
from apps.gateway.simulator.delivery import Message
from apps.gateway.simulator.dialect import Handler, Reply
from apps.gateway.simulator.evse import Evse
from apps.gateway.simulator.profiles import Profile
from apps.gateway.simulator.station import Station

PROFILES_PER_REPORT = 2


def profile(evse: int, data: dict) -> Profile:
    """A `chargingProfile` object in neutral form."""
    return smart_charging.read_profile(evse, data, number="id")


def set_charging_profile(station: Station, payload: dict) -> Reply:
    """After a profile of its session, a car that speaks ISO 15118 says what it is going to draw (K15, K16)."""
    new = profile(payload["evseId"], payload["chargingProfile"])
    if refused := smart_charging.take(station, new, names_transaction=True):
        return Reply({"status": "Rejected", "statusInfo": {"reasonCode": refused}})
    evse = station.evses.get(new.evse)
    if new.purpose != "TxProfile" or evse is None or evse.car is None or not evse.car.speaks_15118:
        return Reply({"status": "Accepted"})
    return Reply({"status": "Accepted"}, lambda: station.notify(ev_schedule(station, evse, new)))


def clear_charging_profile(station: Station, payload: dict) -> Reply:
    criteria = payload.get("chargingProfileCriteria", {})
    status = smart_charging.clear(
        station,
        profile_id=payload.get("chargingProfileId"),
        evse=criteria.get("evseId"),
        purpose=criteria.get("chargingProfilePurpose"),
        stack_level=criteria.get("stackLevel"),
    )
    return Reply({"status": status})


def get_composite_schedule(station: Station, payload: dict) -> Reply:
    evse_id, duration_s = payload["evseId"], payload["duration"]
    unit = payload.get("chargingRateUnit", "A")
    periods = smart_charging.composite(station, evse_id, duration_s, unit)
    if periods is None:
        return Reply({"status": "Rejected"})
    schedule = {
        "evseId": evse_id,
        "duration": duration_s,
        "scheduleStart": clock.stamp(clock.now()),
        "chargingRateUnit": unit,
        "chargingSchedulePeriod": periods,
    }
    return Reply({"status": "Accepted", "schedule": schedule})


def get_charging_profiles(station: Station, payload: dict) -> Reply:
    """Reported by EVSE, at most `PROFILES_PER_REPORT` in a part."""
    criteria = payload["chargingProfile"]
    wanted = criteria.get("chargingProfileId")
    found = [
        one
        for one in station.profiles.profiles
        if payload.get("evseId") in (None, one.evse)
        and criteria.get("chargingProfilePurpose") in (None, one.purpose)
        and criteria.get("stackLevel") in (None, one.stack_level)
        and (wanted is None or one.id in wanted)
        and "CSO" in criteria.get("chargingLimitSource", ["CSO"])
    ]
    if not found:
        return Reply({"status": "NoProfiles"})
    return Reply({"status": "Accepted"}, lambda: station.notify(*_reports(payload["requestId"], found)))


def _reports(request_id: int, profiles: list[Profile]) -> list[Message]:
    parts: list[tuple[int, list[dict]]] = []
    for one in sorted(profiles, key=lambda one: (one.evse, one.id)):
        if not parts or parts[-1][0] != one.evse or len(parts[-1][1]) == PROFILES_PER_REPORT:
            parts.append((one.evse, []))
        parts[-1][1].append(one.wire or {})
    return [
        Message(
            "ReportChargingProfiles",
            {
                "requestId": request_id,
                "chargingLimitSource": "CSO",
                "evseId": evse,
                "chargingProfile": held,
                "tbc": index < len(parts) - 1,
            },
        )
        for index, (evse, held) in enumerate(parts)
    ]


def needs(station: Station, evse: Evse) -> list[Message]:
    """What a car that speaks ISO 15118 asks for at the beginning of its session."""
    car, outlet = evse.car, station.spec.outlet
    if car is None or not car.speaks_15118:
        return []
    energy_wh = round(car.battery_wh * max(car.target_percent - car.soc_percent, 0) / 100)
    if outlet.is_dc:
        parameters = {
            "dcChargingParameters": {
                "evMaxCurrent": 400, "evMaxVoltage": 800, "energyAmount": energy_wh, "evMaxPower": round(car.max_dc_w),
                "stateOfCharge": round(car.soc_percent),
            }
        }  # fmt: skip
        transfer = "DC"
    else:
        parameters = {
            "acChargingParameters": {
                "energyAmount": energy_wh, "evMinCurrent": 6, "evMaxCurrent": round(car.max_ac_current_a),
                "evMaxVoltage": 400,
            }
        }  # fmt: skip
        transfer = "AC_single_phase" if min(car.ac_phases, outlet.phases) == 1 else "AC_three_phase"
    wish = {"requestedEnergyTransfer": transfer, **parameters}
    return [Message("NotifyEVChargingNeeds", {"evseId": evse.number, "maxScheduleTuples": 3, "chargingNeeds": wish})]


def ev_schedule(station: Station, evse: Evse, given: Profile) -> Message:
    """The car goes along with what it is given, as far as it can."""
    ceiling = evse.car.max_ac_current_a if given.unit == "A" and evse.car else None
    schedule = {
        "id": 1,
        "chargingRateUnit": given.unit,
        "duration": given.duration_s or 86_400,
        "chargingSchedulePeriod": [
            {"startPeriod": start_s, "limit": limit if ceiling is None else min(limit, ceiling)}
            for start_s, limit, _ in given.periods
        ],
    }
    payload = {"evseId": evse.number, "timeBase": station.now(), "chargingSchedule": schedule}
    return Message("NotifyEVChargingSchedule", payload)


HANDLERS: dict[str, Handler] = {
    "ClearChargingProfile": clear_charging_profile,
    "GetChargingProfiles": get_charging_profiles,
    "GetCompositeSchedule": get_composite_schedule,
    "SetChargingProfile": set_charging_profile,
}
