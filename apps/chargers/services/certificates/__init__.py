"""Certificates: signing for stations, installing in stations, and the catalogue of authorities."""

from apps.chargers.services.certificates.answers import end_certificate_command, record_certificate_answers
from apps.chargers.services.certificates.catalogue import (
    CaCertificateRefused,
    add_ca_certificate,
    install_certificate,
    install_on_stations,
    remove_ca_certificate,
)
from apps.chargers.services.certificates.installed import (
    delete_installed_certificate,
    read_installed_certificates,
    record_deleted_certificates,
    record_installed_certificates,
    record_listed_certificates,
)
from apps.chargers.services.certificates.renewal import expire_certificates, renew_expiring, request_renewal
from apps.chargers.services.certificates.requests import record_signing_requests
from apps.chargers.services.certificates.revocation import (
    CertificateNotRevocable,
    note_certificates_used,
    revoke_certificate,
)
from apps.chargers.services.certificates.signing import sign_requested

__all__ = [
    "CaCertificateRefused",
    "CertificateNotRevocable",
    "add_ca_certificate",
    "delete_installed_certificate",
    "end_certificate_command",
    "expire_certificates",
    "install_certificate",
    "install_on_stations",
    "note_certificates_used",
    "read_installed_certificates",
    "record_certificate_answers",
    "record_deleted_certificates",
    "record_installed_certificates",
    "record_listed_certificates",
    "record_signing_requests",
    "remove_ca_certificate",
    "renew_expiring",
    "request_renewal",
    "revoke_certificate",
    "sign_requested",
]
