"""From a vehicle's certificate to a root that we know."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from cryptography import x509

from apps.chargers.engine.certificates.reading import is_authority, is_signed_by

MAX_DEPTH = 5  # ISO 15118-2: leaf, two authorities below the root, the root; and one to spare


class PathFault(StrEnum):
    """Why a chain is not believed."""

    EXPIRED = "expired"
    BROKEN = "broken"


def find_path(
    leaf: x509.Certificate,
    *,
    between: Sequence[x509.Certificate],
    trusted: Sequence[x509.Certificate],
    at: datetime,
) -> list[x509.Certificate] | PathFault:
    """The chain from ``leaf`` to one of ``trusted``, leaf first; ``between`` are authorities somebody brought along.

    Each is signed by the next, may issue certificates, and is valid ``at``; otherwise the fault.
    """
    path = [leaf]
    while True:
        current = path[-1]
        if not current.not_valid_before_utc <= at < current.not_valid_after_utc:
            return PathFault.EXPIRED
        if current in trusted and len(path) > 1:
            return path
        issuer = _issuer(current, trusted) or _issuer(current, between)
        if issuer is None or issuer in path or len(path) >= MAX_DEPTH:
            return PathFault.BROKEN
        path.append(issuer)


def _issuer(certificate: x509.Certificate, candidates: Sequence[x509.Certificate]) -> x509.Certificate | None:
    return next(
        (one for one in candidates if one != certificate and is_authority(one) and is_signed_by(certificate, one)), None
    )
