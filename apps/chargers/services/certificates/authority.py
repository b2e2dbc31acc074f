"""Who signs: the interface of an authority, and the one that the settings name."""

from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class AuthorityRefused(Exception):
    """The authority will not sign this; asking again changes nothing. The words are for people."""


class AuthorityUnavailable(Exception):
    """The authority cannot be asked now."""


class CertificateAuthority(Protocol):
    """Signs the certificates of stations. Called outside of transactions; it may take its time, but not forever."""

    def sign_csr(self, csr_pem: str, *, identity: str, organisation: str, kind: str) -> str:
        """The chain in PEM, leaf first, without the root.

        ``identity`` is the common name that the certificate must have; ``kind`` as OCPP names it:
        ChargingStationCertificate, V2GCertificate, V2G20Certificate. Raises ``AuthorityRefused`` and
        ``AuthorityUnavailable``.
        """


def configured_authority() -> CertificateAuthority:
    """The authority of ``settings.CERTIFICATE_AUTHORITY`` (a dotted path to a class without arguments)."""
    authority: CertificateAuthority = import_string(settings.CERTIFICATE_AUTHORITY)()
    return authority
