"""Instants as chargers write them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from apps.gateway.protocol.timestamps import format_timestamp, parse_timestamp, read_timestamp

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "instant", "deviation"),
    [
        ("2026-03-01T12:00:00Z", NOON, ""),
        ("2026-03-01T12:00:00.000Z", NOON, ""),
        ("2026-03-01T12:00:00.1Z", NOON + timedelta(milliseconds=100), ""),
        ("2026-03-01T12:00:00.123456789Z", NOON + timedelta(microseconds=123456), ""),
        ("2026-03-01T13:00:00+01:00", NOON, ""),
        ("2026-03-01T14:00:00+02", NOON, "timestamp-short-offset"),
        ("2026-03-01T14:00:00+0200", NOON, ""),
        ("2026-03-01T12:00:00", NOON, "timestamp-without-zone"),
        ("2026-03-01 12:00:00Z", NOON, ""),
        (" 2026-03-01t12:00:00z ", NOON, ""),
        ("1970-01-01T00:00:00Z", datetime(1970, 1, 1, tzinfo=UTC), ""),
        ("2099-01-01T00:00:00Z", datetime(2099, 1, 1, tzinfo=UTC), ""),
        ("0001-01-01T00:00:00Z", None, "timestamp-impossible"),
        ("0001-01-01T00:00:00+02:00", None, "timestamp-impossible"),
        ("9999-12-31T23:59:59-02:00", None, "timestamp-impossible"),
        ("", None, "timestamp-unreadable"),
        ("yesterday", None, "timestamp-unreadable"),
        ("2026-13-01T00:00:00Z", None, "timestamp-unreadable"),
        ("2026-03-01T12:00:00Z" + "0" * 1000, None, "timestamp-unreadable"),
    ],
)
def test_a_timestamp_is_read_as_it_is_meant(text, instant, deviation):
    assert parse_timestamp(text) == (instant, deviation)


def test_an_unreadable_or_missing_timestamp_becomes_the_instant_of_receipt():
    deviations: list[str] = []

    assert read_timestamp("soon", NOON, deviations) == NOON
    assert read_timestamp(None, NOON, deviations) == NOON
    assert deviations == ["timestamp-unreadable", "timestamp-missing"]


def test_we_write_utc_with_milliseconds_and_a_z():
    in_berlin = datetime(2026, 3, 1, 13, 0, 0, 123999, tzinfo=timezone(timedelta(hours=1)))

    assert format_timestamp(in_berlin) == "2026-03-01T12:00:00.123Z"
