"""The doors for files as anybody on the network meets them."""

import asyncio
import base64
import os
from datetime import timedelta

import httpx
import pytest

from apps.chargers.models import FileTicket, LogRequest, StationFile
from apps.chargers.services.files.storage import clean_name
from apps.chargers.services.files.tickets import hash_token, issue_ticket
from apps.core.ids import reserve_numbers
from tests.e2e.transfers import Depot, content_of, now
from tests.support.server import ServerProcess
from tests.support.waiting import eventually


@pytest.fixture
def depot(network) -> Depot:
    return Depot(network)


@pytest.fixture
async def client(depot):
    async with httpx.AsyncClient(base_url=depot.url, trust_env=False, timeout=30) as client:
        yield client


def ticket(depot: Depot, station=None, **changes) -> tuple[LogRequest, str]:
    """A log request of a station, and the token of its upload."""
    station = station or depot.network.enrol()

    def make():
        request = LogRequest.objects.create(
            station=station, request_id=reserve_numbers("ocpp_request", how_many=1)[0], state="Accepted"
        )
        times = {"at": now(), "expires_at": now() + timedelta(hours=1), **changes}
        return request, issue_ticket(purpose="log", log_request=request, **times)

    return depot.do(make)


def files(depot: Depot, request: LogRequest) -> list[StationFile]:
    return depot.network.rows(StationFile.objects.filter(log_request=request))


def stored_names(depot: Depot) -> set[str]:
    root = depot.network.database.var / "files"
    return {path.name for path in root.glob("**/*") if path.is_file()}


async def test_a_file_is_taken_once(depot, client):
    request, token = ticket(depot)
    answers = [(await client.put(f"/files/in/{token}/log.txt", content=b"abc")).status_code for _ in range(2)]
    assert answers == [201, 404]
    (file,) = files(depot, request)
    assert (file.name, file.size_bytes) == ("log.txt", 3)


async def test_a_form_brings_its_file_under_its_name(depot, client):
    request, token = ticket(depot)
    form = {"comment": (None, "x"), "upload": ("diag.zip", b"PK" * 100_000)}
    assert (await client.post(f"/files/in/{token}/", files=form)).status_code == 201
    (file,) = files(depot, request)
    assert (file.name, file.size_bytes) == ("diag.zip", 200_000)


async def test_a_form_without_a_file_is_refused_and_the_ticket_stays_good(depot, client):
    request, token = ticket(depot)
    answer = await client.post(f"/files/in/{token}/", files={"comment": (None, "x")})
    assert (answer.status_code, files(depot, request)) == (400, [])
    assert (await client.put(f"/files/in/{token}/a", content=b"abc")).status_code == 201


@pytest.mark.parametrize("token", ["", "x", "A" * 32, "..", "%2e%2e%2f%2e%2e"])
async def test_without_a_good_token_there_is_nothing(depot, client, token):
    answer = await client.put(f"/files/in/{token}/log.txt", content=b"abc")
    assert answer.status_code in (401, 404)


async def test_an_expired_token_is_no_token(depot, client):
    _, token = ticket(depot, expires_at=now() - timedelta(seconds=1))
    assert (await client.put(f"/files/in/{token}/log.txt", content=b"abc")).status_code == 404


async def test_the_file_belongs_to_the_station_of_the_token_whatever_the_address_says(depot, client):
    request, token = ticket(depot)
    other, _ = ticket(depot)
    path = f"/files/in/{token}/{other.station.identity}/log.txt"
    assert (await client.put(path, content=b"abc")).status_code == 201
    assert (len(files(depot, request)), files(depot, other)) == (1, [])


async def test_basic_credentials_carry_the_token(depot, client):
    request, token = ticket(depot)
    login = base64.b64encode(f"station:{token}".encode()).decode()
    path, headers = "/files/in/log.txt", {"Authorization": f"Basic {login}"}
    assert (await client.put(path, content=b"abc")).status_code == 401
    assert (await client.put(path, content=b"abc", headers=headers)).status_code == 201
    assert files(depot, request)[0].name == "log.txt"


