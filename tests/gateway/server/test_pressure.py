"""Floods in and out, and storms at the door."""

import asyncio
import os
import signal
import socket
from pathlib import Path

import psutil
import pytest
from websockets.asyncio.client import connect

from .conftest import Served, eventually
from .raw import RawSocket, frame, request

pytestmark = pytest.mark.server

MIB = 1024 * 1024


async def test_a_flood_to_a_slow_application_is_held_back_and_nothing_of_it_is_lost(server: Served):
    message = frame(2, b"x" * 1_000)
    async with await RawSocket.open(server.port, "/slow") as raw:
        raw.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
        memory_before = psutil.Process(server.process.pid).memory_info().rss
        flood = message * 20_000
        raw.writer.write(flood)
        accepted = await bytes_until_stalled(raw.writer.transport, len(flood))
        assert accepted < 8 * MIB
        assert server.get("/pending").text == "16"
        assert psutil.Process(server.process.pid).memory_info().rss - memory_before < 2 * MIB
        await asyncio.to_thread(server.get, "/release")
        for _ in range(20_000):
            assert await raw.read_frame() == (2, b"x" * 1_000)


async def bytes_until_stalled(transport: asyncio.Transport, total: int) -> int:
    """How much the kernel took until it took nothing more for half a second."""
    left, unchanged = transport.get_write_buffer_size(), 0
    while unchanged < 10:
        await asyncio.sleep(0.05)
        now = transport.get_write_buffer_size()
        unchanged = unchanged + 1 if now == left else 0
        left = now
    return total - left


async def test_a_slow_application_does_not_slow_the_others(server: Served):
    async with await RawSocket.open(server.port, "/slow") as raw, connect(server.url()) as other:
        raw.writer.write(frame(1, b"unheard") * 1_000)
        await other.send("hello")
        assert await other.recv() == "hello"


async def test_a_client_that_does_not_read_is_dropped(server: Served):
    async with await RawSocket.open(server.port, "/not-reading") as raw:
        raw.writer.transport.pause_reading()
        raw.writer.write(frame(1, b"flood 1000"))
        [seen] = await eventually(lambda: server.disconnects_at("/not-reading"))
    assert (seen["code"], seen["reason"]) == (1006, "the client does not read")


async def test_a_thousand_clients_at_once_wait_in_the_backlog_of_a_busy_server(server: Served):
    backlog_cap = int(Path("/proc/sys/net/core/somaxconn").read_text())
    if backlog_cap < 1_000:
        pytest.skip(f"the system caps the backlog at {backlog_cap}")
    os.kill(server.process.pid, signal.SIGSTOP)
    try:
        async with asyncio.timeout(10):
            sockets = await asyncio.gather(*(RawSocket.connect(server.port) for _ in range(1_000)))
    finally:
        os.kill(server.process.pid, signal.SIGCONT)
    for raw in sockets:
        raw.writer.write(request())
    heads = await asyncio.gather(*(raw.read_head() for raw in sockets))
    for raw in sockets:
        raw.writer.transport.abort()
    assert {head.split()[1] for head in heads} == {"101"}


@pytest.mark.parametrize("seed", range(20))
async def test_random_bytes_harm_nobody_else(server: Served, seed: int):
    noise = os.urandom(5_000)
    async with connect(server.url()) as bystander:
        async with await RawSocket.connect(server.port) as raw:
            raw.writer.write(noise)
        async with await RawSocket.open(server.port) as raw:
            raw.writer.write(noise)
            await raw.read_end()
        await bystander.send("still here")
        assert await bystander.recv() == "still here"
