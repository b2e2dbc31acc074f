"""The curve of a session: what the charts over time draw."""

from datetime import timedelta

from django.utils import timezone

from apps.sessions.models import ChargingSession, MeterRollup, MeterValue

MOST_POINTS = 1_500
_VALUES = ("at", "power_w", "soc_percent", "current_l1_a", "current_l2_a", "current_l3_a")
_ROLLUPS = ("start_at", "power_avg_w", "soc_last_percent", "current_max_a")


def session_curve(session: ChargingSession, *, second: str = "") -> dict:
    """Power over time, and on the second axis ``soc`` or ``current`` (default: what there is, the battery first).

    Raw values while they are kept and few enough to draw, otherwise the roll-ups. As ``static/js/chart.js`` reads it.
    """
    rows = _raw(session) or _rolled_up(session)
    times = [round(row[0].timestamp(), 3) for row in rows]
    second = second or ("soc" if any(row[2] is not None for row in rows) else "current")
    series = [_series("Power", "kW", [_kilo(row[1]) for row in rows], "blue", 1)]
    if second == "soc":
        series.append(_series("Battery", "%", [row[2] for row in rows], "green", 0))
    else:
        phases = max((len(row) - 3 for row in rows), default=0)
        for phase, colour in zip(range(phases), ("orange", "purple", "pink"), strict=False):
            values = [row[3 + phase] for row in rows]
            if any(value is not None for value in values):
                label = f"Current L{phase + 1}" if phases > 1 else "Current"
                series.append(_series(label, "A", values, colour, 1))
    return {"times": times, "zone": session.site.time_zone, "series": series}


def _raw(session: ChargingSession) -> list[tuple]:
    end = session.ended_at or timezone.now()
    rows = MeterValue.objects.filter(
        session_id=session.pk, at__gte=session.started_at - timedelta(days=1), at__lte=end + timedelta(days=1)
    )
    points = list(rows.order_by("at").values_list(*_VALUES)[: MOST_POINTS * 20])
    step = -(-len(points) // MOST_POINTS) or 1
    return points[::step] if step == 1 or not points else [*points[::step], points[-1]]


def _rolled_up(session: ChargingSession) -> list[tuple]:
    """Of the finest resolution that there is."""
    end = session.ended_at or timezone.now()
    rows = MeterRollup.objects.filter(
        station_id=session.station_id, evse_number=session.evse_number or 0, session_id=session.pk,
        start_at__gte=session.started_at - timedelta(minutes=15), start_at__lte=end,
    )  # fmt: skip
    for resolution_s in (60, 900):
        if points := list(rows.filter(resolution_s=resolution_s).order_by("start_at").values_list(*_ROLLUPS)):
            return points
    return []


def _series(label: str, unit: str, values: list, colour: str, digits: int) -> dict:
    return {"label": label, "unit": unit, "values": values, "colour": colour, "digits": digits}


def _kilo(power_w: int | None) -> float | None:
    return None if power_w is None else power_w / 1000
