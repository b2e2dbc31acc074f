"""What a 2.1 charger tells of a session besides, in plain words."""

import pytest

from apps.portal.charging.details import detail_words
from tests.factories.sessions import SessionFactory


def told(**values) -> dict:
    return {name: [0, value] for name, value in values.items()}


def test_everything_is_said_in_words_and_in_order():
    cost = {
        "totalCost": {"currency": "EUR", "typeOfCost": "MinCost", "total": {"exclTax": 1.68, "inclTax": 2.0}},
        "totalUsage": {"energy": 5250, "chargingTime": 3600, "idleTime": 0},
    }
    words = detail_words(
        told(
            cost_details=cost, evse_sleep=False, tariff_id="TA", operation_mode="ChargingOnly",
            limit={"maxEnergy": 20000, "maxCost": 12.5, "maxSoC": 80}, preconditioning_status="Ready",
        )
    )  # fmt: skip
    assert words == [
        ("How it runs", "Charging, without giving energy back"),
        ("Tariff it charges by", "TA"),
        ("Ends at", "a cost of 12.5, or 20.00 kWh, or 80 % of the battery"),
        ("Cost it computed", "2.0 EUR with taxes, 1.68 EUR without taxes (the tariff’s least price)"),
        ("Usage it computed", "5.25 kWh, 1\u00a0h\u00a000\u00a0min charging"),
        ("Car’s battery", "warm enough to charge"),
        ("EVSE", "awake"),
    ]


def test_a_cost_that_it_could_not_compute_is_said_with_its_reason():
    cost = {"failureToCalculate": True, "failureReason": "no clock", "totalUsage": {}, "totalCost": {}}
    assert detail_words(told(cost_details=cost)) == [("Cost it computed", "It could not compute it: no clock")]


def test_a_mode_that_nobody_knows_is_shown_as_it_is():
    assert detail_words(told(operation_mode="Dancing")) == [("How it runs", "Dancing")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("protocol", "details", "words"),
    [
        ("ocpp2.1", told(tariff_id="TA-7"), "TA-7"),
        ("ocpp2.1", {}, "It has told nothing besides yet"),
        ("ocpp1.6", {}, "Only chargers with OCPP 2.1"),
    ],
)
def test_the_sessions_page_says_it(client, ada, station, protocol, details, words):
    session = SessionFactory(station=station, protocol=protocol, details=details)
    client.force_login(ada)
    assert words in client.get(f"/sessions/{session.pk}/").content.decode()
