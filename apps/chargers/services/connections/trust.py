"""Whose signature under a charger's certificate counts: the one place that knows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from cryptography import x509
from cryptography.x509.verification import Store
from django.conf import settings
from django.utils import timezone

from apps.chargers.engine.client_certificates import build_trust, read_certificates
from apps.chargers.selectors.authorities import authorities_of_clients, revoked_fingerprints

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Trust:
    """``common`` CAs and our ``own`` count for every station, those of ``by_organisation`` for the stations of each.

    ``own`` signs identities alone (``engine.certificates.issuing``): what it wrote is never read as a serial number.
    ``revoked``: fingerprints (SHA-256, hexadecimal) of certificates that open no door any more.
    """

    common: tuple[x509.Certificate, ...] = ()
    by_organisation: Mapping[int, tuple[x509.Certificate, ...]] = field(default_factory=dict)
    revoked: frozenset[str] = frozenset()
    own: tuple[x509.Certificate, ...] = ()

    def counts_the_same(self, other: "Trust", organisation_id: int) -> bool:
        """Whether ``other`` has the same CAs for stations of the organisation."""
        return (
            self.own == other.own
            and self.common == other.common
            and self.by_organisation.get(organisation_id, ()) == other.by_organisation.get(organisation_id, ())
        )

    def store_for(self, organisation_id: int) -> Store | None:
        """What chains may end in whose certificate names a station of this organisation by its identity."""
        return build_trust([*self.own, *self.common, *self.by_organisation.get(organisation_id, ())])

    def store_for_serial_numbers(self, organisation_id: int) -> Store | None:
        """As ``store_for``, where it names the station by its serial number."""
        return build_trust([*self.common, *self.by_organisation.get(organisation_id, ())])


def load_trust() -> Trust:
    """What counts now: the CAs of ``CLIENT_CA_FILES``, our own, and those of manufacturers in the catalogues."""
    now = timezone.now()
    own, makers = authorities_of_clients(at=now)
    return Trust(tuple(_from_files()), makers, revoked_fingerprints(at=now), tuple(own))


def _from_files() -> Iterator[x509.Certificate]:
    """A file that cannot be read is logged and passed over."""
    for name in settings.CLIENT_CA_FILES:
        try:
            yield from read_certificates(Path(name).read_bytes())
        except (OSError, ValueError) as error:
            log.error("trust.file_unusable", file=name, error=str(error)[:200])
