"""The sheet “Charging limits”: profiles in the charger, limits of other systems, what it says it will allow."""

from datetime import timedelta
from decimal import Decimal

from django.db.models import Q
from django.http import JsonResponse
from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action
from apps.chargers.choices import OcppVersion
from apps.chargers.messages.charging_profiles import ChargingSchedule, ChargingSchedulePeriod
from apps.chargers.models import ChargingStation
from apps.energy.choices import Kind, ProfileState, Purpose
from apps.energy.engine.composite import composite
from apps.energy.models import CompositeScheduleReading, InstalledProfile
from apps.energy.selectors.station_state import load_state
from apps.portal.kit.parts import ActionButton
from apps.portal.kit.views import DetailView, Panel, PortalView
from apps.portal.stations.head import STATIONS, head_context
from apps.portal.stations.rights import rights_on, why_not_command
from apps.sessions.models import ChargingSession, MeterRollup

SHOWN = 50
AHEAD_S = 24 * 3600
BEHIND = timedelta(hours=2)
OCPP16 = "ocpp1.6"
OLDER = "Only chargers with OCPP 2.1 can do this."
NO_DYNAMIC = "The charger holds no dynamic profile; one comes by the API or a raw call (kind “Dynamic”)."
NOBODY_CHARGES = "Nobody charges here now."
NOT_IN_16 = "Chargers with OCPP 1.6 cannot tell which profiles they hold."


def schedule_words(schedule: ChargingSchedule, *, most: int = 4) -> str:
    """``16 A, after 1 h 10 A``."""
    found = [
        (f"after {_duration(period.start_s)} " if period.start_s else "") + _period_words(period, schedule.unit)
        for period in schedule.periods[:most]
    ]
    more = len(schedule.periods) - most
    return ", ".join(found) + (f" and {more} more" if more > 0 else "")


def load_profiles(request, station: ChargingStation) -> dict:
    """What is in force first, then what was, the newest first."""
    rows = list(station.charging_profiles.order_by("-created_at", "-pk")[:SHOWN])
    held = list(station.charging_profiles.open().order_by("evse_number", "-stack_level", "-pk"))
    reason = why_not_command(station, rights_on(request.user, station))
    past = [row for row in rows if row.pk not in {one.pk for one in held}][:10]
    return {
        "held": [_shown(row, reason) for row in held],
        "past": [_shown(row, reason) for row in past],
        "buttons": _buttons(station, reason),
    }


def load_external(request, station: ChargingStation) -> dict:
    recent = timezone.now() - timedelta(days=7)
    rows = station.charging_limits.filter(Q(cleared_at=None) | Q(cleared_at__gte=recent)).order_by("-started_at")
    return {"rows": [(row, "; ".join(schedule_words(s) for s in row.parsed_schedules)) for row in rows[:SHOWN]]}


def load_composite(request, station: ChargingStation) -> dict:
    evse = chosen_evse(request, station)
    reading = latest_reading(station, evse)
    return {
        "evse": evse,
        "evses": [(0, "Whole station"), *((number, f"EVSE {number}") for number in _numbers(station))],
        "reading": reading,
        "allows_more": reading is not None and any(_is_more(*found[2:]) for found in reading.differences),
        "address": f"{reverse('portal:station-limits-chart', args=[station.pk])}?evse={evse}",
        "read": ActionButton(
            "Ask the charger",
            f"{reverse('portal:station-limits-ask', args=[station.pk])}?evse={evse}",
            icon="refresh",
            reason=why_not_command(station, rights_on(request.user, station)),
            in_dialog=True,
        ),
    }


def chosen_evse(request, station: ChargingStation) -> int:
    """``?evse=``, by default the first there is."""
    numbers = _numbers(station)
    text = request.GET.get("evse", "")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else -1
    return number if number in (0, *numbers) else (numbers[0] if numbers else 0)


def latest_reading(station: ChargingStation, evse: int) -> CompositeScheduleReading | None:
    return station.composite_schedules.filter(evse_number=evse).order_by("-read_at").first()


def limits_chart(station: ChargingStation, evse: int) -> dict:
    """Ours and the charger's in kW over the next day, and the power measured of late, as ``chart.js`` reads it."""
    now = timezone.now().replace(microsecond=0)
    ours = [
        (now + timedelta(seconds=stretch.start_s), stretch.limit)
        for stretch in composite(load_state(station.pk), evse=evse, at=now, duration_s=AHEAD_S, unit="W")
    ]
    theirs = _told(latest_reading(station, evse), station, evse)
    measured = _measured(station, evse, now)
    end = now + timedelta(seconds=AHEAD_S)
    changes = {at for series in (ours, theirs) for at, _ in series}
    held = {at - timedelta(seconds=1) for at in changes if at > min(changes)}  # a value lasts until the next one
    moments = sorted(changes | held | {at for at, _ in measured} | {end})
    series = [
        _series("Limit as computed", "blue", [_at(ours, at) for at in moments], stepped=True),
        _series("Limit the charger told", "orange", [_at(theirs, at) for at in moments], stepped=True, dashed=True),
        _series("Measured", "green", [dict(measured).get(at) for at in moments]),
    ]
    shown = [one for one in series if any(value is not None for value in one["values"])]
    return {"times": [at.timestamp() for at in moments], "zone": station.site.time_zone, "series": shown}


