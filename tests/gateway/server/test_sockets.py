"""What a WebSocket client meets at the door and inside."""

import json

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from .conftest import Served, eventually
from .raw import RawSocket, frame, request

pytestmark = pytest.mark.server


async def ask_scope(port: int, head: bytes) -> dict:
    """What the application was told about a handshake."""
    async with await RawSocket.connect(port) as raw:
        raw.writer.write(head)
        assert (await raw.read_head()).startswith("HTTP/1.1 101 ")
        raw.writer.write(frame(1, b"scope"))
        return json.loads((await raw.read_frame())[1])


async def answer_to(port: int, head: bytes) -> str:
    async with await RawSocket.connect(port) as raw:
        raw.writer.write(head)
        return await raw.read_head()


async def test_text_and_binary_messages_pass_in_both_directions(server: Served):
    async with connect(server.url()) as socket:
        for message in ("", "ä€😀", "x" * 200, "y" * 70_000, b"", b"\x00\xff", b"z" * 70_000):
            await socket.send(message)
            assert await socket.recv() == message


async def test_a_message_in_fragments_arrives_whole_with_a_ping_between_them(server: Served):
    async with await RawSocket.open(server.port) as raw:
        raw.writer.write(frame(1, b"one ", fin=False) + frame(9, b"are you there") + frame(0, b"two"))
        assert await raw.read_frame() == (10, b"are you there")
        assert await raw.read_frame() == (1, b"one two")


async def test_a_message_whose_last_fragment_is_empty_arrives_at_once(server: Served):
    async with await RawSocket.open(server.port) as raw:
        raw.writer.write(frame(1, b"all there is", fin=False) + frame(0, b""))
        assert await raw.read_frame() == (1, b"all there is")


async def test_frames_that_arrive_byte_by_byte_are_read(server: Served):
    async with await RawSocket.open(server.port) as raw:
        for byte in frame(1, b"slowly") + frame(1, b"but surely"):
            raw.writer.write(bytes([byte]))
            await raw.writer.drain()
        assert await raw.read_frame() == (1, b"slowly")
        assert await raw.read_frame() == (1, b"but surely")


async def test_frames_sent_before_the_answer_are_delivered_after_it(server: Served):
    async with await RawSocket.connect(server.port) as raw:
        raw.writer.write(request() + frame(1, b"early"))
        assert (await raw.read_head()).startswith("HTTP/1.1 101 ")
        assert await raw.read_frame() == (1, b"early")


async def test_compression_is_not_negotiated(server: Served):
    async with connect(server.url(), compression="deflate") as socket:
        assert "Sec-WebSocket-Extensions" not in socket.response.headers


async def test_a_frame_above_the_limit_closes_with_1009_before_it_is_read(server: Served):
    async with await RawSocket.open(server.port, "/too-big") as raw:
        raw.writer.write(frame(1, b"x" * 262_145)[:14])
        assert await raw.read_close_code() == 1009
    [seen] = await eventually(lambda: server.disconnects_at("/too-big"))
    assert seen["code"] == 1009


async def test_fragments_that_add_up_above_the_limit_close_with_1009(server: Served):
    async with await RawSocket.open(server.port) as raw:
        raw.writer.write(frame(1, b"x" * 200_000, fin=False) + frame(0, b"x" * 62_145, fin=False))
        assert await raw.read_close_code() == 1009


async def test_endless_empty_fragments_close_with_1009(server: Served):
    async with await RawSocket.open(server.port) as raw:
        raw.writer.write(frame(1, b"", fin=False) + frame(0, b"", fin=False) * 5_000)
        assert await raw.read_close_code() == 1009


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (frame(1, b"\xff\xfe"), 1007),
        (frame(1, b"\xed\xa0\x80"), 1007),
        (frame(1, b"unmasked", masked=False), 1002),
        (frame(1, b"reserved bit", rsv=4), 1002),
        (frame(3, b"reserved opcode"), 1002),
        (frame(0, b"continuation of nothing"), 1002),
        (frame(9, b"x" * 126), 1002),
        (frame(9, b"ping in parts", fin=False), 1002),
        (frame(8, b"\x00\x05"), 1002),
        (frame(8, b"\x03\xe8\xff"), 1007),
        (bytes([0x81, 0xFE, 0x00, 0x05]) + b"\0\0\0\0hello", 1002),
        (bytes([0x81, 0xFF]) + b"\xff" * 12, 1002),
    ],
    ids=[
        "invalid-utf8",
        "surrogate",
        "unmasked",
        "rsv",
        "opcode",
        "continuation",
        "long-ping",
        "parted-ping",
        "close-code",
        "close-reason",
        "long-length",
        "huge-length",
    ],
)
async def test_a_broken_frame_is_answered_with_its_close_code(server: Served, sent: bytes, code: int):
    async with await RawSocket.open(server.port) as raw:
        raw.writer.write(sent + frame(1, b"this comes too late"))
        assert await raw.read_close_code() == code
        assert await raw.read_end() == b""


