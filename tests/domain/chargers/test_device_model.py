"""Reports in parts, monitored events, notices, vendors' own messages, deviations."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.chargers.facts import Lesson
from apps.chargers.messages.events import (
    DataTransferred,
    EventsNotified,
    MonitoredEvent,
    ReportNotified,
    StationNoticeReported,
    VariableReport,
)
from apps.chargers.messages.lessons import InventoryAnswered, ReportPromised
from apps.chargers.messages.replies import DataTransferReply, Reply
from apps.chargers.models import DeviceModelReport, DeviceVariable, StationDeviation, StationNotice, VariableChange
from apps.chargers.services.deviations import note_deviations
from apps.chargers.services.device_model import (
    record_data_transfers,
    record_events,
    record_notices,
    record_reports,
    store_variables,
)
from apps.chargers.services.reports import give_up_reports, learn_inventories, learn_promised_reports
from tests.factories.chargers import NOON, CommandFactory, StationFactory, context_of, fact_of

pytestmark = pytest.mark.django_db


def part(station, seq_no, *, last=False, names=("X",), request_id=9):
    variables = tuple(VariableReport("EVSE", name, str(seq_no), evse_id=1, unit="W") for name in names)
    event = ReportNotified(request_id, seq_no, NOON, not last, variables)
    return record_reports([fact_of(station, event, NOON + timedelta(seconds=min(seq_no, 59)))])


def test_a_report_is_complete_when_all_its_parts_are_there_in_any_order():
    station = StationFactory()
    asked = {"name": "GetBaseReport", "awaits": "report.completed", "correlation": "9"}
    command = CommandFactory(station=station, state="accepted", sent_at=NOON, **asked)

    assert part(station, 2, last=True, names=("A", "B")) == [Reply()]
    part(station, 0, names=("C",))
    assert DeviceModelReport.objects.get().completed_at is None
    part(station, 1, names=("D",))

    report = DeviceModelReport.objects.get()
    assert (report.parts, report.last_seq_no, report.variables_count) == ([0, 1, 2], 2, 4)
    assert report.completed_at == NOON + timedelta(seconds=1)
    assert set(DeviceVariable.objects.values_list("variable", flat=True)) == {"A", "B", "C", "D"}
    command.refresh_from_db()
    assert (command.state, command.explanation) == ("confirmed", "The report arrived in full.")


def test_a_part_that_comes_twice_counts_once():
    station = StationFactory()
    part(station, 0, names=("A", "B"))
    part(station, 0, names=("A", "B"))

    report = DeviceModelReport.objects.get()
    assert (report.parts, report.variables_count, report.completed_at) == ([0], 2, None)


def test_a_sequence_number_out_of_all_bounds_is_survived():
    station = StationFactory()
    part(station, 2**40, last=True)
    assert DeviceModelReport.objects.get().completed_at is None


def test_reports_of_two_stations_with_one_request_id_stay_apart():
    one, two = StationFactory(), StationFactory()
    part(one, 0, last=True)
    part(two, 1, last=True)

    assert DeviceModelReport.objects.get(station=one).completed_at is not None
    assert DeviceModelReport.objects.get(station=two).completed_at is None


def test_a_value_alone_keeps_the_description_and_a_secret_is_masked():
    station = StationFactory()
    described = VariableReport("Ctrlr", "Limit", "5", mutability="ReadWrite", unit="A", max_limit=32.0)
    store_variables(station=station, variables=[described], at=NOON)
    store_variables(
        station=station,
        variables=[
            VariableReport("Ctrlr", "Limit", "7"),
            VariableReport("ConfigurationKey", "AuthorizationKey", "0011223344556677"),
        ],
        at=NOON,
    )

    limit = DeviceVariable.objects.get(variable="Limit")
    assert (limit.value, limit.mutability, limit.unit, limit.max_limit) == ("7", "ReadWrite", "A", 32.0)
    assert DeviceVariable.objects.get(variable="AuthorizationKey").value == "•••"


def test_a_monitored_event_is_stored_once_however_often_it_is_sent():
    station = StationFactory()
    event = MonitoredEvent(4, NOON, "Alerting", "Connector", "PlugRetentionLock", "true", evse_id=1, tech_code="E4")
    fact = fact_of(station, EventsNotified(NOON, 0, False, (event,)))

    record_events([fact])
    assert record_events([fact]) == [Reply()]

    notice = StationNotice.objects.get()
    assert (notice.kind, notice.title, notice.event_id) == ("event", "Connector.PlugRetentionLock = true", 4)
    assert (notice.details["tech_code"], notice.details["evse_id"]) == ("E4", 1)


def test_notices_are_kept_with_the_chargers_own_words():
    station = StationFactory()
    event = StationNoticeReported("security", "InvalidFirmwareSignature", NOON, info="x\x00y", raw={"a": "\x00"})

    record_notices([fact_of(station, event)])

    notice = StationNotice.objects.get()
    assert (notice.kind, notice.title, notice.occurred_at) == ("security", "InvalidFirmwareSignature", NOON)
    assert notice.details["info"] == "x\ufffdy"


def test_a_vendors_own_message_is_kept_and_politely_not_understood():
    station = StationFactory()

    replies = record_data_transfers([fact_of(station, DataTransferred("com.acme", "hello", {"x": [1]}))])

    assert replies == [DataTransferReply(status="UnknownVendorId")]
    notice = StationNotice.objects.get()
    assert (notice.title, notice.details) == ("com.acme hello", {"data": {"x": [1]}})


def test_an_endless_vendor_message_is_cut():
    record_data_transfers([fact_of(StationFactory(), DataTransferred("v", "m", "x" * 100_000))])
    assert len(StationNotice.objects.get().details["cut"]) == 20_000


def test_deviations_are_counted_with_the_newest_example():
    station = StationFactory()
    note_deviations([(station.pk, "clock.ahead", "one"), (station.pk, "clock.ahead", "two", 3)], NOON)
    note_deviations([(station.pk, "clock.ahead", "three")], NOON + timedelta(hours=1))

    deviation = StationDeviation.objects.get()
    assert (deviation.count, deviation.example) == (5, "three")
    assert (deviation.first_at, deviation.last_at) == (NOON, NOON + timedelta(hours=1))


@pytest.mark.parametrize("how_many", [1, 50])
def test_storing_reports_costs_a_constant_number_of_statements(how_many):
    event = ReportNotified(1, 0, NOON, True, tuple(VariableReport("C", f"V{n}", "1") for n in range(20)))
    facts = [fact_of(StationFactory(), event) for _ in range(how_many)]

    with CaptureQueriesContext(connection) as asked:
        record_reports(facts)

    locks = 1 if connection.vendor == "postgresql" else 0
    assert len([q for q in asked if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]) == 9 + locks
    assert DeviceVariable.objects.count() == 20 * how_many


def promise(station, base, request_id=9, sent_at=NOON):
    command = CommandFactory(station=station, name="GetBaseReport", sent_at=sent_at)
    lesson = Lesson(context_of(station), ReportPromised(request_id, "variables", base), command.pk, sent_at)
    learn_promised_reports([lesson])


@pytest.mark.parametrize(("base", "left"), [("FullInventory", {"A", "B"}), ("SummaryInventory", {"A", "B", "Old"})])
def test_a_full_inventory_takes_away_what_it_does_not_name(base, left):
    station = StationFactory()
    old = NOON - timedelta(days=1)
    store_variables(station=station, variables=[VariableReport("EVSE", "Old", "1", evse_id=1)], at=old)
    promise(station, base)
    part(station, 1, last=True, names=("B",))
    assert DeviceVariable.objects.filter(variable="Old").exists()
    part(station, 0, names=("A",))
    assert set(DeviceVariable.objects.values_list("variable", flat=True)) == left


def test_a_number_used_again_begins_a_new_report():
    station = StationFactory()
    part(station, 0, last=True)
    promise(station, "FullInventory", sent_at=NOON + timedelta(hours=1))
    report = DeviceModelReport.objects.get()
    assert (report.completed_at, report.parts) == (None, [])


def test_a_report_whose_parts_stay_away_is_given_up_and_whole_when_they_come_after_all():
    station = StationFactory()
    part(station, 1, last=True)
    assert give_up_reports(NOON + timedelta(minutes=4)) == 0
    assert give_up_reports(NOON + timedelta(minutes=6)) == 1
    assert DeviceModelReport.objects.get().gave_up_at == NOON + timedelta(minutes=6)
    part(station, 0)
    report = DeviceModelReport.objects.get()
    assert (report.gave_up_at, report.completed_at) == (None, NOON)


def test_the_last_changes_of_a_variable_are_kept():
    station = StationFactory()
    for hour in range(30):
        at = NOON + timedelta(hours=hour)
        store_variables(station=station, variables=[VariableReport("C", "V", str(hour // 1))], at=at)
        store_variables(station=station, variables=[VariableReport("C", "V", str(hour // 1))], at=at)
    changes = list(VariableChange.objects.order_by("-at"))
    assert len(changes) == VariableChange.KEPT
    assert (changes[0].before, changes[0].after) == ("28", "29")


def test_keys_that_a_1_6_station_no_longer_names_have_gone():
    station = StationFactory()
    store_variables(station=station, variables=[VariableReport("ConfigurationKey", "Old", "1")], at=NOON)
    later = NOON + timedelta(minutes=1)
    store_variables(station=station, variables=[VariableReport("ConfigurationKey", "New", "1")], at=later)
    learn_inventories([Lesson(context_of(station), InventoryAnswered(), 1, later)])
    assert [row.variable for row in DeviceVariable.objects.all()] == ["New"]
