"""Signs of life over real connections."""

import asyncio
import json

import pytest
from websockets.asyncio.client import connect

from .conftest import Served, eventually
from .raw import RawSocket, frame


async def test_the_round_trip_of_a_ping_is_told_to_the_application(pinging: Served):
    async with connect(pinging.url(), ping_interval=None) as socket:
        rtt_ms = None
        while rtt_ms is None:
            await socket.send("scope")
            rtt_ms = json.loads(await socket.recv())["rtt_ms"]
    assert 0 < rtt_ms < 1_000


async def test_a_client_that_answers_no_ping_is_dropped_as_timed_out(pinging: Served):
    async with await RawSocket.open(pinging.port, "/mute") as raw:
        opcode, payload = await raw.read_frame()
        assert (opcode, len(payload)) == (9, 4)
        await raw.read_end()
    [seen] = await eventually(lambda: pinging.disconnects_at("/mute"))
    assert (seen["code"], seen["reason"]) == (1006, "ping timeout")


async def test_a_client_that_answers_pings_stays_and_pongs_unasked_do_not_matter(pinging: Served):
    async with await RawSocket.open(pinging.port) as raw:
        raw.writer.write(frame(10, b"unasked"))
        for _ in range(5):
            opcode, payload = await raw.read_frame()
            assert opcode == 9
            raw.writer.write(frame(10, payload))


async def test_an_application_that_is_behind_does_not_cost_the_client_its_connection(pinging: Served):
    async with await RawSocket.open(pinging.port, "/slow") as raw:
        raw.writer.write(frame(2, b"x") * 100)
        assert (await raw.read_frame())[0] == 9
        await eventually(lambda: pinging.get("/pending").text == "16")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(raw.reader.read(1), timeout=1)
        await asyncio.to_thread(pinging.get, "/release")
        assert (await raw.read_frame())[0] in (2, 9)
