"""What only 2.1 tells of a transaction: last told wins, by the charger's order and not by the order of arrival."""

from itertools import permutations

from apps.chargers.messages.events import TransactionDetails
from apps.sessions.engine.details import take

TOLD = [
    (0, TransactionDetails(operation_mode="ChargingOnly", limit={"maxEnergy": 5})),
    (2, TransactionDetails(operation_mode="Idle", evse_sleep=True)),
    (5, TransactionDetails(preconditioning_status="Ready", evse_sleep=False)),
]


def test_the_order_of_arrival_does_not_matter():
    for order in permutations(TOLD):
        known = {}
        for seq_no, told in order:
            known = take(known, seq_no, told)
        assert known == {
            "operation_mode": [2, "Idle"],
            "limit": [0, {"maxEnergy": 5}],
            "evse_sleep": [5, False],
            "preconditioning_status": [5, "Ready"],
        }


def test_what_was_known_is_left_as_it_was():
    known = {"tariff_id": [1, "A"]}

    assert take(known, 2, TransactionDetails(tariff_id="B")) == {"tariff_id": [2, "B"]}
    assert known == {"tariff_id": [1, "A"]}


def test_an_event_without_a_number_comes_first():
    assert take({"tariff_id": [1, "A"]}, None, TransactionDetails(tariff_id="B")) == {"tariff_id": [1, "A"]}
