"""Habits of a model, undone in a charger's payload before it is decoded (``chargers.engine.quirks``).

The one place where what a charger says is read otherwise than it is written; the journal keeps the frame as it came.
"""

from collections.abc import Callable, Iterator
from typing import Any

from apps.chargers.engine.quirks import Quirks

Payload = dict[str, Any]
Mender = Callable[[Payload], None]
_REGISTERS = ("meterStart", "meterStop")
_HEX = frozenset("0123456789abcdefABCDEF")
_UID_LENGTHS = frozenset({8, 14, 20})
"""Hexadecimal digits of UIDs of 4, 7 and 10 bytes (ISO 14443)."""


def mender(quirks: Quirks) -> Mender | None:
    """What to do with every valid payload of a station with these ``quirks``; ``None``: nothing."""
    steps: list[Mender] = []
    if quirks.tag_suffix or quirks.reversed_tags:
        steps.append(lambda payload: _mend_tags(payload, quirks))
    if quirks.energy_is_kwh:
        steps.append(_mend_energy)
    if not steps:
        return None

    def mend(payload: Payload) -> None:
        for step in steps:
            step(payload)

    return mend


def _mend_tags(payload: Payload, quirks: Quirks) -> None:
    if type(payload.get("idTag")) is str:
        payload["idTag"] = _tag(payload["idTag"], quirks)
    token = payload.get("idToken")
    if type(token) is dict and type(token.get("idToken")) is str:
        token["idToken"] = _tag(token["idToken"], quirks)


def _tag(tag: str, quirks: Quirks) -> str:
    if quirks.tag_suffix and tag.endswith(quirks.tag_suffix) and tag != quirks.tag_suffix:
        tag = tag.removesuffix(quirks.tag_suffix)
    if quirks.reversed_tags and len(tag) in _UID_LENGTHS and _HEX.issuperset(tag):
        tag = "".join(tag[at : at + 2] for at in range(len(tag) - 2, -1, -2))
    return tag


def _mend_energy(payload: Payload) -> None:
    for name in _REGISTERS:
        if type(payload.get(name)) in (int, float):
            payload[name] *= 1000
    for sample in _samples(payload):
        if str(sample.get("measurand") or "Energy").startswith("Energy") and _says_wh(sample):
            if _is_of_2x(payload):
                sample["unitOfMeasure"] = {**(sample.get("unitOfMeasure") or {}), "unit": "kWh"}
            else:
                sample["unit"] = "kWh"


def _says_wh(sample: Payload) -> bool:
    unit = sample.get("unit") or (sample.get("unitOfMeasure") or {}).get("unit") or "Wh"
    return str(unit).casefold() == "wh"


def _is_of_2x(payload: Payload) -> bool:
    return "evseId" in payload or "transactionInfo" in payload


def _samples(payload: Payload) -> Iterator[Payload]:
    for name in ("meterValue", "transactionData"):
        for value in payload.get(name) or ():
            if type(value) is dict:
                yield from (sample for sample in value.get("sampledValue") or () if type(sample) is dict)
