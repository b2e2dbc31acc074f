"""Prices and cost told to stations: each command as the call of each version, each answer as what it teaches."""

import json

import pytest

from apps.chargers.messages.commands.tariffs import (
    ChangeTransactionTariff,
    ClearTariffs,
    CostUpdated,
    DefaultTariffAnswered,
    FinalCost,
    GetTariffs,
    HeldTariff,
    SetDefaultTariff,
    SetUserPrice,
    TariffsCleared,
    TariffsListed,
)
from apps.chargers.messages.replies import AuthorizeReply, TransactionReply
from apps.chargers.messages.tokens import AuthorizationStatus, IdTokenInfo
from apps.gateway.protocol.adapter import adapter_for
from apps.gateway.protocol.errors import CommandNotExpressible

TARIFF = {"tariffId": "7-3", "currency": "EUR", "energy": {"prices": [{"priceKwh": 0.5}]}}
SET = {"evseId": 2, "tariff": TARIFF}
RUNNING = CostUpdated("17", "2.40", "2026-03-01T12:00:00Z", 3000, True, {"kWhPrice": 0.5})


def encode(version, command):
    adapter = adapter_for(version)
    action, payload = adapter.encode_command(command)
    assert adapter.validate_request(action, payload) == []
    return action, payload


@pytest.mark.ocpp("2.0.1", "CostUpdated")
@pytest.mark.ocpp("2.1", "CostUpdated")
@pytest.mark.parametrize("version", ["ocpp2.0.1", "ocpp2.1"])
def test_running_cost_in_2x(version):
    assert encode(version, RUNNING) == ("CostUpdated", {"totalCost": 2.4, "transactionId": "17"})


@pytest.mark.ocpp("1.6", "DataTransfer")
@pytest.mark.parametrize(
    ("command", "message", "said"),
    [
        (
            RUNNING,
            "RunningCost",
            {
                "transactionId": 17, "timestamp": "2026-03-01T12:00:00Z", "meterValue": 3000, "cost": 2.4,
                "state": "Idle", "chargingPrice": {"kWhPrice": 0.5},
            },
        ),
        (
            FinalCost("17", "3.60", "4 kWh: 3.60 EUR"),
            "FinalCost",
            {"transactionId": 17, "cost": 3.6, "priceText": "4 kWh: 3.60 EUR"},
        ),
        (SetUserPrice("CARD", "0.50 EUR"), "SetUserPrice", {"idToken": "CARD", "priceText": "0.50 EUR"}),
    ],
)  # fmt: skip
def test_prices_and_costs_travel_as_text_in_16(command, message, said):
    action, payload = encode("ocpp1.6", command)
    assert (action, payload["vendorId"], payload["messageId"]) == (
        "DataTransfer",
        "org.openchargealliance.costmsg",
        message,
    )
    assert json.loads(payload["data"]) == said


@pytest.mark.parametrize(
    ("command", "action", "payload"),
    [
        (SetDefaultTariff(2, TARIFF), "SetDefaultTariff", SET),
        (
            ChangeTransactionTariff("T1", TARIFF),
            "ChangeTransactionTariff",
            {"transactionId": "T1", "tariff": TARIFF},
        ),
        (GetTariffs(), "GetTariffs", {"evseId": 0}),
        (ClearTariffs(), "ClearTariffs", {}),
        (ClearTariffs(("7-3",), 2), "ClearTariffs", {"tariffIds": ["7-3"], "evseId": 2}),
    ],
)
@pytest.mark.ocpp("2.1", "SetDefaultTariff", "ChangeTransactionTariff", "GetTariffs", "ClearTariffs")
def test_tariffs_in_21(command, action, payload):
    assert encode("ocpp2.1", command) == (action, payload)


