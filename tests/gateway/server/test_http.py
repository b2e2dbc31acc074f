"""The HTTP side: bodies, failures, slow clients."""

import asyncio

import httpx
import pytest

from .conftest import Served
from .raw import RawSocket, request


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


def test_a_client_cannot_choose_the_root_path(server: Served):
    response = httpx.get(f"http://127.0.0.1:{server.port}/root", headers={"Daphne-Root-Path": "/evil"})
    assert response.json() == ""


async def test_a_connection_that_says_nothing_is_closed(server: Served):
    async with await RawSocket.connect(server.port) as raw:
        assert await raw.read_end() == b""


async def test_half_a_request_head_is_answered_with_408(server: Served):
    async with await RawSocket.connect(server.port) as raw:
        raw.writer.write(request()[:60])
        assert (await raw.read_end()).startswith(b"HTTP/1.1 408 ")


async def test_a_head_that_drips_in_is_cut_off_like_one_that_stands_still(server: Served):
    async with await RawSocket.connect(server.port) as raw:
        ended = asyncio.create_task(raw.read_end())
        for byte in request() * 5:
            raw.writer.write(bytes([byte]))
            await asyncio.wait([ended], timeout=0.05)
            if ended.done():
                break
        assert ended.done()
        assert not ended.result().startswith(b"HTTP/1.1 101")
