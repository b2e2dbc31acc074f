"""Sending over the channel layer from synchronous code."""

import asyncio
import os
import threading

import pytest

from apps.core import sending
from apps.core.sending import Sender


class Layer:
    """Keeps what is sent; ``gate`` holds up the first message while it is closed."""

    def __init__(self):
        self.sent, self.begun, self.gate = [], threading.Event(), threading.Event()

    async def group_send(self, group, message):
        self.begun.set()
        await asyncio.to_thread(self.gate.wait, 5)
        if group == "broken":
            raise ConnectionError("the broker is away")
        self.sent.append((group, message))

    async def send(self, channel, message):
        self.sent.append((channel, message))


@pytest.fixture
def layer(monkeypatch):
    layer = Layer()
    monkeypatch.setattr(sending, "get_channel_layer", lambda: layer)
    return layer


@pytest.fixture
def sender():
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield Sender(loop)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


def test_what_waits_for_the_broker_is_joined_by_address_and_kind(sender, layer):
    sender.put("live.1", {"type": "live.nudge", "topics": ["station:1"]}, is_group=True)
    assert layer.begun.wait(5)
    for topics in (["station:2"], ["station:3", "station:2"]):
        sender.put("live.1", {"type": "live.nudge", "topics": topics}, is_group=True)
    sender.put("gateway", {"type": "command.ready", "station_ids": [4]}, is_group=False)
    sender.put("gateway", {"type": "station.changed", "station_ids": [4]}, is_group=False)
    layer.gate.set()
    sender.wait(5)

    assert layer.sent == [
        ("live.1", {"type": "live.nudge", "topics": ["station:1"]}),
        ("live.1", {"type": "live.nudge", "topics": ["station:2", "station:3"]}),
        ("gateway", {"type": "command.ready", "station_ids": [4]}),
        ("gateway", {"type": "station.changed", "station_ids": [4]}),
    ]


def test_a_message_that_fails_is_lost_and_the_next_goes_out(sender, layer):
    layer.gate.set()
    sender.put("broken", {"type": "live.nudge", "topics": []}, is_group=True)
    sender.put("gateway", {"type": "command.ready", "station_ids": [4]}, is_group=False)
    sender.wait(5)

    assert layer.sent == [("gateway", {"type": "command.ready", "station_ids": [4]})]


def test_no_more_than_so_many_addresses_wait(sender, layer, monkeypatch):
    monkeypatch.setattr(sending, "MAX_WAITING", 2)
    sender.put("first", {"type": "live.nudge", "topics": []}, is_group=True)
    assert layer.begun.wait(5)
    for name in ("a", "b", "c", "a"):
        sender.put(name, {"type": "command.ready", "station_ids": [4]}, is_group=False)
    layer.gate.set()
    sender.wait(5)

    assert [name for name, _ in layer.sent] == ["first", "a", "b"]


def test_a_process_has_one_background_sender():
    assert sending.background_sender() is sending.background_sender()


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_has_a_sender_of_its_own(layer):
    layer.gate.set()
    parents = sending.background_sender()
    pid = os.fork()
    if pid == 0:
        childs = sending.background_sender()
        childs.put("gateway", {"type": "command.ready", "station_ids": [4]}, is_group=False)
        childs.wait(5)
        os._exit(0 if childs is not parents and len(layer.sent) == 1 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