@pytest.mark.parametrize(
    ("version", "command"),
    [
        ("ocpp1.6", SetDefaultTariff(0, TARIFF)),
        ("ocpp1.6", CostUpdated("not-a-number", "1.00")),
        ("ocpp2.0.1", SetDefaultTariff(0, TARIFF)),
        ("ocpp2.0.1", GetTariffs()),
        ("ocpp2.0.1", FinalCost("T", "1.00", "")),
        ("ocpp2.1", SetUserPrice("CARD", "x")),
    ],
)
def test_what_a_version_cannot_say_is_not_sent(version, command):
    with pytest.raises(CommandNotExpressible):
        adapter_for(version).encode_command(command)


@pytest.mark.parametrize(
    ("action", "request_", "response", "accepted", "learnt"),
    [
        ("SetDefaultTariff", SET, {"status": "Accepted"}, True, DefaultTariffAnswered(2, TARIFF, "Accepted")),
        (
            "SetDefaultTariff",
            SET,
            {"status": "TooManyElements", "statusInfo": {"reasonCode": "TooMany", "additionalInfo": "5"}},
            False,
            DefaultTariffAnswered(2, TARIFF, "TooManyElements", "TooMany: 5"),
        ),
        (
            "GetTariffs",
            {"evseId": 0},
            {
                "status": "Accepted",
                "tariffAssignments": [
                    {"tariffId": "7-3", "tariffKind": "DefaultTariff", "evseIds": [1, 2]},
                    {"tariffId": "x", "tariffKind": "DriverTariff"},
                ],
            },
            True,
            TariffsListed(0, (HeldTariff("7-3", "DefaultTariff", (1, 2)), HeldTariff("x", "DriverTariff"))),
        ),
        ("GetTariffs", {"evseId": 1}, {"status": "NoTariff"}, True, TariffsListed(1, ())),
        (
            "ClearTariffs",
            {},
            {"clearTariffsResult": [{"tariffId": "7-3", "status": "Accepted"}]},
            True,
            TariffsCleared(("7-3",), everything=True),
        ),
        (
            "ClearTariffs",
            {"tariffIds": ["a", "b"], "evseId": 1},
            {
                "clearTariffsResult": [
                    {"tariffId": "a", "status": "Accepted"},
                    {"tariffId": "b", "status": "Rejected"},
                ]
            },
            False,
            TariffsCleared(("a",), evse_id=1),
        ),
    ],
)
def test_answers_teach_what_the_station_holds(action, request_, response, accepted, learnt):
    result = adapter_for("ocpp2.1").read_result(action, request_, response)
    assert (result.accepted, result.learnt) == (accepted, (learnt,))


def test_a_refused_question_teaches_nothing():
    result = adapter_for("ocpp2.1").read_result("GetTariffs", {"evseId": 0}, {"status": "Rejected"})
    assert (result.accepted, result.learnt) == (False, ())


@pytest.mark.ocpp("2.1", "Authorize")
def test_the_answer_to_a_card_tells_the_tariff_in_21_alone():
    reply = AuthorizeReply(IdTokenInfo(AuthorizationStatus.ACCEPTED), tariff={"tariffId": "1-1", "currency": "EUR"})
    info = {"idTokenInfo": {"status": "Accepted"}}
    told = adapter_for("ocpp2.1").encode_reply["Authorize"](reply)
    assert told == {**info, "tariff": {"tariffId": "1-1", "currency": "EUR"}}
    assert adapter_for("ocpp2.0.1").encode_reply["Authorize"](reply) == info


@pytest.mark.ocpp("2.1", "TransactionEvent")
def test_the_answer_limits_the_transaction_in_21():
    encode_reply = adapter_for("ocpp2.1").encode_reply["TransactionEvent"]
    assert encode_reply(TransactionReply(max_energy_wh=12_000)) == {"transactionLimit": {"maxEnergy": 12000.0}}
    assert adapter_for("ocpp2.0.1").encode_reply["TransactionEvent"](TransactionReply(max_energy_wh=12_000)) == {}
