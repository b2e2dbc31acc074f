"""The request of a charger that wants in, read from the ASGI scope: pure, no database.

Chargers differ in how they write their URL. The identity is the last non-empty segment of the path, percent-decoded
once and then compared exactly (OCPP-J 1.6 §3.1.1); a segment before it may name the organisation.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from apps.chargers.services.connections import RefusalKind
from apps.gateway.protocol.adapter import VERSIONS
from apps.gateway.server.connection import EXTENSION

MAX_IDENTITY_LENGTH = 48  # OCPP 2.0.1 part 4 §3.1.1; 1.6 has no limit
PREFIX = "ocpp"


@dataclass(frozen=True, slots=True)
class Credentials:
    """HTTP Basic: the password as bytes, since chargers send raw keys that are not text."""

    user: str
    password: bytes


@dataclass(frozen=True, slots=True)
class ConnectRequest:
    """What a charger asked for. ``identity`` is empty where the path holds none or an impossible one.

    ``client_certificates`` in DER, its own first: it has proven to hold the key, to us or to a trusted proxy.
    """

    identity: str
    organisation_slug: str
    path: str
    offered: tuple[str, ...]
    credentials: Credentials | None
    remote_address: str
    is_tls: bool
    user_agent: str
    client_certificates: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """An HTTP answer instead of an upgrade, and its sentence for the operator."""

    status: int
    reason: str
    kind: RefusalKind = RefusalKind.OTHER


def read_request(scope: Mapping[str, Any]) -> ConnectRequest:
    """The request in ``scope``; never raises, whatever the client wrote."""
    headers = {bytes(name).lower(): bytes(value) for name, value in scope.get("headers", ())}
    path = _raw_path(scope)
    segments = [_decode(segment) for segment in path.split("/") if segment]
    if segments and segments[0] == PREFIX:
        segments = segments[1:]
    client = scope.get("client")
    info = (scope.get("extensions") or {}).get(EXTENSION)
    return ConnectRequest(
        identity=segments[-1] if segments else "",
        organisation_slug=segments[0] if len(segments) > 1 else "",
        path=path[:300],
        offered=tuple(scope.get("subprotocols") or ()),
        credentials=_read_basic(headers.get(b"authorization")),
        remote_address=str(client[0]) if client else "",
        is_tls=scope.get("scheme") == "wss",
        user_agent=headers.get(b"user-agent", b"").decode("latin-1")[:200],
        client_certificates=info.peer_certificates if info is not None else (),
    )


def identity_problem(identity: str) -> str:
    """What is wrong with ``identity`` as such; empty if nothing is."""
    if not identity:
        return "The URL names no charging station: it ends with the station's identity."
    if len(identity) > MAX_IDENTITY_LENGTH:
        return f"The identity has {len(identity)} characters; {MAX_IDENTITY_LENGTH} are allowed."
    if ":" in identity:
        return "An identity must not contain a colon."
    if "\0" in identity or not identity.isprintable():
        return "The identity contains characters that cannot be shown."
    return ""


def choose_version(offered: Sequence[str], *, assumed: str) -> tuple[str, str | None] | None:
    """Version to speak and subprotocol to answer with: the client's first that we speak.

    A client that offers nothing gets ``assumed`` (its site's setting) without a subprotocol. None: refuse.
    """
    if not offered:
        return (assumed, None) if assumed in VERSIONS else None
    for name in offered:
        if name in VERSIONS:
            return name, name
    return None


def version_problem(offered: Sequence[str]) -> str:
    """Why no version could be chosen, in a sentence."""
    ours = ", ".join(VERSIONS)
    if not offered:
        return f"The charger offers no OCPP version (Sec-WebSocket-Protocol). This system speaks {ours}."
    return f"The charger offers {', '.join(offered)[:120]}. This system speaks {ours}."


def _raw_path(scope: Mapping[str, Any]) -> str:
    """The path before decoding, so that an encoded slash does not split a segment."""
    raw = scope.get("raw_path")
    if raw:
        return bytes(raw).split(b"?", 1)[0].decode("latin-1")
    return str(scope.get("path", ""))


def _decode(segment: str) -> str:
    return unquote_to_bytes(segment).decode("utf-8", "replace")


def _read_basic(header: bytes | None) -> Credentials | None:
    """The credentials of an Authorization header; None where there are none that can be read."""
    if header is None or header[:6].lower() != b"basic ":
        return None
    try:
        decoded = base64.b64decode(header[6:].strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    user, colon, password = decoded.partition(b":")
    if not colon:
        return None
    return Credentials(user.decode("utf-8", "replace"), password)
