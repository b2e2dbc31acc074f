"""The same application behaves the same under Daphne and under uvicorn."""

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from .conftest import Served
from .raw import RawSocket, frame

pytestmark = pytest.mark.server


async def test_both_servers_refuse_with_the_status_that_the_application_chose(either: Served):
    for status in (400, 401, 403, 404, 429, 503):
        with pytest.raises(InvalidStatus) as refused:
            await connect(either.url(f"/refuse/{status}"))
        response = refused.value.response
        assert response.status_code == status
        assert bytes(response.body) == b"refused with %d" % status
        assert response.headers["x-reason"] == "test"
        assert response.headers.get("WWW-Authenticate") == ('Basic realm="chargers"' if status == 401 else None)


async def test_both_servers_answer_a_close_before_accepting_with_403(either: Served):
    with pytest.raises(InvalidStatus) as refused:
        await connect(either.url("/reject"))
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    ("offered", "chosen"), [(["ocpp2.0.1", "ocpp1.6"], "ocpp1.6"), (["ocpp0.1"], None), (None, None)]
)
async def test_both_servers_return_exactly_the_chosen_subprotocol(
    either: Served, offered: list[str] | None, chosen: str | None
):
    async with connect(either.url(), subprotocols=offered) as socket_:
        assert socket_.subprotocol == chosen
        await socket_.send("hello")
        assert await socket_.recv() == "hello"


async def test_both_servers_close_with_1009_above_the_frame_limit(either: Served):
    async with await RawSocket.open(either.port) as raw:
        raw.writer.write(frame(1, b"x" * 65_537))
        assert await raw.read_close_code() == 1009


async def test_both_servers_do_without_compression(either: Served):
    async with connect(either.url(), compression="deflate") as socket_:
        assert "Sec-WebSocket-Extensions" not in socket_.response.headers


def test_both_servers_serve_http(either: Served):
    assert either.get("/").status_code == 200
