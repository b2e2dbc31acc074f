"""Monitors, monitored events, alarms, and the faults that stations tell by events alone."""

import pytest

from apps.chargers.facts import Lesson
from apps.chargers.messages.events import EventsNotified, MonitoredEvent, StatusNotified
from apps.chargers.messages.events.core import ConnectorStatus
from apps.chargers.messages.events.device_model import MonitoringReportNotified, MonitorReport
from apps.chargers.messages.lessons import MonitorsChanged, ReportPromised
from apps.chargers.messages.replies import Reply
from apps.chargers.models import Connector, DeviceVariable, StationAlarm, StationNotice, VariableMonitor
from apps.chargers.services import monitored_events
from apps.chargers.services.device_model import record_events, record_monitoring_reports
from apps.chargers.services.monitors import learn_monitors
from apps.chargers.services.reports import learn_promised_reports
from apps.chargers.services.status import record_statuses
from apps.core.models import OutboxEvent
from tests.factories.chargers import NOON, CommandFactory, OnlineStationFactory, context_of, fact_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def station():
    return OnlineStationFactory(protocol="ocpp2.0.1")


def told(station, number, *, component="Connector", variable="Problem", value="true", evse=1, connector=1, **more):
    event = MonitoredEvent(
        number, NOON, more.pop("trigger", "Alerting"), component, variable, value, evse_id=evse, connector_id=connector,
        **more,
    )  # fmt: skip
    return record_events([fact_of(station, EventsNotified(NOON, 0, False, (event,)))])


def state(station, evse=1):
    station.refresh_from_db()
    return Connector.objects.get(evse__station=station, evse__number=evse).status, station.status


def monitor(station, number, severity):
    learnt = MonitorsChanged(
        monitors=(MonitorReport(number, "EVSE", "Power", "UpperThreshold", 5.0, severity, evse_id=1),)
    )
    learn_monitors([Lesson(context_of(station), learnt, 1, NOON)])


def names():
    return list(
        OutboxEvent.objects.filter(name__startswith="station.alarm").order_by("id").values_list("name", flat=True)
    )


def test_a_problem_told_only_by_an_event_is_a_fault_until_it_is_over(station):
    assert told(station, 1, tech_code="E7", tech_info="door open") == [Reply()]
    assert state(station) == ("Faulted", "faulted")
    assert Connector.objects.get(evse__station=station, evse__number=1).error_code == "E7"

    told(station, 2, value="false", trigger="Delta")
    assert state(station) == ("Available", "available")
    assert StationAlarm.objects.get().cleared_at == NOON
    assert names() == ["station.alarm", "station.alarm_cleared"]


def test_the_state_before_the_fault_comes_back(station):
    record_statuses([fact_of(station, StatusNotified(1, 1, ConnectorStatus.OCCUPIED, NOON))])
    told(station, 1)
    told(station, 2, value="true", cleared=True)
    assert state(station) == ("Occupied", "occupied")


def test_a_fault_that_the_station_reports_by_status_too_is_its_own_to_take_back(station):
    record_statuses([fact_of(station, StatusNotified(1, 1, ConnectorStatus.FAULTED, NOON, "InternalError"))])
    told(station, 1)
    told(station, 2, value="false")
    assert state(station) == ("Faulted", "faulted")


def test_a_problem_of_the_whole_station_faults_it(station):
    told(station, 1, component="ChargingStation", evse=None, connector=None)
    assert state(station) == ("Available", "faulted")
    told(station, 2, component="ChargingStation", evse=None, connector=None, value="false")
    assert state(station) == ("Available", "available")


def test_availability_told_by_an_event_counts_as_a_status(station):
    told(station, 1, variable="AvailabilityState", value="Faulted")
    assert state(station)[0] == "Faulted"
    told(station, 2, variable="AvailabilityState", value="Occupied", trigger="Delta")
    assert state(station)[0] == "Occupied"
    assert not StationAlarm.objects.open().exists()


def test_the_lock_of_a_plug_is_an_alarm_and_no_fault(station):
    told(station, 1, component="ConnectorPlugRetentionLock")
    assert StationAlarm.objects.open().count() == 1
    assert state(station) == ("Available", "available")


