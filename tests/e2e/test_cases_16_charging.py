"""Cases of 1.6 around cards and sessions: a bare socket, and only the API for the rest."""

import pytest

from tests.e2e.raw import stamp

pytestmark = pytest.mark.server
YESTERDAY, TOMORROW = stamp(days=1), stamp(days=-1)


def samples(*values: dict, at: str | None = None) -> list[dict]:
    return [{"timestamp": at or stamp(), "sampledValue": list(values)}]


def wh(value: object, **fields: str) -> dict:
    return {"value": str(value), **fields}


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, "Accepted"),
        ({"status": "blocked"}, "Blocked"),
        ({"status": "lost"}, "Blocked"),
        ({"expires_at": YESTERDAY}, "Expired"),
        ({"expires_at": TOMORROW}, "Accepted"),
    ],
)
async def test_a_card_is_judged_by_what_the_api_says_of_it(outside, fields, status):
    card = await outside.card(**fields)
    async with outside.booted() as wire:
        info = (await wire.call("Authorize", {"idTag": card.lower()}))["idTagInfo"]
        started = await wire.start(card)
        assert (info["status"], started["idTagInfo"]["status"]) == (status, status)
        assert started["transactionId"] > 0


@pytest.mark.parametrize("tag", ["NOBODYS", "ÜÖÄ-✓", "x' OR 1=1 --", "<b>{{ 7*7 }}</b>"])
async def test_an_unknown_card_is_invalid_and_its_session_kept(outside, tag):
    async with outside.booted() as wire:
        assert (await wire.call("Authorize", {"idTag": tag}))["idTagInfo"]["status"] == "Invalid"
        started = await wire.start(tag, timestamp=stamp(hours=1))
        assert (started["idTagInfo"]["status"], started["transactionId"] > 0) == ("Invalid", True)
        assert "idTagInfo" not in await wire.stop(started["transactionId"], reason="DeAuthorized")
        session = await outside.session(wire)
    shown = {name: session[name] for name in ("token_value", "token_status", "stopped_reason", "energy_wh")}
    assert shown == {
        "token_value": tag, "token_status": "Unknown", "stopped_reason": "DeAuthorized", "energy_wh": 4000,
    }  # fmt: skip


async def test_the_parent_of_two_cards_is_told_and_the_second_may_stop_what_the_first_began(outside):
    first, second = await outside.card(parent_group="FAMILY"), await outside.card(parent_group="FAMILY")
    async with outside.booted() as wire:
        told = [(await wire.call("Authorize", {"idTag": card}))["idTagInfo"] for card in (first, second)]
        assert told == [{"status": "Accepted", "parentIdTag": "FAMILY"}] * 2
        transaction = (await wire.start(first))["transactionId"]
        stopped = await wire.stop(transaction, meter=1100, idTag=second)
        assert stopped["idTagInfo"]["status"] == "Accepted"


async def test_the_expiry_of_a_card_is_told(outside):
    card = await outside.card(expires_at="2035-01-01T00:00:00Z")
    async with outside.booted() as wire:
        info = (await wire.call("Authorize", {"idTag": card}))["idTagInfo"]
    assert info == {"status": "Accepted", "expiryDate": "2035-01-01T00:00:00.000Z"}


@pytest.mark.parametrize(("concurrent", "status"), [(True, "Accepted"), (False, "ConcurrentTx")])
async def test_a_second_session_is_a_matter_of_the_card(outside, concurrent, status):
    card = await outside.card(allows_concurrent=concurrent)
    async with outside.booted() as wire:
        transaction = (await wire.start(card, 1))["transactionId"]
        assert (await wire.start(card, 2))["idTagInfo"]["status"] == status
        stopped = await wire.stop(transaction, meter=1100, idTag=card)
        assert stopped["idTagInfo"]["status"] == "Accepted"


