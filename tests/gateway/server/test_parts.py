"""The parts without sockets: frames, handshake, inbox, timer wheel, pulse."""

import asyncio
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.gateway.server import frames
from apps.gateway.server.connection import ConnectionInfo
from apps.gateway.server.handshake import BadUpgrade, accept_response, decode_path, read_upgrade, refusal_response
from apps.gateway.server.inbox import Inbox
from apps.gateway.server.liveness import Pulse
from apps.gateway.server.options import ServerOptions
from apps.gateway.server.proxies import TrustedProxies
from apps.gateway.server.wheel import TimerWheel

from .raw import frame


@given(payload=st.binary(max_size=70_000), before=st.binary(max_size=5), after=st.binary(max_size=5))
def test_a_whole_frame_is_read_wherever_it_stands(payload: bytes, before: bytes, after: bytes):
    buffer = before + frame(2, payload) + after
    read = frames.read_whole_frame(buffer, len(before), limit_bytes=100_000, in_message=False)
    assert read == (2, payload, len(buffer) - len(after))


@given(payload=st.binary(max_size=70_000))
def test_a_written_frame_is_what_a_client_expects(payload: bytes):
    assert frames.write_frame(2, payload) == frame(2, payload, masked=False)


@given(buffer=st.binary(max_size=200), start=st.integers(0, 20))
def test_no_bytes_make_the_reader_fail(buffer: bytes, start: int):
    read = frames.read_whole_frame(buffer, start, limit_bytes=100, in_message=False)
    assert read is None or (len(read.payload) <= 100 and start < read.end <= len(buffer))


@pytest.mark.parametrize(
    "unusual",
    [
        frame(1, b"no mask", masked=False),
        frame(1, b"part", fin=False),
        frame(0, b"part"),
        frame(8, b""),
        frame(1, b"bit", rsv=1),
        frame(9, b"x" * 126),
        frame(1, b"x" * 101),
        frame(1, b"cut off")[:-1],
    ],
)
def test_everything_unusual_is_left_to_autobahn(unusual: bytes):
    assert frames.read_whole_frame(unusual, 0, limit_bytes=100, in_message=False) is None


headers = st.lists(
    st.tuples(
        st.sampled_from(
            [b"host", b"connection", b"sec-websocket-key", b"sec-websocket-version", b"sec-websocket-protocol"]
        ),
        st.binary(max_size=30) | st.sampled_from([b"13", b"Upgrade", b"dGhlIHNhbXBsZSBub25jZQ=="]),
    )
)


@given(method=st.sampled_from([b"GET", b"get", b"\xff"]), headers=headers)
def test_any_headers_are_an_upgrade_or_refused_as_bad(method: bytes, headers: list[tuple[bytes, bytes]]):
    status, offered = 0, []
    try:
        offered = read_upgrade(method=method, version=b"HTTP/1.1", headers=headers).subprotocols
    except BadUpgrade as error:
        status = error.status
    assert status in (0, 400, 405, 426)
    assert len(set(offered)) == len(offered)
    assert "" not in offered


@given(raw_path=st.binary(max_size=40))
def test_any_path_is_text_or_refused_as_bad(raw_path: bytes):
    status = 400
    try:
        decode_path(raw_path).encode()
    except BadUpgrade as error:
        status = error.status
    assert status == 400


def test_the_accept_key_is_that_of_the_example_in_rfc_6455():
    answer = accept_response(b"dGhlIHNhbXBsZSBub25jZQ==", subprotocol="ocpp1.6", headers=[(b"x-extra", b"1")])
    assert answer == (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: ocpp1.6\r\nx-extra: 1\r\n\r\n"
    )


def test_a_header_with_a_line_break_is_not_sent():
    with pytest.raises(ValueError, match="line break"):
        refusal_response(401, headers=[(b"x", b"a\r\nSet-Cookie: b")], body=b"")


