"""The signed meter values of a session, byte for byte as the meter signed them, with its public key and our verdict."""

import base64
import binascii
from typing import Any

from django.db.models import Q

from apps.chargers.models import DeviceVariable
from apps.sessions.engine.ocmf import UnreadableOcmf, Verdict, read_ocmf, verify
from apps.sessions.models import ChargingSession, MeterValue

NOT_CHECKED = "not_checked"


def signed_values(session: ChargingSession) -> list[dict[str, Any]]:
    """In order of time: ``at`` (UTC), ``context``, ``data`` and ``format``, ``public_key`` in hex, and ``verdict``.

    ``verdict``: *valid*, *invalid*, *unsupported_algorithm*, or *not_checked*: no key is known, or no OCMF.
    """
    rows = MeterValue.objects.filter(session_id=session.pk, signed__isnull=False).order_by("at")
    told = _told_key(session)
    return [
        _value(row, container, told)
        for row in rows.only("at", "context", "signed")
        for container in row.signed
    ]  # fmt: skip


def _value(row: MeterValue, container: dict[str, Any], told: str) -> dict[str, Any]:
    data = _plain(str(container.get("signedMeterData") or container.get("value") or ""))
    key = _key(str(container.get("publicKey") or "")) or told
    return {
        "at": row.at.isoformat(),
        "context": row.context,
        "format": "OCMF" if data.startswith("OCMF|") else str(container.get("encodingMethod") or ""),
        "data": data,
        "public_key": key,
        "verdict": _verdict(data, key),
    }


def _plain(data: str) -> str:
    """OCPP 2.x carries the container in Base64, 1.6 as it is; what is no text stays as it came."""
    if data.startswith("OCMF|"):
        return data
    try:
        decoded = base64.b64decode(data, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return data
    return decoded if decoded.startswith("OCMF|") else data


def _key(text: str) -> str:
    """A public key in hex, from hex or Base64; of 2.x also Base64 of ``oca:base16:asn1:<hex>`` and its kin."""
    text = text.strip()
    try:
        return bytes.fromhex(text).hex()
    except ValueError:
        pass
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error:
        return ""
    if raw.startswith(b"oca:"):
        _, encoding, _, content = raw.decode("ascii", "replace").split(":", 3)
        return _key(content) if encoding in ("base16", "base64") else ""
    return raw.hex()


def _told_key(session: ChargingSession) -> str:
    """The key that the station told of its meter: of this connector, else of the station."""
    keys = DeviceVariable.objects.filter(
        Q(variable__istartswith="MeterPublicKey") | Q(component="FiscalMetering", variable="PublicKey"),
        station=session.station_id,
    )
    named = {variable.variable.lower(): variable.value or "" for variable in keys}
    return _key(named.get(f"meterpublickey{session.connector_number or 1}") or next(iter(named.values()), ""))


def _verdict(data: str, key: str) -> str:
    if not key:
        return NOT_CHECKED
    try:
        return Verdict(verify(read_ocmf(data), key)).value
    except UnreadableOcmf:
        return NOT_CHECKED
