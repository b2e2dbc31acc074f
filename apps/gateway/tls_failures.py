"""Clients that got no further than TLS: counted, and written every two seconds by the gateway of the process.

Nothing is known of such a client but its address, since TLS comes before the URL that would name the station.
"""

import asyncio
from datetime import UTC, datetime

from apps.chargers.services.connections.handshakes import FailedHandshakes

MAX_KEPT = 1_000
_noted: dict[tuple[str, str], FailedHandshakes] = {}
_starting: set[asyncio.Task[None]] = set()

WORDS = {
    "hung up": "It hung up before the connection was secured.",
    "unsupported protocol": "It speaks only TLS 1.1 or older.",
    "wrong version number": "It does not speak TLS on the TLS port, or a version that is too old.",
    "http request": "It calls without TLS on the TLS port: ws:// instead of wss://.",
    "no shared cipher": "It offers no cipher suite that is allowed here.",
    "unknown ca": "It does not trust the certificate of this server: install its CA at the charger.",
    "certificate unknown": "It does not accept the certificate of this server.",
    "bad certificate": "It does not accept the certificate of this server.",
    "certificate expired": "It says that the certificate of this server has expired; compare its clock.",
}


def note_failed_handshake(address: str, words: str) -> None:
    """Called by the server, on the loop, for each failed handshake."""
    key = (address, _sentence(words))
    now = datetime.now(UTC)
    known = _noted.get(key)
    if known is None and len(_noted) >= MAX_KEPT:
        return
    _noted[key] = FailedHandshakes(*key, known.first_at if known else now, now, (known.attempts if known else 0) + 1)
    if not _starting:
        task = asyncio.get_running_loop().create_task(_start_gateway())
        _starting.add(task)


def take_failed_handshakes() -> list[FailedHandshakes]:
    """What was noted since the last call."""
    taken = list(_noted.values())
    _noted.clear()
    return taken


async def _start_gateway() -> None:
    """The first client may fail before any charger came in; who writes must run by then."""
    from apps.gateway.process import running_gateway

    await running_gateway()


def _sentence(words: str) -> str:
    lowered = words.casefold()
    return next((sentence for word, sentence in WORDS.items() if word in lowered), f"TLS failed: {words[:150]}.")