async def test_the_inbox_keeps_order_and_says_when_it_is_half_empty():
    drained = []
    inbox = Inbox(asyncio.get_running_loop(), limit=4, on_drained=lambda: drained.append(len(inbox)))
    for number in range(4):
        assert not inbox.is_full
        inbox.put_nowait({"type": "test", "number": number})
    assert inbox.is_full
    assert [(await inbox.get())["number"] for _ in range(4)] == [0, 1, 2, 3]
    assert drained == [2]


async def test_a_cancelled_reader_of_the_inbox_loses_no_message():
    inbox = Inbox(asyncio.get_running_loop())
    first, second = asyncio.create_task(inbox.get()), asyncio.create_task(inbox.get())
    await asyncio.sleep(0)
    inbox.put_nowait({"type": "test"})
    first.cancel()
    async with asyncio.timeout(5):
        assert await second == {"type": "test"}
    assert first.cancelled()


class FakeLoop:
    """A clock that is wound by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.turn = None

    def time(self) -> float:
        return self.now

    def call_later(self, delay_s: float, function) -> None:
        self.turn = function

    def advance(self, seconds: float) -> None:
        self.now += seconds
        self.turn()


def test_the_wheel_calls_each_once_never_early_even_when_the_loop_was_late():
    loop, wheel, called = FakeLoop(), TimerWheel(tick_s=0.1), []
    wheel.start(loop)
    wheel.call_later(0.25, lambda: called.append("quarter"))
    wheel.call_later(1.0, lambda: called.append("second"))
    loop.advance(0.2)
    assert called == []
    loop.advance(0.15)
    assert called == ["quarter"]
    loop.advance(5)
    loop.advance(5)
    assert called == ["quarter", "second"]


def test_a_failing_timer_does_not_stop_the_others(caplog: pytest.LogCaptureFixture):
    loop, wheel, called = FakeLoop(), TimerWheel(tick_s=0.1), []
    wheel.start(loop)
    wheel.call_later(0.1, lambda: 1 / 0)
    wheel.call_later(0.1, lambda: called.append("other"))
    loop.advance(0.3)
    assert called == ["other"]
    assert "A timer failed." in caplog.text


class FakeConnection:
    """Counts its pings."""

    is_reading_paused = False

    def __init__(self, pinged: Counter, loop: FakeLoop) -> None:
        self.info = ConnectionInfo()
        self.pinged = pinged
        self.loop = loop

    def send_ping(self, payload: bytes) -> None:
        self.pinged[int(self.loop.now)] += 1

    def abort(self, reason: str) -> None:
        raise AssertionError(reason)


def test_the_pings_of_a_thousand_connections_opened_at_once_are_spread_over_the_interval():
    loop, wheel, pinged = FakeLoop(), TimerWheel(tick_s=0.1), Counter()
    wheel.start(loop)
    options = ServerOptions(ping_interval_s=10, ping_timeout_s=1_000)
    pulses = [Pulse(FakeConnection(pinged, loop), wheel=wheel, options=options) for _ in range(1_000)]
    for pulse in pulses:
        pulse.start()
    for _ in range(400):
        loop.advance(0.1)
        for pulse in pulses:
            pulse.heard()
    assert 3_600 < sum(pinged.values()) < 4_400
    assert max(pinged.values()) < 200


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("192.0.2.7", ["203.0.113.9"], "192.0.2.7"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1", "203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["203.0.113.9, unknown"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9:4711"], "203.0.113.9"),
        ("::ffff:10.0.0.1", ["[2001:db8::9]:4711"], "2001:db8::9"),
        ("fd00::1", ["203.0.113.9"], "203.0.113.9"),
    ],
)
def test_the_client_is_the_last_address_that_is_no_trusted_proxy(peer: str, forwarded: list[str], client: str):
    assert TrustedProxies(["10.0.0.0/8", "fd00::1"]).client_of(peer, forwarded) == client


def test_a_trusted_proxy_that_is_no_address_is_refused_at_the_start():
    with pytest.raises(ValueError, match="anybody"):
        ServerOptions(trusted_proxies=("anybody",))
