"""NotifyEvent: what monitors, and stations by themselves, tell of their variables; alarms and faults that follow."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Count

from apps.chargers import events
from apps.chargers.choices import ConnectorState
from apps.chargers.engine.alarms import Verdict, judge
from apps.chargers.engine.clock import believed_instant
from apps.chargers.engine.text import clip
from apps.chargers.facts import Fact
from apps.chargers.messages.events import (
    ConnectorStatus,
    EventsNotified,
    MonitoredEvent,
    StatusNotified,
    VariableReport,
)
from apps.chargers.messages.replies import Reply
from apps.chargers.models import ChargingStation, Connector, StationAlarm, StationNotice, VariableMonitor
from apps.chargers.services.monitors import note_origins
from apps.chargers.services.notices import Notice, insert_notices, nudge_about
from apps.chargers.services.status import record_statuses
from apps.chargers.services.variables import store_variables_of_many
from apps.core import outbox

MOST_FOLLOWED = 100
"""Events of one station in one message that alarms and states follow, each with queries of its own; the others are
kept as notices all the same."""
MOST_OPEN_ALARMS = 500
"""Of one station; while as many are open, no further one is raised."""
_MAX_EVENT_ID = 2**63
_PLACES = frozenset({"connector", "evse", "chargingstation"})


@transaction.atomic(savepoint=False)
def record_events(facts: Sequence[Fact[EventsNotified]]) -> list[Reply]:
    """Keep monitored events, each once however often it is sent (by ``eventId`` and instant).

    They teach the variable's value. An event that alerts with a severity of 0 to 3, by the monitor it names or by its
    own word (2.1), is an alarm until it is cleared; a problem of the station, an EVSE or a connector makes the place
    Faulted until then. Source: OCPP 2.0.1 N07, G05.
    """
    fresh = _not_seen_before(facts)
    insert_notices([_notice(fact, event) for fact, event in fresh])
    store_variables_of_many(
        [
            (fact.station.station_id, _variable(event), fact.received_at)
            for fact, event in fresh
            if event.actual_value != ""
        ],
        keeps_history=False,
    )
    note_origins(
        (fact.station.station_id, event.monitor_id, event.notification_type)
        for fact, event in fresh
        if event.monitor_id is not None and event.notification_type
    )
    _follow(fresh)
    nudge_about(facts)
    return [Reply()] * len(facts)


Told = tuple[Fact[EventsNotified], MonitoredEvent]


def _not_seen_before(facts: Sequence[Fact[EventsNotified]]) -> list[Told]:
    told: dict[tuple, Told] = {}
    for fact in facts:
        for event in fact.event.events:
            told.setdefault((fact.station.station_id, event.event_id, _instant(fact, event)), (fact, event))
    stations = {key[0] for key in told}
    numbers = {key[1] for key in told if abs(key[1]) < _MAX_EVENT_ID}
    known = set(
        StationNotice.objects.filter(kind="event", station__in=stations, event_id__in=numbers).values_list(
            "station_id", "event_id", "occurred_at"
        )
    )
    return [item for key, item in told.items() if key not in known]


def _follow(told: Sequence[Told]) -> None:
    """Alarms and faults, in the order in which they were told."""
    noteworthy = [
        (fact, event)
        for fact, event in told
        if event.monitor_id is not None or event.severity is not None or judge(event, None) is not Verdict.NOTHING
    ]
    if not noteworthy:
        return
    severities = {
        (station, number): severity
        for station, number, severity in VariableMonitor.objects.filter(
            station__in={fact.station.station_id for fact, _ in noteworthy},
            monitor_id__in={event.monitor_id for _, event in noteworthy if event.monitor_id is not None},
        ).values_list("station_id", "monitor_id", "severity")
    }
    followed: Counter[int] = Counter()
    open_alarms = _open_alarms({fact.station.station_id for fact, _ in noteworthy})
    for fact, event in noteworthy:
        followed[fact.station.station_id] += 1
        if followed[fact.station.station_id] > MOST_FOLLOWED:
            continue
        severity = event.severity
        if severity is None and event.monitor_id is not None:
            severity = severities.get((fact.station.station_id, event.monitor_id))
        match judge(event, severity):
            case Verdict.ALARM if open_alarms[fact.station.station_id] < MOST_OPEN_ALARMS:
                open_alarms[fact.station.station_id] += _raise(fact, event, severity)
            case Verdict.OVER:
                _clear(fact, event)
            case Verdict.STATE:
                _report_state(fact, event)


def _open_alarms(station_ids: Iterable[int]) -> Counter[int]:
    """How many alarms are open, by station. One query."""
    rows = StationAlarm.objects.open().filter(station__in=list(station_ids)).order_by().values_list("station_id")
    return Counter(dict(rows.annotate(count=Count("pk"))))


def _raise(fact: Fact[EventsNotified], event: MonitoredEvent, severity: int | None) -> bool:
    """Whether it is a new alarm."""
    where = _where(fact, event)
    is_fault = _is_fault(event)
    alarm, is_new = StationAlarm.objects.get_or_create(
        **where,
        cleared_at=None,
        defaults={
            "monitor_id": event.monitor_id,
            "event_id": event.event_id,
            "severity": None if severity is None else min(max(severity, 0), 9),
            "value": clip(event.actual_value, 500),
            "tech_code": clip(event.tech_code, 50),
            "tech_info": clip(event.tech_info, 500),
            "transaction_id": clip(event.transaction_id or "", 36),
            "is_fault": is_fault,
            "status_before": _status_at(fact, event) if is_fault else "",
            "raised_at": _instant(fact, event),
        },
    )
    if not is_new:
        return False
    if is_fault and alarm.status_before != ConnectorState.FAULTED:
        _report(fact, event, ConnectorStatus.FAULTED)
    outbox.record(_announcement(events.STATION_ALARM, fact, alarm))
    return True


def _clear(fact: Fact[EventsNotified], event: MonitoredEvent) -> None:
    at = _instant(fact, event)
    for alarm in StationAlarm.objects.filter(**_where(fact, event), cleared_at=None):
        alarm.cleared_at = max(at, alarm.raised_at)
        alarm.save(update_fields=["cleared_at"])
        before = alarm.status_before
        is_ours = alarm.is_fault and before != ConnectorState.FAULTED  # else the station takes it back by itself
        if is_ours and _status_at(fact, event) == ConnectorState.FAULTED:
            told = event.actual_value if event.variable.casefold() == "availabilitystate" else ""
            _report(fact, event, _status(told) or _status(before) or ConnectorStatus.AVAILABLE)
        outbox.record(_announcement(events.STATION_ALARM_CLEARED, fact, alarm))


def _report_state(fact: Fact[EventsNotified], event: MonitoredEvent) -> None:
    """AvailabilityState told by NotifyEvent in place of a StatusNotification."""
    _clear(fact, event)
    status = _status(event.actual_value)
    if status is not None and status is not ConnectorStatus.FAULTED:
        _report(fact, event, status)


def _report(fact: Fact[EventsNotified], event: MonitoredEvent, status: ConnectorStatus) -> None:
    """As if each connector concerned, or the station as a whole, had sent a StatusNotification."""
    is_fault = status is ConnectorStatus.FAULTED
    for evse, connector in _places(fact, event):
        notified = StatusNotified(
            evse_id=evse,
            connector_id=connector,
            status=status,
            occurred_at=_instant(fact, event),
            error_code=(event.tech_code or event.variable) if is_fault else "",
            info=event.tech_info if is_fault else "",
        )
        record_statuses([Fact(fact.station, notified, fact.received_at)])


def _places(fact: Fact[EventsNotified], event: MonitoredEvent) -> list[tuple[int, int]]:
    if not event.evse_id or event.component.casefold() == "chargingstation":
        return [(0, 0)]
    if event.connector_id:
        return [(event.evse_id, event.connector_id)]
    found = Connector.objects.filter(evse__station=fact.station.station_id, evse__number=event.evse_id)
    return [(event.evse_id, number) for number in found.values_list("number", flat=True)] or [(event.evse_id, 1)]


def _status_at(fact: Fact[EventsNotified], event: MonitoredEvent) -> str:
    """What the first of the places concerned reports now."""
    evse, connector = _places(fact, event)[0]
    if evse == 0:
        return ChargingStation.objects.values_list("own_state", flat=True).get(pk=fact.station.station_id)
    found = Connector.objects.filter(
        evse__station=fact.station.station_id, evse__number=evse, number=connector
    ).values_list("status", flat=True)
    return found.first() or ""


def _is_fault(event: MonitoredEvent) -> bool:
    return event.component.casefold() in _PLACES and event.variable.casefold() in ("problem", "availabilitystate")


def _status(word: str) -> ConnectorStatus | None:
    return ConnectorStatus(word) if word in set(ConnectorStatus) else None


def _where(fact: Fact[EventsNotified], event: MonitoredEvent) -> dict:
    return {
        "station_id": fact.station.station_id,
        "component": clip(event.component, 50),
        "component_instance": clip(event.component_instance, 50),
        "evse_number": event.evse_id or 0,
        "connector_number": event.connector_id or 0,
        "variable": clip(event.variable, 50),
        "variable_instance": clip(event.variable_instance, 50),
    }


def _announcement(name: str, fact: Fact[EventsNotified], alarm: StationAlarm) -> outbox.Event:
    return outbox.Event(
        name,
        alarm.station_id,
        {
            "organisation_id": fact.station.organisation_id,
            "site_id": fact.station.site_id,
            "at": fact.received_at.isoformat(),
            "alarm_id": alarm.pk,
            "component": alarm.component,
            "variable": alarm.variable,
            "evse": alarm.evse_number,
            "connector": alarm.connector_number,
            "severity": alarm.severity,
            "value": alarm.value,
            "tech_code": alarm.tech_code,
            "tech_info": alarm.tech_info,
            "occurred_at": (alarm.cleared_at or alarm.raised_at).isoformat(),
        },
    )


def _variable(event: MonitoredEvent) -> VariableReport:
    return VariableReport(
        component=event.component,
        variable=event.variable,
        value=event.actual_value,
        component_instance=event.component_instance,
        variable_instance=event.variable_instance,
        evse_id=event.evse_id,
        connector_id=event.connector_id,
    )


def _notice(fact: Fact[EventsNotified], event: MonitoredEvent) -> Notice:
    problem = " (cleared)" if event.cleared else ""
    return Notice(
        fact.station.station_id,
        "event",
        f"{event.component}.{event.variable} = {event.actual_value}{problem}",
        _instant(fact, event),
        fact.received_at,
        event_id=event.event_id if abs(event.event_id) < _MAX_EVENT_ID else None,
        details={
            name: getattr(event, name)
            for name in MonitoredEvent.__slots__
            if name not in {"event_id", "occurred_at"} and getattr(event, name) not in (None, "")
        },
    )


def _instant(fact: Fact[EventsNotified], event: MonitoredEvent) -> datetime:
    return believed_instant(event.occurred_at, fact.received_at)