@pytest.mark.parametrize(("severity", "alarms"), [(0, 1), (3, 1), (4, 0)])
def test_the_severity_of_the_monitor_decides_what_is_an_alarm(station, severity, alarms):
    monitor(station, 12, severity)
    told(station, 1, component="EVSE", variable="Power", value="9000", connector=None, monitor_id=12)
    assert StationAlarm.objects.open().count() == alarms


def test_a_severity_in_the_event_itself_counts(station):
    told(station, 1, component="EVSE", variable="Temperature", value="95", connector=None, severity=1)
    assert StationAlarm.objects.get().severity == 1


def test_a_repeated_event_raises_nothing_twice(station):
    told(station, 1)
    told(station, 2, value="false")
    told(station, 1)
    assert (StationNotice.objects.count(), names()) == (2, ["station.alarm", "station.alarm_cleared"])
    assert state(station)[0] == "Available"


def test_an_event_teaches_the_value_and_an_empty_one_does_not(station):
    told(station, 1, component="EVSE", variable="Power", value="9000", connector=None, trigger="Periodic")
    told(station, 2, component="EVSE", variable="Power", value="", connector=None, trigger="Periodic")
    assert DeviceVariable.objects.get(variable="Power").value == "9000"
    assert StationNotice.objects.count() == 2


def test_an_event_says_where_its_monitor_comes_from(station):
    monitor(station, 12, 5)
    assert VariableMonitor.objects.get().origin == "CustomMonitor"
    told(station, 1, variable="Power", monitor_id=12, notification_type="HardWiredMonitor", trigger="Periodic")
    assert VariableMonitor.objects.get().origin == "HardWiredMonitor"


def test_a_cleared_monitor_is_forgotten(station):
    monitor(station, 12, 5)
    learn_monitors([Lesson(context_of(station), MonitorsChanged(cleared=(12, 13)), 1, NOON)])
    assert not VariableMonitor.objects.exists()


def part(station, seq_no, *, last, numbers):
    monitors = tuple(MonitorReport(n, "EVSE", "Power", "Delta", 1.0, 5, evse_id=1) for n in numbers)
    event = MonitoringReportNotified(8, seq_no, NOON, not last, monitors)
    record_monitoring_reports([fact_of(station, event)])


def test_a_whole_monitoring_report_takes_away_what_it_does_not_name(station):
    monitor(station, 99, 5)
    VariableMonitor.objects.update(updated_at=NOON.replace(hour=1))
    command = CommandFactory(
        station=station, name="GetMonitoringReport", state="accepted", sent_at=NOON, awaits="report.completed",
        correlation="8",
    )  # fmt: skip
    learn_promised_reports([Lesson(context_of(station), ReportPromised(8, "monitors", "All"), command.pk, NOON)])

    part(station, 1, last=True, numbers=(3,))
    assert VariableMonitor.objects.count() == 2
    part(station, 0, last=False, numbers=(1, 2))

    assert sorted(VariableMonitor.objects.values_list("monitor_id", flat=True)) == [1, 2, 3]
    command.refresh_from_db()
    assert command.state == "confirmed"


def test_a_station_has_only_so_many_alarms_and_goes_on_when_some_are_over(station, monkeypatch):
    monkeypatch.setattr(monitored_events, "MOST_OPEN_ALARMS", 2)
    for number in range(4):
        told(station, number, component="Fan", variable=f"Broken{number}", severity=1)
    assert set(StationAlarm.objects.values_list("variable", flat=True)) == {"Broken0", "Broken1"}
    told(station, 10, component="Fan", variable="Broken0", severity=1, cleared=True)
    told(station, 11, component="Fan", variable="Broken3", severity=1)
    assert set(StationAlarm.objects.open().values_list("variable", flat=True)) == {"Broken1", "Broken3"}


def test_of_one_message_only_so_many_events_raise_alarms_and_all_are_kept(station, monkeypatch):
    monkeypatch.setattr(monitored_events, "MOST_FOLLOWED", 3)
    many = tuple(
        MonitoredEvent(number, NOON, "Alerting", "Fan", f"Broken{number}", "true", severity=1) for number in range(5)
    )
    record_events([fact_of(station, EventsNotified(NOON, 0, False, many))])
    assert (StationAlarm.objects.count(), StationNotice.objects.filter(kind="event").count()) == (3, 5)
