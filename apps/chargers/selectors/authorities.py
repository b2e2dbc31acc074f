"""Whom we trust: authorities of contracts, and those whose certificates stations may show at the door."""

from datetime import datetime

from cryptography import x509

from apps.chargers.choices import CertificateState, CertificateUse
from apps.chargers.engine.certificates.paths import PathFault, find_path
from apps.chargers.engine.certificates.reading import read_chain
from apps.chargers.models import AuthorityKey, CaCertificate, StationCertificate

CONTRACT_USES = (CertificateUse.MO_ROOT, CertificateUse.V2G_ROOT, CertificateUse.INTERMEDIATE)


def trusted_by(organisation_id: int, *, at: datetime) -> list[x509.Certificate]:
    """Roots of contracts in the organisation's catalogue, and the authorities below them that lead to one."""
    rows = CaCertificate.objects.filter(organisation=organisation_id, use__in=CONTRACT_USES, expires_at__gt=at)
    roots, below = [], []
    for use, text in rows.order_by("pk").values_list("use", "certificate"):
        (below if use == CertificateUse.INTERMEDIATE else roots).append(read_chain(text)[0])
    led = [one for one in below if not isinstance(find_path(one, between=below, trusted=roots, at=at), PathFault)]
    return [*roots, *led]


def authorities_of_clients(*, at: datetime) -> tuple[list[x509.Certificate], dict[int, tuple[x509.Certificate, ...]]]:
    """Whose signature counts under a station's certificate: roots of our own for everybody unless distrusted, those of
    manufacturers for the stations of the organisation that trusts them, ``{organisation key: roots}``.
    """
    roots = AuthorityKey.objects.filter(role=AuthorityKey.Role.ROOT, expires_at__gt=at)
    own = roots.filter(distrusted_at=None).order_by("pk")
    makers = CaCertificate.objects.filter(use=CertificateUse.MANUFACTURER_ROOT, expires_at__gt=at).order_by("pk")
    trusted: dict[int, tuple[x509.Certificate, ...]] = {}
    for organisation, text in makers.values_list("organisation_id", "certificate"):
        trusted[organisation] = (*trusted.get(organisation, ()), read_chain(text)[0])
    return [read_chain(text)[0] for text in own.values_list("certificate", flat=True)], trusted


def revoked_fingerprints(*, at: datetime) -> frozenset[str]:
    """Certificates (SHA-256, hexadecimal) that would still be valid, but open no door any more."""
    revoked = StationCertificate.objects.filter(state=CertificateState.REVOKED, expires_at__gt=at)
    return frozenset(revoked.values_list("fingerprint", flat=True))
