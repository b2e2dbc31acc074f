"""What a monitored event means for people: an alarm, the end of one, a state, or nothing."""

from enum import Enum, auto

from apps.chargers.messages.events import MonitoredEvent

ALARMING_SEVERITY = 3
"""0 danger, 1 hardware failure, 2 system failure, 3 critical (OCPP 2.0.1 part 2, SetMonitoringDataType)."""
_PLACES = frozenset({"connector", "evse", "chargingstation"})
_FAULTED = "faulted"


class Verdict(Enum):
    """``STATE``: AvailabilityState told by an event, which also ends its alarm."""

    NOTHING = auto()
    ALARM = auto()
    OVER = auto()
    STATE = auto()


def judge(event: MonitoredEvent, severity: int | None) -> Verdict:
    """The meaning of ``event``; ``severity`` is its own, or its monitor's, or not known.

    A Problem that begins, or a place that becomes Faulted, is an alarm whatever its severity, and over when the
    variable says so, also without ``cleared``.
    """
    variable, value = event.variable.casefold(), event.actual_value.strip().casefold()
    if event.cleared:
        return Verdict.OVER
    if variable == "problem":
        return Verdict.ALARM if value == "true" else Verdict.OVER if value == "false" else Verdict.NOTHING
    if variable == "availabilitystate" and event.component.casefold() in _PLACES:
        return Verdict.ALARM if value == _FAULTED else Verdict.STATE
    alerts = event.trigger == "Alerting"
    return Verdict.ALARM if alerts and severity is not None and severity <= ALARMING_SEVERITY else Verdict.NOTHING