class StationLimits(DetailView):
    action = Action.STATION_VIEW
    queryset = STATIONS
    template_name = "portal/stations/limits.html"

    panels = (
        Panel(
            "profiles", "Profiles in the charger", template="portal/stations/limits_profiles.html", load=load_profiles,
            live=lambda station: f"station:{station.pk}", flush=True, icon="adjustments",
        ),
        Panel(
            "composite", "What it will allow", template="portal/stations/limits_composite.html", load=load_composite,
            icon="chart-line",
        ),
        Panel(
            "external", "Limits by other systems", template="portal/stations/limits_external.html", load=load_external,
            live=lambda station: f"station:{station.pk}", flush=True, icon="building",
        ),
    )  # fmt: skip

    def extra_context(self, station):
        return head_context(self.request.user, station, sheet="limits")


class LimitsChart(PortalView):
    """What the chart of the sheet draws."""

    action = Action.STATION_VIEW
    queryset = STATIONS

    def get(self, request, pk: int):
        station = self.get_row(pk=pk)
        return JsonResponse(limits_chart(station, chosen_evse(request, station)))


def _buttons(station: ChargingStation, reason: str) -> list[ActionButton]:
    def button(label: str, name: str, icon: str, why: str = "", **looks) -> ActionButton:
        url = reverse(f"portal:station-limits-{name}", args=[station.pk])
        return ActionButton(label, url, icon=icon, reason=reason or why, in_dialog=True, **looks)

    return [
        button("Set a limit", "set", "plus", style="primary"),
        button("Expert", "expert", "adjustments"),
        button("Read back", "read", "refresh", NOT_IN_16 if station.protocol == OCPP16 else ""),
        button("Clear", "clear", "trash"),
        button("New dynamic limit", "dynamic", "bolt", _why_not_dynamic(station)),
        button("Priority of a session", "priority", "star", _why_no_priority(station)),
    ]


def _why_not_dynamic(station: ChargingStation) -> str:
    if station.protocol != OcppVersion.OCPP21:
        return OLDER
    return "" if dynamic_profiles(station).exists() else NO_DYNAMIC


def _why_no_priority(station: ChargingStation) -> str:
    if station.protocol != OcppVersion.OCPP21:
        return OLDER
    return "" if ChargingSession.objects.open().filter(station=station).exists() else NOBODY_CHARGES


def dynamic_profiles(station: ChargingStation):
    """Those in force whose limit is set anew while they run."""
    return station.charging_profiles.in_force().filter(kind=Kind.DYNAMIC).order_by("evse_number", "profile_id")


def _shown(row: InstalledProfile, reason: str) -> dict:
    profile = row.profile
    clear = reverse("portal:station-limits-clear", args=[row.station_id])
    return {
        "row": row,
        "state": ProfileState(row.state),
        "where": f"EVSE {row.evse_number}" if row.evse_number else "Whole station",
        "purpose": Purpose(row.purpose).label if row.purpose in Purpose.values else row.purpose,
        "kind": Kind(row.kind).label if row.kind in Kind.values else row.kind,
        "limits": schedule_words(profile.schedule),
        "clear": ActionButton("Clear", f"{clear}?profile={row.profile_id}", reason=reason, in_dialog=True),
    }


def _told(reading: CompositeScheduleReading | None, station: ChargingStation, evse: int) -> list[tuple]:
    if reading is None or reading.theirs is None:
        return []
    known = station.evses.filter(number=evse).first()
    factor = (
        Decimal(1)
        if reading.unit == "W"
        else Decimal(230) * (1 if known and known.is_dc else known.phases if known else 3)
    )
    told = [
        (reading.starts_at + timedelta(seconds=start_s), None if limit is None else Decimal(limit) * factor)
        for start_s, limit in reading.theirs
    ]
    return [*told, (reading.starts_at + timedelta(seconds=reading.duration_s), None)]


def _measured(station: ChargingStation, evse: int, now) -> list[tuple]:
    rows = MeterRollup.objects.filter(
        resolution_s=60, station_id=station.pk, evse_number=evse, start_at__gte=now - BEHIND, start_at__lte=now
    )
    return list(rows.order_by("start_at").values_list("start_at", "power_avg_w"))


def _at(stretches: list[tuple], at):
    begun = [limit for start, limit in stretches if start <= at]
    return begun[-1] if begun else None


def _series(label: str, colour: str, values: list, **looks) -> dict:
    kilowatts = [None if value is None else float(value) / 1000 for value in values]
    return {"label": label, "unit": "kW", "values": kilowatts, "colour": colour, "digits": 1, **looks}


def _numbers(station: ChargingStation) -> list[int]:
    return list(station.evses.order_by("number").values_list("number", flat=True))


def _is_more(ours: str | None, theirs: str | None) -> bool:
    return ours is not None and (theirs is None or Decimal(theirs) > Decimal(ours))


def _period_words(period: ChargingSchedulePeriod, unit: str) -> str:
    """``7 kW``; with a mode of 2.1 ``7 kW, follows −5 kW, gives back up to 6 kW (CentralSetpoint)``."""
    words = [] if period.limit is None and period.has_mode else [_limit(period.limit, unit)]
    if period.setpoint is not None:
        words.append(f"follows {_limit(period.setpoint, unit)}".replace("-", "−"))
    if period.discharge_limit is not None:
        words.append(f"gives back up to {_limit(-period.discharge_limit, unit)}")
    said = ", ".join(words)
    return f"{said} ({period.operation_mode})".lstrip() if period.operation_mode else said


def _limit(limit: Decimal | None, unit: str) -> str:
    if limit is None:
        return "no limit"
    return f"{(limit / 1000).normalize():f} kW" if unit == "W" else f"{limit.normalize():f} A"


def _duration(seconds: int) -> str:
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours} h {minutes:02} min" if hours and minutes else f"{hours} h" if hours else f"{minutes} min"
