"""Smart charging as every version's station answers it: installing, clearing, the composite schedule."""

from apps.gateway.simulator import clock
from apps.gateway.simulator.evse import Evse
from apps.gateway.simulator.profiles import STATION_PURPOSES, Profile
from apps.gateway.simulator.station import Station


def read_profile(evse: int, data: dict, *, number: str) -> Profile:
    """A profile of the wire in neutral form. ``number`` names its id; of several schedules the first counts."""
    schedule = data["chargingSchedule"]
    schedule = schedule[0] if isinstance(schedule, list) else schedule
    return Profile(
        id=data[number],
        evse=evse,
        purpose=data["chargingProfilePurpose"],
        stack_level=data["stackLevel"],
        kind=data["chargingProfileKind"],
        unit=schedule["chargingRateUnit"],
        periods=tuple(
            (period["startPeriod"], period.get("limit", 0.0), period.get("numberPhases"))
            for period in schedule["chargingSchedulePeriod"]
        ),
        start_at=clock.parse(schedule["startSchedule"]) if "startSchedule" in schedule else None,
        duration_s=schedule.get("duration"),
        valid_from=clock.parse(data["validFrom"]) if "validFrom" in data else None,
        valid_to=clock.parse(data["validTo"]) if "validTo" in data else None,
        recurrency=data.get("recurrencyKind"),
        transaction_id=data.get("transactionId"),
        wire=data,
    )


def take(station: Station, new: Profile, *, names_transaction: bool) -> str:
    """Install a profile; ``""``, or why the station refuses it. ``names_transaction``: a session's must (2.x)."""
    evse = station.evses.get(new.evse)
    running = evse.transaction if evse else None
    if new.evse != 0 and evse is None:
        return "UnknownEvse"
    if new.purpose in STATION_PURPOSES and new.evse != 0:
        return "InvalidProfile"
    if new.purpose == "TxProfile" and (running is None or not _is_of(new, running.id, names_transaction)):
        return "TxNotFound"
    if reason := station.profiles.refusal(new):
        return reason
    if not station.profiles.ignores:
        station.profiles.install(new)
    return ""


def clear(station: Station, **criteria) -> str:
    """The status for having removed what meets the criteria."""
    return "Accepted" if station.profiles.clear(**criteria) else "Unknown"


def composite(station: Station, evse: int, duration_s: int, unit: str) -> list[dict] | None:
    """The periods of the composite schedule on the wire; ``None`` for an EVSE that does not exist."""
    if evse != 0 and evse not in station.evses:
        return None
    at = clock.now()
    if evse:
        periods = _of_evse(station, station.evses[evse], at, duration_s, unit)
    else:
        each = [_of_evse(station, one, at, duration_s, unit) for one in station.evses.values()]
        own = station.profiles.composite(
            0, at=at, duration_s=duration_s, unit=unit, session_started_at=None, default=float("inf"),
            purposes=STATION_PURPOSES, phases=station.spec.outlet.phases,
        )  # fmt: skip
        starts = sorted({start_s for schedule in (*each, own) for start_s, _ in schedule})
        periods = [(start_s, min(sum(_at(s, start_s) for s in each), _at(own, start_s))) for start_s in starts]
    return [{"startPeriod": start_s, "limit": round(limit, 1)} for start_s, limit in periods]


def _of_evse(station: Station, evse: Evse, at, duration_s: int, unit: str) -> list[tuple[int, float]]:
    outlet = station.spec.outlet
    return station.profiles.composite(
        evse.number,
        at=at,
        duration_s=duration_s,
        unit=unit,
        session_started_at=evse.transaction.started_at if evse.transaction else None,
        default=outlet.max_power_w if unit == "W" else round(outlet.max_current_a, 1),
        phases=1 if outlet.is_dc else outlet.phases,
    )


def _at(schedule: list[tuple[int, float]], second: int) -> float:
    return [limit for start_s, limit in schedule if start_s <= second][-1]


def _is_of(new: Profile, transaction_id: int | str | None, must_be_named: bool) -> bool:
    return new.transaction_id == transaction_id or (new.transaction_id is None and not must_be_named)
