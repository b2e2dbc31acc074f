"""How the server starts and stops."""

import asyncio
import signal
import socket
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from apps.gateway.server import PortInUse, ServerOptions, build_server

from .conftest import DEADLINE_S, eventually, serving
from .raw import RawSocket

pytestmark = pytest.mark.server


def test_a_taken_port_is_named_before_anything_is_started():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortInUse, match=f"Port {port} on 127.0.0.1 is already in use") as refused:
            build_server(None, host="127.0.0.1", port=port)
    assert (refused.value.host, refused.value.port) == ("127.0.0.1", port)


def test_limits_that_make_no_sense_are_named():
    with pytest.raises(ValueError, match="ping_timeout_s must be positive"):
        ServerOptions(ping_timeout_s=0)


async def test_a_stop_closes_sockets_with_1001_and_lets_requests_finish(tmp_path: Path):
    with serving(tmp_path / "log", "daphne") as served:
        async with connect(served.url(), ping_interval=None) as socket_:
            answer = asyncio.create_task(asyncio.to_thread(served.get, "/until-gone"))
            await eventually(lambda: served.get("/").status_code == 200)
            await eventually(lambda: served.get("/waiting").text == "1")
            served.process.send_signal(signal.SIGTERM)
            with pytest.raises(ConnectionClosed) as closed:
                await socket_.recv()
        assert closed.value.rcvd.code == 1001
        assert (await answer).status_code == 200
        assert served.process.wait(DEADLINE_S) == 0
        with pytest.raises(httpx.ConnectError):
            served.get("/")


async def test_a_stop_waits_for_nobody_longer_than_its_deadline(tmp_path: Path):
    with serving(tmp_path / "log", "daphne", stop_timeout_s=0.3) as served:
        async with await RawSocket.open(served.port, "/slow") as raw:
            await eventually(lambda: served.get("/pending").text == "0")
            served.process.send_signal(signal.SIGINT)
            assert await raw.read_close_code() == 1001
            assert served.process.wait(DEADLINE_S) == 0
        assert "1 applications had not ended" in served.log()
