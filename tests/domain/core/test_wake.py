"""Waking a task: one message for a burst, sent by a thread of its own, and a broker that is away harms nobody."""

import threading
from queue import Queue

import pytest
from kombu.exceptions import OperationalError
from structlog.testing import capture_logs

from apps.core.wake import QUIET_S, Waker

DEADLINE_S = 20


class Message:
    """A task whose messages arrive in ``sent``; the first ones meet ``failures``."""

    def __init__(self, name, *failures):
        self.name = name
        self.sent = Queue()
        self._failures = list(failures)

    def apply_async(self, **options):
        self.sent.put((threading.current_thread(), options))
        if self._failures:
            raise self._failures.pop(0)


@pytest.fixture
def waker():
    return Waker()


@pytest.fixture
def clock(monkeypatch):
    """The waker's clock, as ``clock["now"]``."""
    clock = {"now": 1000.0}
    monkeypatch.setattr("apps.core.wake.time.monotonic", lambda: clock["now"])
    return clock


def test_a_burst_is_one_message_and_the_next_one_goes_when_it_is_quiet(waker, clock):
    task = Message("relay")
    for _ in range(5):
        waker.wake(task)
    task.sent.get(timeout=DEADLINE_S)
    clock["now"] += QUIET_S
    waker.wake(task)
    task.sent.get(timeout=DEADLINE_S)
    assert task.sent.empty()


def test_tasks_do_not_silence_each_other(waker, clock):
    first, second = Message("first"), Message("second")
    waker.wake(first)
    waker.wake(second)
    options = {"countdown": QUIET_S, "expires": 60, "retry": False}
    assert [task.sent.get(timeout=DEADLINE_S)[1] for task in (first, second)] == [options, options]


def test_the_message_is_sent_by_another_thread_and_the_caller_does_not_wait_for_a_slow_broker(waker):
    is_answering = threading.Event()
    sent = Queue()

    class Slow:
        name = "slow"

        def apply_async(self, **options):
            is_answering.wait(DEADLINE_S)
            sent.put(threading.current_thread())

    waker.wake(Slow())
    assert sent.empty()  # and yet we are here
    is_answering.set()
    sender = sent.get(timeout=DEADLINE_S)
    assert sender is not threading.current_thread()
    assert sender.daemon


@pytest.mark.parametrize("failure", [OperationalError("no broker"), RuntimeError("something else")])
def test_a_message_that_cannot_be_sent_is_logged_and_the_next_one_tried(waker, clock, failure):
    task, other = Message("relay", failure), Message("other")
    with capture_logs() as logs:
        waker.wake(task)
        waker.wake(other)
        other.sent.get(timeout=DEADLINE_S)
    assert [(entry["event"], entry["task"], entry["log_level"]) for entry in logs] == [
        ("broker.away", "relay", "warning")
    ]