@pytest.mark.parametrize("code", [1000, 1001, 1008, 1011, 1012, 3000, 4999])
async def test_close_codes_of_the_application_reach_the_client(server: Served, code: int):
    async with await RawSocket.open(server.port) as raw:
        raw.writer.write(frame(1, b"close %d" % code))
        assert await raw.read_close_code() == code


async def test_a_close_code_that_must_not_be_sent_is_the_applications_error(server: Served):
    async with await RawSocket.open(server.port) as raw:
        raw.writer.write(frame(1, b"close 1006"))
        assert await raw.read_close_code() == 1011
    assert "ValueError: 1006 is not a close code that can be sent." in server.log()


async def test_the_code_and_reason_of_the_client_reach_the_application(server: Served):
    async with connect(server.url("/leaving")) as socket:
        await socket.close(4001, "good night")
    [seen] = await eventually(lambda: server.disconnects_at("/leaving"))
    assert (seen["code"], seen["reason"]) == (4001, "good night")


async def test_a_connection_that_just_ends_is_1006(server: Served):
    async with await RawSocket.open(server.port, "/pulled-out"):
        pass
    [seen] = await eventually(lambda: server.disconnects_at("/pulled-out"))
    assert seen["code"] == 1006


async def test_a_failing_application_closes_its_socket_with_1011_and_is_logged_once(server: Served):
    async with connect(server.url()) as socket:
        await socket.send("fail")
        with pytest.raises(ConnectionClosedError) as closed:
            await socket.recv()
    assert closed.value.rcvd.code == 1011
    assert server.log().count("RuntimeError: fails while open") == 1


async def test_a_failure_before_accepting_is_500(server: Served):
    with pytest.raises(InvalidStatus) as refused:
        await connect(server.url("/fail-before"))
    assert refused.value.response.status_code == 500
    assert server.log().count("RuntimeError: fails before accepting") == 1


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (request(method="POST"), "405"),
        (request(version="1.0"), "505"),
        (request(Host=None), "400"),
        (request(Connection="keep-alive"), "400"),
        (request(Sec_WebSocket_Version="8"), "426"),
        (request(Sec_WebSocket_Version=None), "426"),
        (request(Sec_WebSocket_Key="short"), "400"),
        (request(Sec_WebSocket_Key=None), "400"),
        (request("/ocpp/%zz"), "400"),
        (request("/ocpp/%ff%fe"), "400"),
        (request("/ocpp/caf\xe9"), "400"),
        (request("/ocpp/CP1?caf\xe9"), "400"),
        (b"GET\r\n\r\n", "400"),
    ],
)
async def test_a_handshake_that_is_wrong_gets_its_4xx(server: Served, head: bytes, status: str):
    assert (await answer_to(server.port, head)).split()[1] == status
    assert server.get("/").status_code == 200


async def test_the_path_is_decoded_once_and_also_given_raw(server: Served):
    told = await ask_scope(server.port, request("/ocpp/CP%201%252F?a=%20"))
    assert (told["path"], told["raw_path"], told["query_string"]) == ("/ocpp/CP 1%2F", "/ocpp/CP%201%252F", "a=%20")


@pytest.mark.parametrize(
    ("header", "offered"),
    [
        ("ocpp2.0.1, ocpp1.6", ["ocpp2.0.1", "ocpp1.6"]),
        ("ocpp1.6,,  ,", ["ocpp1.6"]),
        ("ocpp1.6,ocpp1.6", ["ocpp1.6"]),
        ("\xf6cpp, ocpp1.6", ["\xf6cpp", "ocpp1.6"]),
        ("ocpp2.0.1\r\nSec-WebSocket-Protocol: ocpp1.6", ["ocpp2.0.1", "ocpp1.6"]),
        ("", []),
        (None, []),
    ],
)
async def test_odd_subprotocol_headers_are_read_with_patience(server: Served, header: str | None, offered: list[str]):
    told = await ask_scope(server.port, request(Sec_WebSocket_Protocol=header))
    assert told["subprotocols"] == offered


async def test_a_trusted_proxy_says_where_the_client_is(server: Served):
    told = await ask_scope(server.port, request(X_Forwarded_For="203.0.113.9", X_Forwarded_Proto="https"))
    assert (told["client"], told["scheme"]) == ("203.0.113.9", "wss")


async def test_what_a_client_wrote_before_the_trusted_proxies_is_not_believed(server: Served):
    forged = request(X_Forwarded_For="198.51.100.1, 203.0.113.9, 10.1.2.3", X_Forwarded_Proto="https, http")
    told = await ask_scope(server.port, forged)
    assert (told["client"], told["scheme"]) == ("203.0.113.9", "ws")


async def test_headers_of_a_peer_that_is_no_trusted_proxy_are_not_believed(impatient: Served):
    told = await ask_scope(impatient.port, request(X_Forwarded_For="203.0.113.9", X_Forwarded_Proto="https"))
    assert (told["client"], told["scheme"]) == ("127.0.0.1", "ws")
