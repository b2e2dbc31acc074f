"""Signs of life, and patience that ends."""

import asyncio
import json

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from .conftest import Served, eventually
from .raw import RawSocket, frame, request

pytestmark = pytest.mark.server


async def test_the_round_trip_of_a_ping_is_told_to_the_application(impatient: Served):
    async with connect(impatient.url(), ping_interval=None) as socket:
        rtt_ms = None
        while rtt_ms is None:
            await socket.send("scope")
            rtt_ms = json.loads(await socket.recv())["rtt_ms"]
    assert 0 < rtt_ms < 1_000


async def test_a_client_that_answers_no_ping_is_dropped_as_timed_out(impatient: Served):
    async with await RawSocket.open(impatient.port, "/mute") as raw:
        opcode, payload = await raw.read_frame()
        assert (opcode, len(payload)) == (9, 4)
        await raw.read_end()
    [seen] = await eventually(lambda: impatient.disconnects_at("/mute"))
    assert (seen["code"], seen["reason"]) == (1006, "ping timeout")


async def test_a_client_that_answers_pings_stays_and_pongs_unasked_do_not_matter(impatient: Served):
    async with await RawSocket.open(impatient.port) as raw:
        raw.writer.write(frame(10, b"unasked"))
        for _ in range(5):
            opcode, payload = await raw.read_frame()
            assert opcode == 9
            raw.writer.write(frame(10, payload))


async def test_an_application_that_is_behind_does_not_cost_the_client_its_connection(impatient: Served):
    async with await RawSocket.open(impatient.port, "/slow") as raw:
        raw.writer.write(frame(2, b"x") * 100)
        assert (await raw.read_frame())[0] == 9
        await eventually(lambda: impatient.get("/pending").text == "16")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(raw.reader.read(1), timeout=1)
        await asyncio.to_thread(impatient.get, "/release")
        assert (await raw.read_frame())[0] in (2, 9)


async def test_an_application_that_does_not_answer_the_handshake_is_503(impatient: Served):
    with pytest.raises(InvalidStatus) as refused:
        await connect(impatient.url("/silent"))
    assert refused.value.response.status_code == 503
    [seen] = await eventually(lambda: impatient.disconnects_at("/silent"))
    assert seen["code"] == 1006


async def test_a_connection_that_says_nothing_is_closed(impatient: Served):
    async with await RawSocket.connect(impatient.port) as raw:
        assert await raw.read_end() == b""


async def test_half_a_request_head_is_answered_with_408(impatient: Served):
    async with await RawSocket.connect(impatient.port) as raw:
        raw.writer.write(request()[:60])
        assert (await raw.read_end()).startswith(b"HTTP/1.1 408 ")


async def test_a_head_that_drips_in_is_cut_off_like_one_that_stands_still(impatient: Served):
    async with await RawSocket.connect(impatient.port) as raw:
        ended = asyncio.create_task(raw.read_end())
        for byte in request() * 5:
            raw.writer.write(bytes([byte]))
            await asyncio.wait([ended], timeout=0.05)
            if ended.done():
                break
        assert ended.done()
        assert not ended.result().startswith(b"HTTP/1.1 101")
