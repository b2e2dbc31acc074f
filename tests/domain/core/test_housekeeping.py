"""Tables that grow get their months in time and lose what is too old."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection

from apps.chargers.models import PeriodicEventValue
from apps.core.db.housekeeping import ensure_partitions, retire_old_rows
from apps.core.db.partitions import ensure_month, month_start
from apps.core.ids import first_id_at
from apps.gateway.models import JournalEntry
from apps.sessions.models import MeterValue

pytestmark = pytest.mark.django_db
NOW = datetime(2031, 3, 15, 12, tzinfo=UTC)


def entry(at: datetime) -> JournalEntry:
    return JournalEntry.objects.create(id=first_id_at(at), at=at, is_inbound=True, kind="call", payload="[]")


def partitions(model) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass", [model._meta.db_table]
        )
        return {name for (name,) in cursor.fetchall()}


def test_the_journal_forgets_what_is_older_than_it_is_kept_for():
    ensure_month(JournalEntry, NOW)
    kept = entry(NOW - timedelta(days=1))
    entry(NOW - timedelta(days=settings.OCPP_JOURNAL_DAYS + 40))
    assert retire_old_rows(NOW) >= 0
    assert list(JournalEntry.objects.values_list("id", flat=True)) == [kept.id]


def test_meter_values_are_kept_for_ever():
    old = MeterValue.objects.create(station_id=1, evse_number=1, at=NOW - timedelta(days=3000), received_at=NOW)
    retire_old_rows(NOW)
    assert MeterValue.objects.filter(station_id=old.station_id, at=old.at).exists()


@pytest.mark.postgres
def test_this_month_and_the_next_two_have_a_partition_and_a_repeat_makes_none():
    kept = (JournalEntry, MeterValue, PeriodicEventValue)
    assert ensure_partitions(NOW) == 3 * len(kept)
    assert ensure_partitions(NOW) == 0
    for model in kept:
        assert {f"{model._meta.db_table}_2031_{month:02}" for month in (3, 4, 5)} <= partitions(model)


@pytest.mark.postgres
def test_a_new_database_has_the_months_around_now():
    now = datetime.now(UTC)
    wanted = {f"charging_sessions_metervalue_{month_start(now, months_later=n):%Y_%m}" for n in range(3)}
    assert wanted <= partitions(MeterValue)


@pytest.mark.postgres
def test_an_old_month_goes_as_a_whole():
    old = NOW - timedelta(days=settings.OCPP_JOURNAL_DAYS + 40)
    ensure_month(JournalEntry, old)
    entry(old)
    assert retire_old_rows(NOW) >= 1
    assert f"gateway_journalentry_{old:%Y_%m}" not in partitions(JournalEntry)
    assert not JournalEntry.objects.exists()


@pytest.mark.postgres
def test_a_month_with_rows_in_the_default_partition_stays_there():
    entry(NOW)
    assert ensure_month(JournalEntry, NOW) is False
    assert JournalEntry.objects.count() == 1
