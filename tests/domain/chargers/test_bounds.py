"""What a station tells without end: kept up to a bound, acknowledged beyond it, and said on its page."""

from dataclasses import replace
from datetime import timedelta

import pytest

from apps.chargers.facts import Lesson
from apps.chargers.messages.display import DisplayContent, DisplayText
from apps.chargers.messages.events import ReportNotified, VariableReport
from apps.chargers.messages.events.der import DerControl, DerControlsReported
from apps.chargers.messages.events.device_model import MonitoringReportNotified, MonitorReport
from apps.chargers.messages.events.display import DisplayMessagesNotified
from apps.chargers.messages.events.streams import Stream, StreamClosed, StreamOpened, StreamsListed
from apps.chargers.messages.replies import Reply
from apps.chargers.models import (
    DerControl as DerRow,
)
from apps.chargers.models import (
    DerReport,
    DeviceModelReport,
    DeviceVariable,
    DisplayMessage,
    DisplayRead,
    PeriodicEventStream,
    StationDeviation,
    VariableMonitor,
)
from apps.chargers.services import der, display, monitors, reports, streams, variables
from apps.chargers.services.display import reports as display_reports
from apps.chargers.services.display import rows as display_rows
from tests.factories.chargers import NOON, OnlineStationFactory, context_of, fact_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def station(harbour):
    return OnlineStationFactory(site=harbour, protocol="ocpp2.1")


def bound_of(monkeypatch, module, most):
    monkeypatch.setattr(module, "BOUND", replace(module.BOUND, most=most))


def at(minute):
    return NOON + timedelta(minutes=minute)


def noted(station) -> dict[str, tuple[int, str]]:
    return {row.code: (row.count, row.example) for row in StationDeviation.objects.filter(station=station)}


def tell_variables(station, *values, request_id=1, component="EVSE"):
    told = tuple(VariableReport(component, name, value) for name, value in values)
    return reports.record_reports([fact_of(station, ReportNotified(request_id, 0, NOON, True, told))])


def test_variables_beyond_the_bound_are_left_out_and_known_ones_kept_up_to_date(station, monkeypatch):
    bound_of(monkeypatch, variables, 3)
    neighbour = OnlineStationFactory(site=station.site, protocol="ocpp2.1")
    assert tell_variables(station, ("A", "1"), ("B", "1")) == [Reply()]
    assert tell_variables(station, ("A", "2"), ("C", "2"), ("D", "2"), ("E", "2")) == [Reply()]
    tell_variables(neighbour, ("F", "1"))

    kept = DeviceVariable.objects.filter(station=station).order_by("variable")
    assert list(kept.values_list("variable", "value")) == [("A", "2"), ("B", "1"), ("C", "2")]
    assert noted(station) == {"too-many-variables": (2, "EVSE D Actual")}
    assert DeviceVariable.objects.filter(station=neighbour).count() == 1
    assert noted(neighbour) == {}


def test_a_report_that_is_left_out_whole_is_acknowledged_all_the_same(station, monkeypatch):
    bound_of(monkeypatch, variables, 0)
    assert tell_variables(station, ("A", "1")) == [Reply()]
    assert not DeviceVariable.objects.exists()
    assert DeviceModelReport.objects.get().variables_count == 1


def test_room_that_was_made_is_used_again(station, monkeypatch):
    bound_of(monkeypatch, variables, 1)
    tell_variables(station, ("A", "1"))
    variables.forget_variables_not_told_since(station.pk, at(1))
    tell_variables(station, ("B", "1"))
    assert DeviceVariable.objects.get().variable == "B"
    assert noted(station) == {}


def test_monitors_are_bounded(station, monkeypatch):
    bound_of(monkeypatch, monitors, 2)
    told = tuple(MonitorReport(number, "EVSE", "Power", type="UpperThreshold", value=1.0, severity=5)
                 for number in range(4))  # fmt: skip
    reports.record_monitoring_reports([fact_of(station, MonitoringReportNotified(1, 0, NOON, False, told))])
    assert set(VariableMonitor.objects.values_list("monitor_id", flat=True)) == {0, 1}
    assert noted(station) == {"too-many-monitors": (2, "2")}