@pytest.mark.parametrize(
    "name", ["..%2f..%2fetc%2fpasswd", "%2Fetc%2Fpasswd", "..\\..\\passwd", "a/%2e%2e/%2e%2e/passwd"]
)
async def test_names_lead_nowhere(depot, client, name):
    request, token = ticket(depot)
    before = stored_names(depot)
    answer = await client.send(client.build_request("PUT", f"/files/in/{token}/{name}", content=b"abc"))
    (file,) = files(depot, request)
    assert (answer.status_code, file.name) == (201, "passwd")
    assert stored_names(depot) - before == {file.storage_name}


def test_a_name_is_a_name():
    names = ["../../etc/passwd", "..", "", ".ssh", "C:\\x\\y.log", "a b;c\r\n.txt", "é.log", "x" * 300]
    assert [clean_name(name) for name in names[:-1]] == [
        "passwd", "file", "file", "ssh", "y.log", "a_b_c_.txt", "log",
    ]  # fmt: skip
    assert len(clean_name(names[-1])) == 120


async def test_other_methods_are_told_which_are_known(depot, client):
    _, token = ticket(depot)
    got = await client.get(f"/files/in/{token}/log.txt")
    assert (got.status_code, got.headers["allow"]) == (405, "PUT, POST")


@pytest.fixture
def small(depot, server_database):
    """A server that takes one MiB."""
    with ServerProcess(server_database, UPLOAD_MAX_MIB=1) as server:
        yield server


@pytest.mark.parametrize("is_chunked", [False, True], ids=["declared", "chunked"])
async def test_too_much_is_refused_and_nothing_of_it_stays(depot, small, is_chunked):
    request, token = ticket(depot)
    before = stored_names(depot)
    status = await raw_upload(small.port, token, size=3 * 1024 * 1024, is_chunked=is_chunked)
    assert (status, files(depot, request), stored_names(depot)) == (413, [], before)
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.put(f"{small.url}/files/in/{token}/a", content=b"x" * 1024 * 1024)
    assert answer.status_code == 201


async def test_more_than_the_servers_own_limit_of_bodies_is_taken(depot, client):
    request, token = ticket(depot)
    answer = await client.put(f"/files/in/{token}/big.bin", content=os.urandom(1024) * 25_000)
    assert (answer.status_code, files(depot, request)[0].size_bytes) == (201, 25_600_000)


async def test_a_slow_sender_holds_up_nobody_and_ends_well(depot, client):
    request, token = ticket(depot)
    reader, writer = await asyncio.open_connection("127.0.0.1", depot.network.server.port)
    writer.write(head(token, size=4))
    await writer.drain()
    is_claimed = FileTicket.objects.filter(token_hash=hash_token(token), claimed_at__isnull=False)
    await eventually(lambda: depot.network.rows(is_claimed), what="the upload to begin")
    assert (await client.put(f"/files/in/{token}/b", content=b"zz")).status_code == 409
    for byte in b"slow":
        writer.write(bytes([byte]))
        await writer.drain()
        assert (await client.get("/healthz")).status_code == 200
    assert b" 201 " in await reader.readline()
    writer.close()
    assert files(depot, request)[0].size_bytes == 4


async def test_a_broken_upload_leaves_nothing_and_may_be_tried_again(depot, client):
    request, token = ticket(depot)
    before = stored_names(depot)
    _, writer = await asyncio.open_connection("127.0.0.1", depot.network.server.port)
    writer.write(head(token, size=1_000_000) + b"x" * 500_000)
    await writer.drain()
    await eventually(lambda: stored_names(depot) - before, what="the upload to begin")
    writer.transport.abort()
    await eventually(lambda: stored_names(depot) == before, what="the partial file to go")
    free = FileTicket.objects.filter(token_hash=hash_token(token), claimed_at=None)
    await eventually(lambda: depot.network.rows(free), what="the ticket to be free")
    assert (await client.put(f"/files/in/{token}/a", content=b"abc")).status_code == 201
    assert len(files(depot, request)) == 1


