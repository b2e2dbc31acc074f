"""Habits of models, undone before a payload is decoded."""

import pytest

from apps.chargers.engine.quirks import Quirks
from apps.gateway.protocol.outcomes import Inbound
from tests.pure.protocol.talk import call, connect

AT = "2026-03-01T11:59:00Z"


def heard(version, quirks, action, payload):
    got = call(connect(version, quirks=quirks), action, payload)
    assert isinstance(got, Inbound), got
    return got.event


@pytest.mark.parametrize(
    ("quirks", "sent", "read"),
    [
        (Quirks(tag_suffix=";"), "04AABBCC;", "04AABBCC"),
        (Quirks(tag_suffix=";"), ";", ";"),
        (Quirks(reversed_tags=True), "04AABBCC", "CCBBAA04"),
        (Quirks(reversed_tags=True), "A-CARD", "A-CARD"),
        (Quirks(tag_suffix=";", reversed_tags=True), "04AABBCC;", "CCBBAA04"),
        (Quirks(), "04AABBCC;", "04AABBCC;"),
    ],
)
def test_card_numbers(quirks, sent, read):
    assert heard("ocpp1.6", quirks, "Authorize", {"idTag": sent}).id_token.value == read
    token = {"idToken": {"idToken": sent, "type": "ISO14443"}}
    assert heard("ocpp2.0.1", quirks, "Authorize", token).id_token.value == read


def test_kwh_labelled_wh_in_1_6():
    quirks = Quirks(energy_is_kwh=True)
    samples = [{"value": "12.345"}, {"value": "7.4", "measurand": "Power.Active.Import", "unit": "W"}]
    values = {"connectorId": 1, "meterValue": [{"timestamp": AT, "sampledValue": samples}]}
    (reading,) = heard("ocpp1.6", quirks, "MeterValues", values).readings
    assert (reading.energy_wh, reading.power_w) == (12_345, 7)

    start = {"connectorId": 1, "idTag": "A", "meterStart": 12, "timestamp": AT}
    assert heard("ocpp1.6", quirks, "StartTransaction", start).meter_start_wh == 12_000


def test_kwh_labelled_wh_in_2_0_1():
    sample = {"value": 12.345, "unitOfMeasure": {"unit": "Wh"}}
    values = {"evseId": 1, "meterValue": [{"timestamp": AT, "sampledValue": [sample, {"value": 1}]}]}
    (reading,) = heard("ocpp2.0.1", Quirks(energy_is_kwh=True), "MeterValues", values).readings
    assert reading.energy_wh == 12_345


def test_honest_kwh_stay_what_they_are():
    sample = {"value": "12.345", "unit": "kWh"}
    values = {"connectorId": 1, "meterValue": [{"timestamp": AT, "sampledValue": [sample]}]}
    (reading,) = heard("ocpp1.6", Quirks(energy_is_kwh=True), "MeterValues", values).readings
    assert reading.energy_wh == 12_345


def test_habits_that_become_known_later_count_from_then_on():
    connection = connect("ocpp1.6")
    connection.live_with(Quirks(tag_suffix=";"))
    assert call(connection, "Authorize", {"idTag": "A;"}).event.id_token.value == "A"