async def test_a_session_is_kept_from_start_to_stop(outside):
    card, begun, ended = await outside.card(), stamp(hours=2), stamp(hours=1)
    async with outside.booted() as wire:
        transaction = (await wire.start(card, 2, 1000, timestamp=begun))["transactionId"]
        await wire.call("MeterValues", {
            "connectorId": 2, "transactionId": transaction,
            "meterValue": samples(wh(3000), wh("7.2", measurand="Power.Active.Import", unit="kW"),
                                  at=stamp(minutes=90)),
        })  # fmt: skip
        await wire.stop(transaction, 6000, timestamp=ended, reason="EVDisconnected", idTag=card)
        await wire.status(2, "Available")
        session = await outside.session(wire)
        (value,) = [
            v for v in await outside.api.all("meter-values/", station=wire.identity) if v["power_w"] is not None
        ]
    names = ("state", "transaction_id", "evse_number", "token_value", "energy_wh", "meter_start_wh", "stopped_reason")
    assert [session[name] for name in names] == ["ended", str(transaction), 2, card, 5000, 1000, "EVDisconnected"]
    assert (session["started_at"][:19], session["ended_at"][:19]) == (begun[:19], ended[:19])
    assert (value["energy_wh"], value["power_w"], value["session_id"]) == (3000, 7200, session["id"])


async def test_authorize_without_a_plug_makes_no_session(outside):
    card = await outside.card()
    async with outside.booted() as wire:
        await wire.call("Authorize", {"idTag": card})
        await wire.status(1, "Preparing")
        await wire.status(1, "Available")
        assert await outside.sessions(wire) == []


@pytest.mark.parametrize("ids", [("same", "same"), ("one", "two")])
async def test_a_repeated_start_is_one_session(outside, ids):
    card, at = await outside.card(), stamp()
    async with outside.booted() as wire:
        payload = {"connectorId": 1, "idTag": card, "meterStart": 5, "timestamp": at}
        answers = [await wire.call("StartTransaction", payload, message_id=one) for one in ids]
        assert answers[0] == answers[1]
        assert len(await outside.sessions(wire)) == 1


@pytest.mark.parametrize("ids", [("same", "same"), ("one", "two")])
async def test_a_repeated_stop_changes_nothing(outside, ids):
    card = await outside.card()
    async with outside.booted() as wire:
        transaction = (await wire.start(card, timestamp=stamp(hours=1)))["transactionId"]
        payload = {"transactionId": transaction, "meterStop": 2000, "timestamp": stamp()}
        assert [await wire.call("StopTransaction", payload, message_id=one) for one in ids] == [{}, {}]
        assert (await outside.session(wire))["energy_wh"] == 1000


@pytest.mark.parametrize("transaction", [999_999, -1, 0, -16, 2**31 - 1])
async def test_a_transaction_that_nobody_knows_is_acknowledged(outside, transaction):
    async with outside.booted() as wire:
        values = {"connectorId": 1, "transactionId": transaction, "meterValue": samples(wh(10))}
        assert await wire.call("MeterValues", values) == {}
        assert await wire.stop(transaction) == {}
        session = await outside.session(wire)
    assert (session["state"], "start_missing" in session["flags"]) == ("review", True)


async def test_minus_one_is_the_open_session_of_the_connector(outside):
    card = await outside.card()
    async with outside.booted() as wire:
        await wire.start(card, timestamp=stamp(hours=1))
        values = {"connectorId": 1, "transactionId": -1, "meterValue": samples(wh(1500), at=stamp(minutes=30))}
        assert await wire.call("MeterValues", values) == {}
        await wire.stop(-1, 2000, idTag=card)
        session = await outside.session(wire)
    assert (session["energy_wh"], session["ended_at"] is not None) == (1000, True)


async def test_an_offline_session_is_kept_in_its_own_time(outside):
    card = await outside.card()
    async with outside.booted() as wire:
        start = {"connectorId": 1, "idTag": card, "meterStart": 100, "timestamp": stamp(days=2)}
        transaction = (await wire.call("StartTransaction", start))["transactionId"]
        values = samples(wh(2100), at=stamp(days=2, hours=-1))
        await wire.call("MeterValues", {"connectorId": 1, "transactionId": transaction, "meterValue": values})
        await wire.stop(transaction, 4100, timestamp=stamp(days=2, hours=-2))
        session = await outside.session(wire)
    assert (session["energy_wh"], session["started_at"][:10]) == (4000, stamp(days=2)[:10])
    assert "offline" in session["flags"]


async def test_a_new_start_on_a_busy_connector_ends_the_old_session(outside):
    first, second = await outside.card(), await outside.card()
    async with outside.booted() as wire:
        await wire.start(first, timestamp=stamp(hours=2))
        await wire.start(second, timestamp=stamp(hours=1))
        old, new = await outside.sessions(wire)
    assert (old["ended_at"] is not None, "superseded" in old["flags"], new["ended_at"]) == (True, True, None)


