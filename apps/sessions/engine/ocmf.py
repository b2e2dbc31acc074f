"""Signed meter values in the Open Charge Metering Format: read, and checked against the meter's public key. Pure.

Source: OCMF 1.0 to 1.4 (S.A.F.E. e.V.). ``OCMF|<payload>|<signature>``: what was signed are the bytes between the
first and the last bar. A verdict is never *valid* by default.
"""

import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from apps.core.errors import DomainError

HEADER = "OCMF"
DEFAULT_ALGORITHM = "ECDSA-secp256r1-SHA256"
MAX_LENGTH = 1_000_000
_CURVES: dict[str, type[ec.EllipticCurve]] = {
    "secp192r1": ec.SECP192R1,
    "secp256r1": ec.SECP256R1,
    "secp384r1": ec.SECP384R1,
    "secp521r1": ec.SECP521R1,
    "secp256k1": ec.SECP256K1,
    "brainpool256r1": ec.BrainpoolP256R1,
    "brainpoolP256r1": ec.BrainpoolP256R1,
    "brainpool384r1": ec.BrainpoolP384R1,
    "brainpoolP384r1": ec.BrainpoolP384R1,
}
_HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "SHA256": hashes.SHA256,
    "SHA384": hashes.SHA384,
    "SHA512": hashes.SHA512,
}
_PER_KWH = {"kWh": Decimal(1), "Wh": Decimal("0.001"), "MWh": Decimal(1000)}
_BEGIN, _ENDS = "B", frozenset("ELRAPS")  # S: suspended; the others are ways to end
_INHERITED = ("RI", "RU")


class UnreadableOcmf(DomainError):
    code = "unreadable_ocmf"
    message = "This is no OCMF container."


class Verdict(StrEnum):
    """``UNSUPPORTED``: the curve or hash cannot be checked here, so nothing is known."""

    VALID = "valid"
    INVALID = "invalid"
    UNSUPPORTED = "unsupported_algorithm"


@dataclass(frozen=True, slots=True)
class Ocmf:
    """``signed`` are the bytes that were signed, ``signature`` the section after them, ``payload`` the readings."""

    signed: bytes
    payload: Mapping[str, Any]
    signature: Mapping[str, Any]


def read_ocmf(text: str) -> Ocmf:
    """The container in ``text``. Raises ``UnreadableOcmf``."""
    if len(text) > MAX_LENGTH:
        raise UnreadableOcmf("The container is too long.")
    head, first, rest = text.partition("|")
    body, last, tail = rest.rpartition("|")
    if head.strip() != HEADER or not first or not last:
        raise UnreadableOcmf("An OCMF container is OCMF|payload|signature.")
    return Ocmf(body.encode(), _section(body, "payload"), _section(tail, "signature"))


def verify(container: Ocmf, public_key_hex: str) -> Verdict:
    """Whether the signature is the key's; it is DER SubjectPublicKeyInfo, or raw X‖Y with or without 04, in hex."""
    curve_name, hash_name = _algorithm(container)
    curve, digest = _CURVES.get(curve_name), _HASHES.get(hash_name)
    if curve is None or digest is None:
        return Verdict.UNSUPPORTED
    try:
        key = _public_key(bytes.fromhex("".join(public_key_hex.split())), curve())
        if key.curve.name != curve().name:
            return Verdict.INVALID
        key.verify(_signature_bytes(container), container.signed, ec.ECDSA(digest()))
    except UnsupportedAlgorithm:
        return Verdict.UNSUPPORTED
    except (InvalidSignature, ValueError, binascii.Error):
        return Verdict.INVALID
    return Verdict.VALID


def energy_kwh(container: Ocmf) -> Decimal | None:
    """End minus begin of the first register, in kWh; ``None`` where the container does not tell both."""
    readings = _completed(container.payload.get("RD"))
    if not readings:
        return None
    register = readings[0].get("RI")
    own = [reading for reading in readings if reading.get("RI") == register]
    begin = next((reading for reading in own if reading.get("TX") == _BEGIN), None)
    end = next((reading for reading in reversed(own) if reading.get("TX") in _ENDS), None)
    factor = _PER_KWH.get(str(own[0].get("RU")))
    if begin is None or end is None or factor is None:
        return None
    first, last = _value(begin), _value(end)
    return None if first is None or last is None else (last - first) * factor


def answer_ocmf(case: Mapping[str, Any]) -> dict[str, Any]:
    """``case`` has ``ocmf`` and ``public_key``. Raises ``UnreadableOcmf``, ``KeyError``."""
    container = read_ocmf(case["ocmf"])
    energy = energy_kwh(container)
    return {
        "signature": verify(container, case["public_key"]).value,
        "energy_kwh": None if energy is None else format(energy, "f"),
    }


def _section(text: str, name: str) -> Mapping[str, Any]:
    try:
        section = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise UnreadableOcmf(f"The {name} is not JSON.") from error
    if not isinstance(section, dict):
        raise UnreadableOcmf(f"The {name} is no JSON object.")
    return section


def _algorithm(container: Ocmf) -> tuple[str, str]:
    """``ECDSA-secp256r1-SHA256`` as curve and hash; empty where it is written otherwise."""
    parts = str(container.signature.get("SA") or DEFAULT_ALGORITHM).split("-")
    return (parts[1], parts[2]) if len(parts) == 3 and parts[0] == "ECDSA" else ("", "")


def _public_key(raw: bytes, curve: ec.EllipticCurve) -> ec.EllipticCurvePublicKey:
    size = (curve.key_size + 7) // 8
    if len(raw) == 2 * size:
        raw = b"\x04" + raw
    if len(raw) == 2 * size + 1 and raw[0] == 4:
        return ec.EllipticCurvePublicKey.from_encoded_point(curve, raw)
    key = load_der_public_key(raw)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError("The key is on no elliptic curve.")
    return key


def _signature_bytes(container: Ocmf) -> bytes:
    text = str(container.signature.get("SD", ""))
    if container.signature.get("SE", "hex") == "base64":
        return binascii.a2b_base64(text, strict_mode=True)
    return bytes.fromhex(text)


def _completed(readings: Any) -> list[dict[str, Any]]:
    """Readings with what they take over from the one before them."""
    completed: list[dict[str, Any]] = []
    for reading in readings if isinstance(readings, Sequence) and not isinstance(readings, str) else ():
        if not isinstance(reading, dict):
            continue
        taken_over = {name: completed[-1][name] for name in _INHERITED if completed and name in completed[-1]}
        completed.append({**taken_over, **reading})
    return completed


def _value(reading: Mapping[str, Any]) -> Decimal | None:
    value = reading.get("RV")
    return Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None