def test_grid_controls_are_bounded_and_so_are_readings_of_them(station, monkeypatch):
    bound_of(monkeypatch, der, 2)
    monkeypatch.setattr(der, "MOST_REPORTS", 3)
    for minute in range(5):
        control = DerControl(f"c{minute}", "FreqDroop", {"minute": minute})
        fact = fact_of(station, DerControlsReported(minute, False, (control,)), at(minute))
        assert der.record_der_reports([fact]) == [Reply()]
    der.record_der_reports(
        [fact_of(station, DerControlsReported(9, False, (DerControl("c0", "FreqDroop", {}),)), at(9))]
    )
    kept = DerRow.objects.order_by("control_id")
    assert list(kept.values_list("control_id", "settings")) == [("c0", {}), ("c1", {"minute": 1})]
    assert noted(station) == {"too-many-der-controls": (3, "FreqDroop c4")}
    assert set(DerReport.objects.values_list("request_id", flat=True)) == {3, 4, 9}


def test_of_readings_of_the_device_model_the_newest_are_remembered(station, monkeypatch):
    monkeypatch.setattr(reports, "MOST_REPORTS", 2)
    for number in range(4):
        fact = fact_of(station, ReportNotified(number, 0, NOON, False, (VariableReport("A", "B", "1"),)), at(number))
        reports.record_reports([fact])
    assert set(DeviceModelReport.objects.values_list("request_id", flat=True)) == {2, 3}


def show(station, *numbers, request_id=1, more=False, minute=0):
    contents = tuple(DisplayContent(number, "NormalCycle", DisplayText("Hi", "UTF8", "en")) for number in numbers)
    event = DisplayMessagesNotified(request_id, more, contents)
    return display.record_display_messages([fact_of(station, event, at(minute))])


def test_messages_of_a_display_and_readings_of_it_are_bounded(station, monkeypatch):
    monkeypatch.setattr(display_rows, "MOST_INSTALLED", 2)
    monkeypatch.setattr(display_reports, "MOST_READS", 2)
    for request_id in range(4):
        assert show(station, request_id, request_id=request_id, minute=request_id) == [Reply()]
    show(station, 0, request_id=9, minute=9)
    shown = DisplayMessage.objects.filter(station=station).order_by("number")
    assert list(shown.values_list("number", "told_at")) == [(0, at(9)), (1, at(1))]
    assert noted(station) == {"too-many-display-messages": (2, "message 3")}
    assert set(DisplayRead.objects.values_list("request_id", flat=True)) == {3, 9}


def test_of_messages_that_are_shown_no_more_the_newest_are_remembered(station, monkeypatch):
    monkeypatch.setattr(display_rows, "MOST_ENDED", 2)
    for number in range(4):
        show(station, number, minute=number)
        DisplayMessage.objects.filter(number=number).update(state="cleared", ended_at=at(number))
    show(station, 9, minute=9)
    assert set(DisplayMessage.objects.values_list("number", flat=True)) == {2, 3, 9}


def test_streams_that_come_and_go_without_end_leave_the_newest(station, monkeypatch):
    monkeypatch.setattr(streams, "MOST_CLOSED_STREAMS", 2)
    for number in range(4):
        streams.open_streams([fact_of(station, StreamOpened(Stream(number, 1)), at(number))])
        streams.close_streams([fact_of(station, StreamClosed(number), at(number))])
    assert set(PeriodicEventStream.objects.values_list("stream_id", flat=True)) == {2, 3}
    assert noted(station) == {"too-many-closed-streams": (2, "")}


def test_of_a_list_of_streams_without_end_the_first_are_kept(station, monkeypatch):
    monkeypatch.setattr(streams, "MAX_OPEN_STREAMS", 2)
    listed = StreamsListed(tuple(Stream(number, 1) for number in range(4)))
    streams.learn_streams([Lesson(context_of(station), listed, 1, NOON)])
    assert set(PeriodicEventStream.objects.values_list("stream_id", flat=True)) == {0, 1}
    assert noted(station) == {"too-many-streams": (2, "stream 3")}
