"""The counters behind patience: failed sign-ins and frames per second."""

from apps.gateway.flood import TokenBucket
from apps.gateway.throttle import REMEMBERED_CALLERS, FailureThrottle


def test_the_limit_of_failures_blocks_until_the_minute_is_over():
    throttle = FailureThrottle(limit=3)
    for second in range(3):
        assert not throttle.is_blocked("CP", second)
        throttle.note_failure("CP", second)
    assert throttle.is_blocked("CP", 59.9)
    assert not throttle.is_blocked("CP", 60)
    assert not throttle.is_blocked("OTHER", 3)


def test_a_new_minute_counts_anew():
    throttle = FailureThrottle(limit=2)
    for second in (0, 59, 61):
        throttle.note_failure("CP", second)
    assert not throttle.is_blocked("CP", 62)


def test_signing_in_forgives():
    throttle = FailureThrottle(limit=1)
    throttle.note_failure("CP", 0)
    throttle.forget("CP")
    assert not throttle.is_blocked("CP", 1)


def test_the_memory_of_failures_is_bounded():
    throttle = FailureThrottle(limit=1)
    for number in range(REMEMBERED_CALLERS + 1):
        throttle.note_failure(f"CP{number}", 0)
    assert not throttle.is_blocked("CP0", 1)
    assert throttle.is_blocked("CP1", 1)


def test_a_bucket_gives_its_burst_at_once_and_then_its_rate():
    bucket = TokenBucket(rate=10, burst=5, now_s=0)
    assert [bucket.take(0) for _ in range(5)] == [0] * 5
    assert bucket.take(0) == 0.1
    assert bucket.take(0) == 0.2
    assert bucket.take(1) == 0
    assert [bucket.take(100) for _ in range(5)] == [0] * 5
    assert bucket.take(100) == 0.1
