"""Stations whose meter, or the software that reads it, is wrong."""

from dataclasses import replace
from typing import TYPE_CHECKING

from apps.gateway.simulator.misbehaviour.payloads import (
    ENERGY,
    Misbehaviour,
    PayloadMisbehaviour,
    change_energy,
    sampled_values,
)
from apps.gateway.simulator.physics import Sample

if TYPE_CHECKING:
    from apps.gateway.simulator.evse import Evse
    from apps.gateway.simulator.station import Station


class MeterReset(Misbehaviour):
    name = "meter-reset"
    sentence = "The energy register starts at 0 in every session."

    def starting(self, station: "Station", evse: "Evse") -> None:
        evse.meter.register_wh = 0.0


class MeterRollback(Misbehaviour):
    name = "meter-rollback"
    sentence = "Every third reading of the register is 1000 Wh below the truth."

    def __init__(self) -> None:
        self.readings = 0

    def sample(self, station: "Station", evse: "Evse", sample: Sample) -> Sample:
        self.readings += 1
        return sample if self.readings % 3 else replace(sample, energy_wh=sample.energy_wh - 1000)


class MeterStopMinusOne(PayloadMisbehaviour):
    name = "meter-stop-minus-one"
    sentence = "The register at the end of a transaction is -1."

    def change(self, action: str, payload: dict) -> None:
        if action == "StopTransaction":
            payload["meterStop"] = -1
        elif payload.get("eventType") == "Ended":
            change_energy(payload, lambda energy_wh: -1)


class FractionalWh(PayloadMisbehaviour):
    name = "fractional-wh"
    sentence = "Energy has fractions of a Wh, also where only integers are allowed."

    def change(self, action: str, payload: dict) -> None:
        change_energy(payload, lambda energy_wh: energy_wh + 0.567)


class KwhLabelledWh(PayloadMisbehaviour):
    name = "kwh-labelled-wh"
    sentence = "Sampled energy is in kWh but labelled Wh."

    def change(self, action: str, payload: dict) -> None:
        if "meterStop" not in payload and "meterStart" not in payload:
            change_energy(payload, lambda energy_wh: energy_wh / 1000)


class DecimalComma(PayloadMisbehaviour):
    name = "decimal-comma"
    sentence = "Sampled values are text with a decimal comma: 1234,5."

    def change(self, action: str, payload: dict) -> None:
        for value in sampled_values(payload):
            value["value"] = f"{float(value['value']):.1f}".replace(".", ",")


class StringNumbers(PayloadMisbehaviour):
    name = "string-numbers"
    sentence = 'Numbers are sent as text: "connectorId": "1".'
    NUMBERS = ("connectorId", "transactionId", "meterStart", "meterStop", "evseId", "seqNo")

    def change(self, action: str, payload: dict) -> None:
        for name in self.NUMBERS:
            if name in payload:
                payload[name] = str(payload[name])
        for value in sampled_values(payload):
            value["value"] = str(value["value"])


class EmptyStringValues(PayloadMisbehaviour):
    name = "empty-string-values"
    sentence = "Every sampled value but the energy is an empty text."

    def change(self, action: str, payload: dict) -> None:
        for value in sampled_values(payload):
            if value["measurand"] != ENERGY:
                value["value"] = ""


class BareValues(PayloadMisbehaviour):
    name = "bare-values"
    sentence = "Only the energy is sampled, without measurand, unit or context."

    def change(self, action: str, payload: dict) -> None:
        for meter_value in payload.get("meterValue", []) + payload.get("transactionData", []):
            energy = next(value for value in meter_value["sampledValue"] if value["measurand"] == ENERGY)
            meter_value["sampledValue"] = [{"value": energy["value"]}]


class Celcius(PayloadMisbehaviour):
    name = "celcius"
    sentence = "Temperatures are in Celcius, as the first edition of 1.6 spelt it."
    versions = ("1.6",)

    def change(self, action: str, payload: dict) -> None:
        for value in sampled_values(payload):
            if value["unit"] == "Celsius":
                value["unit"] = "Celcius"


class SignedData(PayloadMisbehaviour):
    name = "signed-data"
    sentence = "The energy is signed meter data instead of a number."
    versions = ("1.6",)
    DATA = 'OCMF|{"FV":"1.0","RD":[{"RV":12.345,"RU":"kWh"}]}|{"SD":"3045022100"}'

    def change(self, action: str, payload: dict) -> None:
        for value in sampled_values(payload):
            if value["measurand"] == ENERGY:
                value |= {"value": self.DATA, "format": "SignedData"}


KINDS = (
    MeterReset,
    MeterRollback,
    MeterStopMinusOne,
    FractionalWh,
    KwhLabelledWh,
    DecimalComma,
    StringNumbers,
    EmptyStringValues,
    BareValues,
    Celcius,
    SignedData,
)