async def test_a_stop_before_its_start_is_accepted_and_the_session_after_it_is_another(outside):
    async with outside.booted() as wire:
        assert await wire.stop(1_999_999_999, timestamp=stamp(hours=1)) == {}
        card = await outside.card()
        assert (await wire.start(card, timestamp=stamp(hours=2)))["idTagInfo"]["status"] == "Accepted"


@pytest.mark.parametrize(
    ("fields", "flag"),
    [
        ({"meterStop": 10}, "meter_backwards"),
        ({"meterStop": -1}, "meter_backwards"),
        ({"timestamp": "2099-01-01T00:00:00Z"}, "clock_implausible"),
        ({"timestamp": "1970-01-01T00:00:00Z"}, "clock_implausible"),
    ],
)
async def test_what_cannot_be_is_answered_and_flagged(outside, fields, flag):
    card = await outside.card()
    async with outside.booted() as wire:
        transaction = (await wire.start(card, timestamp=stamp(hours=1)))["transactionId"]
        payload = {"transactionId": transaction, "meterStop": 1500, "timestamp": stamp(), **fields}
        assert await wire.call("StopTransaction", payload) == {}
        session = await outside.session(wire)
    assert (session["ended_at"] is not None, flag in session["flags"], session["energy_wh"] >= 0) == (True, True, True)


async def test_a_stop_without_card_and_reason_is_local(outside):
    card = await outside.card()
    async with outside.booted() as wire:
        transaction = (await wire.start(card))["transactionId"]
        assert await wire.stop(transaction, 1001) == {}
        assert (await outside.session(wire))["stopped_reason"] == "Local"


async def test_a_stop_with_300_samples_is_stored_whole(outside):
    card = await outside.card()
    async with outside.booted() as wire:
        transaction = (await wire.start(card, meter=0, timestamp=stamp(minutes=301)))["transactionId"]
        data = [
            {"timestamp": stamp(minutes=300 - n), "sampledValue": [
                wh(n * 10, context="Sample.Periodic", format="Raw", measurand="Energy.Active.Import.Register",
                   location="Outlet", unit="Wh"),
                wh(600, measurand="Power.Active.Import", unit="W"),
            ]}
            for n in range(300)
        ]  # fmt: skip
        assert await wire.stop(transaction, 3000, transactionData=data) == {}
        values = await outside.api.all("meter-values/", station=wire.identity)
    assert [v["energy_wh"] for v in values if v["power_w"]] == [n * 10 for n in range(300)]


async def test_every_shape_of_meter_values_is_stored_in_one_unit(outside):
    card, at = await outside.card(), stamp(minutes=30)
    async with outside.booted() as wire:
        transaction = (await wire.start(card, meter=0, timestamp=stamp(hours=1)))["transactionId"]
        values = samples(
            wh("1.5", unit="kWh"),
            wh("2300", measurand="Power.Active.Import"),
            wh("10.1", measurand="Current.Import", phase="L1", unit="A"),
            wh("230", measurand="Voltage", phase="L1-N", unit="V"),
            wh("41", measurand="SoC", unit="Percent", location="EV"),
            wh("21", measurand="Temperature", unit="Celcius"),
            wh("22", measurand="Temperature", unit="Celsius", location="Body"),
            {"value": "AAFF00", "format": "SignedData"},
            at=at,
        )
        payload = {"connectorId": 1, "transactionId": transaction, "meterValue": values}
        assert await wire.call("MeterValues", payload) == {}
        rows = await outside.api.all("meter-values/", station=wire.identity)
        (row,) = [r for r in rows if r["soc_percent"] is not None]
        total = {"connectorId": 0, "meterValue": samples(wh(99))}
        assert await wire.call("MeterValues", total) == {}
        (main,) = await outside.api.all("meter-values/", station=wire.identity, evse=0)
    shown = [row[name] for name in ("energy_wh", "power_w", "current_l1_a", "voltage_l1_v", "soc_percent")]
    assert [float(value) for value in shown] == [1500, 2300, 10.1, 230, 41]
    assert row["signed"] == [{"value": "AAFF00", "format": "SignedData"}]
    assert row["other"] == {"Temperature": 21.0, "Temperature/Body": 22.0}
    assert (main["energy_wh"], main["session_id"]) == (99, None)


async def test_the_transaction_of_another_station_is_none_of_ours(outside):
    card = await outside.card()
    async with outside.booted() as mine, outside.booted() as other:
        transaction = (await mine.start(card))["transactionId"]
        assert await other.stop(transaction, 9000) == {}
        assert (await outside.session(mine))["ended_at"] is None
