"""Frames that should not be: each is answered, journalled and survived; nobody else notices."""

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.chargers.models import StationConnection
from apps.gateway.models import JournalEntry
from apps.gateway.simulator.driver import CallError
from tests.support.waiting import eventually

pytestmark = pytest.mark.server

STATUS = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}
STATUS_201 = {"timestamp": "2026-05-01T10:00:00Z", "connectorStatus": "Available", "evseId": 1, "connectorId": 1}


@pytest.mark.parametrize(
    ("action", "payload", "code"),
    [
        ("CustomOperation", {}, "NotImplemented"),
        ("RemoteStartTransaction", {"idTag": "X"}, "NotSupported"),
        ("StatusNotification", {"connectorId": 1}, "OccurenceConstraintViolation"),
        ("StatusNotification", {**STATUS, "connectorId": "1"}, "TypeConstraintViolation"),
        ("StatusNotification", {**STATUS, "status": "Dancing"}, "PropertyConstraintViolation"),
        ("StatusNotification", {**STATUS, "extra": 1}, "FormationViolation"),
        ("Authorize", {"idTag": "X" * 21}, "PropertyConstraintViolation"),
    ],
)
async def test_errors_of_1_6(place, action, payload, code):
    async with place.dial(place.enrol()) as charger:
        with pytest.raises(CallError) as refused:
            await charger.call(action, payload)
        assert refused.value.code == code
        assert "currentTime" in await charger.call("Heartbeat", {})


@pytest.mark.parametrize(
    ("action", "payload", "code"),
    [
        ("CustomOperation", {}, "NotImplemented"),
        ("Reset", {"type": "Immediate"}, "NotSupported"),
        ("StatusNotification", {"evseId": 1}, "OccurrenceConstraintViolation"),
        ("StatusNotification", {**STATUS_201, "evseId": "1"}, "TypeConstraintViolation"),
        ("StatusNotification", {**STATUS_201, "connectorStatus": "Dancing"}, "PropertyConstraintViolation"),
        ("StatusNotification", {**STATUS_201, "extra": 1}, "FormatViolation"),
    ],
)
async def test_errors_of_2_0_1(place, action, payload, code):
    async with place.dial(place.enrol(), version="2.0.1") as charger:
        with pytest.raises(CallError) as refused:
            await charger.call(action, payload)
        assert refused.value.code == code
        assert "currentTime" in await charger.call("Heartbeat", {})


CORPUS = [
    "",
    "hello",
    "{}",
    "[]",
    "[2]",
    "null",
    "[2,",
    "\ufeff[2]",
    '["2","a","Heartbeat",{}]',
    '[2,17,"Heartbeat",{}]',
    '[2,"' + "x" * 37 + '","Heartbeat",{}]',
    '[2,"a","Heartbeat"]',
    '[2,"a","Heartbeat",[]]',
    '[2,"a",5,{}]',
    '[3,"nobody-asked",{}]',
    '[4,"nobody-asked","GenericError","",{}]',
    '[9,"a",{}]',
    '[2,"a","Heartbeat",{"x":"\\ud800"}]',
    '[2,"a","Heartbeat",{"x":"\\u0000"}]',
    "[" * 1000 + "]" * 1000,
    '[2,"a","Heartbeat",{"x":[' + ",".join(["0"] * 20_000) + "]}]",
    '[2,"a\\u0000b","Heartbeat",{}]',
]


@pytest.mark.parametrize("version", ["1.6", "2.0.1", "2.1"])
@pytest.mark.parametrize("frame", CORPUS, ids=range(len(CORPUS)))
async def test_a_broken_frame_is_survived_by_its_own_socket(place, frame, version):
    async with place.dial(place.enrol(), version=version) as charger:
        await charger.send_text(frame)
        assert "currentTime" in await charger.call("Heartbeat", {}, message_id="after")


async def test_broken_frames_are_journalled(place):
    station = place.enrol()
    async with place.dial(station) as charger:
        await charger.send_text("[2,17,")
        await charger.call("Heartbeat", {})

    def entry():
        return JournalEntry.objects.filter(station_id=station.pk, kind="bad").first()

    row = await eventually(lambda: place.database.do(entry), what="the journal entry")
    assert (row.payload, row.is_inbound) == ("[2,17,", True)


async def test_endless_garbage_closes_the_socket(place):
    async with place.dial(place.enrol()) as charger:
        for _ in range(20):
            await charger.send_text("garbage")
        assert await charger.wait_closed() == 1008


async def test_a_binary_frame_is_journalled_and_closes_the_socket_with_1003(place):
    station = place.enrol()
    async with place.dial(station) as charger:
        await charger.send_bytes(b'[2,"a","Heartbeat",{}]')
        assert await charger.wait_closed() == 1003

    def entry():
        return JournalEntry.objects.filter(station_id=station.pk, kind="bad").first()

    row = await eventually(lambda: place.database.do(entry), what="the journal entry")
    assert (row.is_inbound, row.payload) == (True, "binary frame of 22 bytes: 5b 32 2c 22 61 22 2c 22")


async def test_a_frame_above_the_limit_closes_the_socket_with_1009(place):
    async with place.dial(place.enrol()) as charger:
        await charger.send_text('[2,"a","Heartbeat",{"x":"' + "x" * 300_000 + '"}]')
        assert await charger.wait_closed() == 1009


async def test_a_message_just_below_the_limit_is_taken(place):
    async with place.dial(place.enrol()) as charger:
        answer = await charger.call("DataTransfer", {"vendorId": "nobody", "data": "x" * 200_000})
        assert answer["status"] == "UnknownVendorId"


async def test_markup_and_quotes_are_stored_as_they_came(place):
    station = place.enrol()
    nasty = "<b>'\";-- {{ 7*7 }}"
    async with place.dial(station) as charger:
        await charger.call("BootNotification", {"chargePointVendor": nasty[:20], "chargePointModel": "模型 ✓"})
    stored = place.reload(station)
    assert (stored.vendor, stored.model) == (nasty[:20], "模型 ✓")


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    frames=st.lists(
        st.text(max_size=200) | st.builds(lambda s: f'[2,"f","{s}",{{}}]', st.text(max_size=20)), max_size=15
    )
)
def test_fuzzed_frames_never_reach_another_socket(place, frames):
    async def dialogue():
        noisy, quiet = place.dial(fuzzed(place, "noisy")), place.dial(fuzzed(place, "quiet"))
        async with noisy, quiet:
            for frame in frames:
                await noisy.send_text(frame.encode("utf-8", "replace").decode())
            assert "currentTime" in await noisy.call("Heartbeat", {}, message_id="last")
            assert "currentTime" in await quiet.call("Heartbeat", {}, message_id="last")

    asyncio.run(dialogue())


_fuzzed = {}


def fuzzed(place, role):
    """The same two stations for all examples."""
    if role not in _fuzzed:
        _fuzzed[role] = place.enrol()
    return _fuzzed[role]


async def test_rejected_frames_are_counted(place):
    station = place.enrol()
    async with place.dial(station) as charger:
        for _ in range(2):
            with pytest.raises(CallError):
                await charger.call("Nonsense", {})
        await eventually(
            lambda: place.database.do(lambda: StationConnection.objects.get(station=station).frames_rejected) == 2,
            within_s=20,
            what="the count of rejected frames",
        )
