"""Charging profiles in a station: precedence, replacement, schedules over time."""

from datetime import UTC, datetime, timedelta

from apps.gateway.simulator.profiles import Limit, Profile, ProfileStore

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def profile(**changes):
    values = {
        "id": 1,
        "evse": 1,
        "purpose": "TxDefaultProfile",
        "stack_level": 0,
        "kind": "Absolute",
        "unit": "A",
        "periods": ((0, 16.0, 3),),
        "start_at": NOON,
    }
    return Profile(**(values | changes))


def limit(*profiles, evse=1, at=NOON, session_started_at=None):
    store = ProfileStore()
    for item in profiles:
        store.install(item)
    return store.limit_at(evse, at, session_started_at)


def test_without_a_profile_nothing_is_limited():
    assert limit() == Limit(None, None)


def test_the_highest_stack_level_that_speaks_decides():
    low, high = profile(), profile(id=2, stack_level=3, periods=((0, 10.0, 3),), duration_s=60)
    assert limit(low, high) == Limit(current_a=10.0)
    assert limit(low, high, at=NOON + timedelta(seconds=60)) == Limit(current_a=16.0)


def test_a_transaction_profile_displaces_the_default_and_the_station_caps_both():
    tx = profile(id=2, purpose="TxProfile", periods=((0, 20.0, 3),))
    cap = profile(id=3, evse=0, purpose="ChargePointMaxProfile", periods=((0, 18.0, 3),))
    assert limit(profile(), tx) == Limit(current_a=20.0)
    assert limit(profile(), tx, cap) == Limit(current_a=18.0)


def test_watts_and_amperes_are_kept_apart():
    cap = profile(id=3, evse=0, purpose="ChargingStationMaxProfile", unit="W", periods=((0, 7000.0, None),))
    assert limit(profile(), cap) == Limit(power_w=7000.0, current_a=16.0)


def test_a_relative_profile_counts_from_the_start_of_the_session():
    relative = profile(kind="Relative", start_at=None, periods=((0, 16.0, 3), (600, 8.0, 3)))
    assert limit(relative, session_started_at=NOON - timedelta(seconds=599)) == Limit(current_a=16.0)
    assert limit(relative, session_started_at=NOON - timedelta(seconds=600)) == Limit(current_a=8.0)
    assert limit(relative) == Limit()


def test_a_daily_profile_returns_every_day():
    daily = profile(kind="Recurring", recurrency="Daily", periods=((0, 16.0, 3), (3600, 0.0, 3)))
    assert limit(daily, at=NOON + timedelta(days=9)) == Limit(current_a=16.0)
    assert limit(daily, at=NOON + timedelta(days=9, hours=2)) == Limit(current_a=0.0)


def test_the_same_id_or_the_same_place_is_replaced():
    store = ProfileStore()
    for item in (profile(), profile(periods=((0, 6.0, 3),)), profile(id=9, periods=((0, 7.0, 3),))):
        store.install(item)
    assert [(p.id, p.periods) for p in store.profiles] == [(9, ((0, 7.0, 3),))]
    assert store.clear(profile_id=1) == 0
    assert store.clear(purpose="TxDefaultProfile", evse=1) == 1


def test_the_composite_schedule_changes_where_the_limits_change():
    store = ProfileStore()
    store.install(profile(periods=((0, 16.0, 3), (300, 8.0, 3)), duration_s=600))
    schedule = store.composite(1, at=NOON, duration_s=900, unit="A", session_started_at=None, default=32.0)
    assert schedule == [(0, 16.0), (300, 8.0), (600, 32.0)]
