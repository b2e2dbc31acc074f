"""Security events: stored, announced, and an alarm where a person should look (case 118: TC_077, TC_078)."""

from datetime import timedelta

import pytest

from apps.chargers.messages.events import StationNoticeReported
from apps.chargers.models import FailedHandshake, SecurityAlarm, StationNotice
from apps.chargers.selectors import ExceptionKind, exceptions_for
from apps.chargers.services.connections import Refusal, RefusalKind, record_refusals
from apps.chargers.services.connections.handshakes import FailedHandshakes, record_failed_handshakes
from apps.chargers.services.device_model import record_notices
from apps.chargers.services.security.alarms import acknowledge_alarms
from apps.core.models import AuditEntry, OutboxEvent
from tests.factories.chargers import NOON, StationFactory, fact_of

pytestmark = pytest.mark.django_db


def tell(station, kind: str, *, at=NOON, info=""):
    event = StationNoticeReported("security", kind, occurred_at=at, info=info)
    return record_notices([fact_of(station, event, at)])


def announced() -> list[tuple]:
    events = OutboxEvent.objects.filter(name="station.security_event").order_by("pk")
    return [(e.payload["type"], e.payload["is_critical"], e.payload["wants_attention"]) for e in events]


@pytest.mark.parametrize(
    ("kind", "is_critical", "wants_attention"),
    [
        ("TamperDetectionActivated", True, True),
        ("MemoryExhaustion", True, True),
        ("StartupOfTheDevice", True, False),
        ("InvalidChargePointCertificate", False, True),
        ("InvalidMessages", False, False),
        ("VendorSpecificThing", False, False),
    ],
)
def test_every_event_is_kept_and_announced_and_some_raise_an_alarm(kind, is_critical, wants_attention):
    station = StationFactory()
    tell(station, kind, info="said so")
    notice = StationNotice.objects.get()
    assert (notice.kind, notice.title, notice.details["info"]) == ("security", kind, "said so")
    assert announced() == [(kind, is_critical, wants_attention)]
    assert SecurityAlarm.objects.filter(type=kind).exists() is wants_attention


def test_an_open_alarm_counts_on_and_a_new_one_opens_after_somebody_looked(ada, harbour):
    station = StationFactory(site=harbour)
    for minute in range(3):
        tell(station, "TamperDetectionActivated", at=NOON + timedelta(minutes=minute))
    alarm = SecurityAlarm.objects.get()
    assert (alarm.count, alarm.first_at, alarm.last_at) == (3, NOON, NOON + timedelta(minutes=2))

    later = NOON + timedelta(hours=1)
    assert acknowledge_alarms(station=station, actor=ada, at=later) == 1
    assert acknowledge_alarms(station=station, actor=ada, at=later) == 0
    alarm.refresh_from_db()
    assert (alarm.acknowledged_at, alarm.acknowledged_by) == (later, ada)
    assert AuditEntry.objects.filter(action="station.security_acknowledged").count() == 1

    tell(station, "TamperDetectionActivated", at=later)
    assert list(SecurityAlarm.objects.order_by("pk").values_list("count", flat=True)) == [3, 1]


def test_alarms_wait_in_the_queue_of_exceptions_until_somebody_looked(ada, otto, harbour):
    station = StationFactory(site=harbour)
    tell(station, "TamperDetectionActivated", info="door open")
    tell(station, "InvalidTLSVersion")
    found = [item for item in exceptions_for(ada, at=NOON) if item.kind is ExceptionKind.SECURITY]
    assert [(item.subject, item.sentence) for item in found] == [
        (station, "InvalidTLSVersion; TamperDetectionActivated.")
    ]
    assert not [item for item in exceptions_for(otto, at=NOON) if item.kind is ExceptionKind.SECURITY]
    acknowledge_alarms(station=station, actor=ada, at=NOON)
    assert not [item for item in exceptions_for(ada, at=NOON) if item.kind is ExceptionKind.SECURITY]


def refuse(station, kind: RefusalKind, *, minute: int = 0, times: int = 1):
    at = NOON + timedelta(minutes=minute)
    refusal = Refusal(station.identity, at, "Security profile 2 asks for TLS.", remote_address="192.0.2.7", kind=kind)
    record_refusals([refusal] * times)


def test_refused_downgrades_are_one_event_within_ten_minutes_and_counted_by_the_alarm():
    station = StationFactory()
    refuse(station, RefusalKind.DOWNGRADE, times=3)
    refuse(station, RefusalKind.DOWNGRADE, minute=9)
    assert StationNotice.objects.filter(title="DowngradeRefused").count() == 1
    assert announced() == [("DowngradeRefused", False, True)]
    assert SecurityAlarm.objects.get().count == 4

    refuse(station, RefusalKind.DOWNGRADE, minute=11)
    assert StationNotice.objects.filter(title="DowngradeRefused").count() == 2


def test_other_refusals_and_strangers_raise_no_alarm():
    station = StationFactory()
    refuse(station, RefusalKind.OTHER)
    record_refusals([Refusal("NOBODY", NOON, "x", kind=RefusalKind.DOWNGRADE)])
    assert SecurityAlarm.objects.count() == 0
    assert announced() == []


def test_failed_handshakes_are_counted_and_forgotten_after_thirty_days():
    def fail(at, attempts):
        record_failed_handshakes([FailedHandshakes("192.0.2.7", "It hung up.", at, at, attempts)])

    fail(NOON, 2)
    fail(NOON + timedelta(minutes=1), 3)
    row = FailedHandshake.objects.get()
    assert (row.attempts, row.first_at, row.last_at) == (5, NOON, NOON + timedelta(minutes=1))

    later = NOON + timedelta(days=31)
    record_failed_handshakes([FailedHandshakes("192.0.2.8", "It hung up.", later, later, 1)])
    assert list(FailedHandshake.objects.values_list("remote_address", flat=True)) == ["192.0.2.8"]
