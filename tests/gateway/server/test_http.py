"""The HTTP side: bodies, failures, slow clients."""

import httpx
import pytest

from .conftest import Served
from .raw import RawSocket

pytestmark = pytest.mark.server


def test_a_body_comes_back_and_the_connection_is_kept(server: Served):
    with httpx.Client(base_url=f"http://127.0.0.1:{server.port}") as client:
        for body in (b"", b"a=1", b"x" * 90_000):
            response = client.post("/", content=body)
            assert (response.status_code, response.content) == (200, body)


async def test_a_body_above_the_limit_is_413_before_it_is_sent(server: Served):
    async with await RawSocket.connect(server.port) as raw:
        raw.writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 100001\r\n\r\n")
        assert (await raw.read_head()).startswith("HTTP/1.1 413 ")


async def test_a_body_in_chunks_above_the_limit_is_413(server: Served):
    async with await RawSocket.connect(server.port) as raw:
        raw.writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        raw.writer.write((b"2710\r\n" + b"x" * 10_000 + b"\r\n") * 30)
        assert (await raw.read_head()).startswith("HTTP/1.1 413 ")


@pytest.mark.parametrize("path", ["/fail", "/nothing"])
def test_an_application_that_fails_or_does_not_answer_is_500(server: Served, path: str):
    assert server.get(path).status_code == 500
    assert server.get("/").status_code == 200


def test_an_answer_that_fails_halfway_is_cut_off_not_passed_off_as_whole(server: Served):
    with pytest.raises(httpx.TransportError):
        server.get("/half")


async def test_requests_sent_in_one_piece_are_answered_in_order(server: Served):
    async with await RawSocket.connect(server.port) as raw:
        raw.writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none")
        raw.writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\ntwo")
        received = await raw.read_end()
    assert received.count(b"HTTP/1.1 200 OK") == 2
    assert received.index(b"one") < received.index(b"two")


def test_a_client_cannot_choose_the_root_path(server: Served):
    response = httpx.get(f"http://127.0.0.1:{server.port}/root", headers={"Daphne-Root-Path": "/evil"})
    assert response.json() == ""
