"""Cases of 1.6 in which a station errs: what it is told, and that its socket stays."""

import asyncio
import json

import pytest

from tests.e2e.raw import stamp

pytestmark = pytest.mark.server
STATUS = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}


@pytest.mark.parametrize(
    ("action", "payload", "code"),
    [
        ("CustomOperation", {}, "NotImplemented"),
        ("RemoteStartTransaction", {"idTag": "X"}, "NotSupported"),
        ("Reset", {"type": "Hard"}, "NotSupported"),
        ("Authorize", {}, "OccurenceConstraintViolation"),
        ("BootNotification", {"chargePointVendor": "A"}, "OccurenceConstraintViolation"),
        ("StatusNotification", {**STATUS, "connectorId": "1"}, "TypeConstraintViolation"),
        ("Authorize", {"idTag": 7}, "TypeConstraintViolation"),
        ("MeterValues", {"connectorId": 1, "meterValue": "x"}, "TypeConstraintViolation"),
        ("StatusNotification", {**STATUS, "status": "Sleeping"}, "PropertyConstraintViolation"),
        ("StatusNotification", {**STATUS, "connectorId": -1}, "PropertyConstraintViolation"),
        ("StatusNotification", {**STATUS, "connectorId": 2**40}, "PropertyConstraintViolation"),
        ("Authorize", {"idTag": "X" * 21}, "PropertyConstraintViolation"),
        ("BootNotification", {"chargePointVendor": "A" * 21, "chargePointModel": "B"}, "PropertyConstraintViolation"),
        ("Heartbeat", {"extra": 1}, "FormationViolation"),
        ("Heartbeat", [], "FormationViolation"),
        ("Heartbeat", "x", "FormationViolation"),
        ("Heartbeat", None, "FormationViolation"),
    ],
)
async def test_a_wrong_call_is_refused_with_the_code_of_1_6(outside, action, payload, code):
    async with outside.booted(is_lenient=False) as wire:
        assert await wire.refusal(action, payload) == code
        assert await wire.is_alive()


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("StatusNotification", {**STATUS, "connectorId": "1"}),
        ("StatusNotification", {**STATUS, "errorCode": "OwnWord"}),
        ("Heartbeat", {"extra": 1}),
        ("BootNotification", {"chargePointVendor": "A" * 21, "chargePointModel": "B"}),
    ],
)
async def test_a_station_that_is_treated_leniently_is_understood(outside, action, payload):
    async with outside.booted(is_lenient=True) as wire:
        assert (await wire.ask(action, payload))[0] == 3


@pytest.mark.parametrize(
    "frame",
    [
        '[2, "m1", "Heartbeat"]',
        '[2, "m1"]',
        '[2, 17, "Heartbeat", {}]',
        json.dumps([2, "m" * 37, "Heartbeat", {}]),
        '[2, "m1", 5, {}]',
        '[2, "m1", "Heartbeat", {}, "more"]',
    ],
)
async def test_a_call_of_the_wrong_shape_is_a_formation_violation(outside, frame):
    async with outside.booted() as wire:
        await wire.send(frame)
        answer = await wire.receive()
        assert (answer[0], answer[2]) == (4, "FormationViolation")
        assert await wire.is_alive()


@pytest.mark.parametrize(
    "frame",
    [
        "no json", "[]", "{}", "null", "[2]", "[true]", '"\\u0000"', '["\\ud800"]', "[" * 1000 + "]" * 1000,
        '[2, "m1", "Heart', '\ufeff[2, "m1", "Heartbeat", {}]', '[2.0, "m", "Heartbeat", {}]', '[3, "x"]', '[4, "x"]',
        '[9, "m1", "Heartbeat", {}]', '[5, "x", {}]', '[6, "x", "Heartbeat", {}]',
        '[3, "nobody-asked", {}]', '[4, "nobody-asked", "X", "", {}]',
    ],
)  # fmt: skip
async def test_garbage_hurts_nobody(outside, frame):
    async with outside.booted() as wire:
        await wire.send(frame)
        message = [2, "after", "Heartbeat", {}]
        await wire.send(message)
        while (answer := await wire.receive())[1] != "after":
            assert answer[0] in (3, 4)
        assert answer[0] == 3


async def test_an_unknown_message_type_is_ignored(outside):
    async with outside.booted() as wire:
        await wire.send([9, "m1", "Heartbeat", {}])
        await wire.send([2, "after", "Heartbeat", {}])
        assert (await wire.receive())[1] == "after"


async def closed_with(wire) -> int:
    await asyncio.wait_for(wire.socket.wait_closed(), 20)
    return wire.socket.close_code


async def test_a_binary_frame_closes_with_1003(outside):
    async with outside.booted() as wire:
        await wire.send(b"[2]")
        assert await closed_with(wire) == 1003


async def test_a_frame_above_the_limit_closes_with_1009(outside):
    async with outside.booted() as wire:
        data = {"vendorId": "V", "data": "x" * 1_100_000}
        await wire.send([2, "m", "DataTransfer", data])
        assert await closed_with(wire) == 1009


async def test_a_frame_of_200_kilobytes_and_80000_elements_is_taken(outside):
    async with outside.booted() as wire:
        answer = await wire.ask("DataTransfer", {"vendorId": "V", "data": "x" * 200_000})
        assert answer[0] in (3, 4)
        answer = await wire.ask("MeterValues", {"connectorId": 1, "meterValue": [0] * 80_000})
        assert (answer[0], answer[2]) == (4, "TypeConstraintViolation")
        assert await wire.is_alive()


async def test_calls_sent_together_are_answered_in_order(outside):
    async with outside.booted() as wire:
        for n in range(10):
            await wire.send([2, f"m{n}", "Heartbeat" if n % 2 else "StatusNotification", {} if n % 2 else STATUS])
        assert [(await wire.receive())[1] for _ in range(10)] == [f"m{n}" for n in range(10)]


async def test_a_fragmented_message_is_put_together(outside):
    async with outside.booted() as wire:
        text = json.dumps([2, "m1", "Heartbeat", {}])
        await wire.socket.send([text[:7], text[7:20], text[20:]])
        assert (await wire.receive())[:2] == [3, "m1"]
        pong = await wire.socket.ping(b"hello")
        await pong
        await wire.socket.pong(b"unasked")
        assert await wire.is_alive()


async def test_a_duplicate_id_with_another_call_is_a_call_of_its_own(outside):
    card = await outside.card()
    async with outside.booted() as wire:
        first = await wire.call("Authorize", {"idTag": card}, message_id="1")
        second = await wire.call("StatusNotification", STATUS, message_id="1")
        assert (first["idTagInfo"]["status"], second) == ("Accepted", {})


async def test_words_are_stored_as_they_were_written(outside):
    words = "<script>'\"{{7*7}}ü✓"
    async with outside.booted() as wire:
        await wire.boot(chargePointVendor=words[:20], chargePointModel="'; DROP TABLE x;--"[:20])
        await wire.status(1, "Faulted", info=words, errorCode="OtherError", timestamp=stamp())
        row = await outside.api.one(f"stations/{wire.identity}/")
        (connector,) = await outside.api.all("connectors/", station=wire.identity)
    assert (row["vendor"], row["model"], connector["info"]) == (words[:20], "'; DROP TABLE x;--", words)
