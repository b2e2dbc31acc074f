"""What tells a repeat from news where OCPP 1.6 gives no key. Pure."""

import hashlib

from apps.chargers.messages.events import TransactionEvent


def start_fingerprint(station_id: int, event: TransactionEvent) -> str:
    """Equal for a StartTransaction and its repeat under a new message id (OCPP 1.6 §4.8, errata 3.1)."""
    token = event.id_token.key if event.id_token else ""
    return _digest("start", station_id, event.evse_id, token, event.occurred_at.isoformat(), event.meter_start_wh)


def stop_fingerprint(station_id: int, event: TransactionEvent) -> str:
    """Equal for a StopTransaction that fits no session and its repeat."""
    token = event.id_token.key if event.id_token else ""
    return _digest("stop", station_id, event.transaction_id, token, event.occurred_at.isoformat(), event.meter_stop_wh)


def values_fingerprint(station_id: int, transaction_id: str) -> str:
    """One per station and transaction that nobody knows."""
    return _digest("values", station_id, transaction_id)


def readings_fingerprint(session_id: int, seq_no: int | None, occurred_at_iso: str) -> str:
    """One per event whose readings wait for their EVSE."""
    return _digest("readings", session_id, seq_no, occurred_at_iso)


def _digest(*parts: object) -> str:
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()