async def test_firmware_is_given_whole_in_parts_and_not_outside_of_it(depot, client):
    content = content_of("9.1", 1000)
    path = await firmware_path(depot, "9.1", content)
    whole = await client.get(path)
    assert (whole.status_code, whole.content) == (200, content)
    assert whole.headers["content-disposition"] == 'attachment; filename="acme-9.1.bin"'
    assert whole.headers["x-content-type-options"] == "nosniff"
    tag = whole.headers["etag"]
    for wanted, status, first, end in [
        ("bytes=0-99", 206, 0, 100),
        ("bytes=900-", 206, 900, 1000),
        ("bytes=-10", 206, 990, 1000),
        ("bytes=990-5000", 206, 990, 1000),
        ("bytes=0-1,5-6", 200, 0, 1000),
        ("lines=1-2", 200, 0, 1000),
        ("bytes=9-3", 200, 0, 1000),
    ]:
        part = await client.get(path, headers={"Range": wanted})
        assert (part.status_code, part.content) == (status, content[first:end]), wanted
    assert part.headers.get("content-range") is None
    beyond = await client.get(path, headers={"Range": "bytes=1000-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, "bytes */1000")
    same = await client.get(path, headers={"Range": "bytes=0-9", "If-Range": tag})
    other = await client.get(path, headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    known = await client.get(path, headers={"If-None-Match": tag})
    assert (same.status_code, other.status_code, known.status_code) == (206, 200, 304)
    head_only = await client.head(path)
    assert (head_only.status_code, head_only.headers["content-length"], head_only.content) == (200, "1000", b"")


async def test_firmware_is_not_given_without_its_ticket(depot, client):
    path = await firmware_path(depot, "9.2", content_of("9.2", 100))
    token = path.split("/")[3]
    depot.do(lambda: FileTicket.objects.filter(token_hash=hash_token(token)).update(expires_at=now()))
    assert (await client.get(path)).status_code == 404
    assert (await client.get(f"/files/out/{'A' * 32}/acme.bin")).status_code == 404
    assert (await client.put(path, content=b"x")).status_code == 405


async def test_a_ticket_to_fetch_does_not_let_anybody_upload(depot, client):
    path = await firmware_path(depot, "9.3", content_of("9.3", 100))
    assert (await client.put(path.replace("/out/", "/in/"), content=b"abc")).status_code == 404


async def test_a_reader_that_stands_still_does_not_fill_the_memory(depot, client):
    path = await firmware_path(depot, "9.4", content_of("9.4", 40_000_000))
    reader, writer = await asyncio.open_connection("127.0.0.1", depot.network.server.port, limit=1024)
    before = memory_of(depot.network.server.pid)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert b"200" in await reader.readline()
    for _ in range(20):
        assert (await client.get("/healthz")).status_code == 200
    assert memory_of(depot.network.server.pid) - before < 20_000_000
    received = 0
    while piece := await reader.read(1_000_000):
        received += len(piece)
    writer.close()
    assert received > 40_000_000


async def firmware_path(depot: Depot, version: str, content: bytes) -> str:
    """Where a station of the network would fetch that version."""
    firmware = await depot.add(version, content)
    station = depot.network.enrol(vendor="ChargeNet", model="Simulated AC")
    update = depot.update(station, firmware)
    token = depot.do(lambda: issue_ticket_again(update))
    return f"/files/out/{token}/{firmware.file_name}"


def issue_ticket_again(update) -> str:
    """The token itself is not stored: another one for the same update."""
    FileTicket.objects.filter(update=update).delete()
    return issue_ticket(purpose="firmware", update=update, at=now(), expires_at=now() + timedelta(hours=1))


def head(token: str, *, size: int | None) -> bytes:
    length = f"Content-Length: {size}" if size is not None else "Transfer-Encoding: chunked"
    return f"PUT /files/in/{token}/log.txt HTTP/1.1\r\nHost: x\r\n{length}\r\n\r\n".encode()


async def raw_upload(port: int, token: str, *, size: int, is_chunked: bool) -> int:
    """The status that a sender reads who sends everything first, whatever happens."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head(token, size=None if is_chunked else size))
    piece = b"y" * 65_536
    try:
        for _ in range(size // len(piece)):
            writer.write(b"10000\r\n" + piece + b"\r\n" if is_chunked else piece)
            await writer.drain()
        if is_chunked:
            writer.write(b"0\r\n\r\n")
    except ConnectionError:
        pass
    line = await asyncio.wait_for(reader.readline(), 10)
    writer.close()
    return int(line.split()[1])


def memory_of(pid: int) -> int:
    """Resident bytes of a process."""
    with open(f"/proc/{pid}/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
