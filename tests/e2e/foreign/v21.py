"""The charger of 2.0.1 with firmware that speaks 2.1, on the ``ocpp`` library's ChargePoint and its schemas of 2.1."""

from ocpp.v21 import call, call_result

from tests.e2e.foreign.v201 import Charger201


class Charger21(Charger201):
    _call = call
    _call_result = call_result
    _ocpp_version = "2.1"
    subprotocol = "ocpp2.1"
