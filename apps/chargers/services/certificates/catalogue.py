"""The authorities that an organisation knows: uploaded once, installed in many stations, trusted when vehicles come."""

from collections.abc import Iterable
from datetime import datetime

from cryptography import x509
from django.db import IntegrityError, transaction

from apps.accounts.models import Organisation
from apps.chargers.choices import INSTALLABLE_USES, CertificateUse, CommandOrigin
from apps.chargers.engine.certificates.hashing import ALGORITHMS, hash_of
from apps.chargers.engine.certificates.reading import (
    UnreadableCertificate,
    facts_of,
    is_signed_by,
    read_chain,
    read_one,
    to_pem,
)
from apps.chargers.messages.commands import InstallCertificate
from apps.chargers.models import CaCertificate, ChargingStation, StationCommand
from apps.chargers.services.commands import CommandRefused, enqueue
from apps.core.audit import record_audit
from apps.core.errors import DomainError

INSTALL_WITHIN_S = 86_400


class CaCertificateRefused(DomainError):
    code = "ca_certificate_refused"
    message = "This certificate cannot be kept."


def add_ca_certificate(
    *,
    organisation: Organisation,
    use: str,
    certificate: str,
    name: str = "",
    actor,
    at: datetime,
    address: str | None = None,
) -> CaCertificate:
    """Keep one certificate of an authority (PEM). Raises ``CaCertificateRefused`` naming the field."""
    parsed = _checked(certificate, use, at)
    facts = facts_of(parsed)
    try:
        with transaction.atomic():
            row = CaCertificate.objects.create(
                organisation=organisation,
                use=use,
                name=name[:80],
                certificate=to_pem([parsed]),
                subject=facts.subject,
                issuer=facts.issuer,
                serial_number=facts.serial_number,
                fingerprint=facts.fingerprint,
                key=facts.key,
                valid_from=facts.valid_from,
                expires_at=facts.valid_until,
                hashes=_hashes(parsed, organisation),
                uploaded_by=actor,
                uploaded_at=at,
            )
            record_audit(
                actor=actor,
                action="ca_certificate.added",
                subject=row,
                organisation=organisation,
                changes={"use": [None, use], "fingerprint": [None, facts.fingerprint]},
                address=address,
            )
    except IntegrityError as error:
        raise CaCertificateRefused("This certificate is kept already.", field="certificate") from error
    return row


def remove_ca_certificate(*, ca_certificate: CaCertificate, actor, address: str | None = None) -> None:
    """Trust it no more. Stations that have it keep it until it is deleted there."""
    with transaction.atomic():
        record_audit(
            actor=actor,
            action="ca_certificate.removed",
            subject=ca_certificate,
            organisation=ca_certificate.organisation,
            changes={"fingerprint": [ca_certificate.fingerprint, None]},
            address=address,
        )
        ca_certificate.delete()


def install_certificate(
    *,
    station: ChargingStation,
    use: str,
    certificate: str,
    actor,
    origin: CommandOrigin,
    at: datetime,
    address: str | None = None,
) -> StationCommand:
    """Ask one station to install a certificate (PEM). Raises ``CaCertificateRefused`` and ``CommandRefused``."""
    parsed = _checked(certificate, use, at)
    if use not in INSTALLABLE_USES:
        raise CaCertificateRefused("An authority below a root is not installed in stations.", field="use")
    return enqueue(
        station=station,
        command=InstallCertificate(use, to_pem([parsed])),
        actor=actor,
        origin=origin,
        at=at,
        deadline_s=INSTALL_WITHIN_S,
        address=address,
    )


def install_on_stations(
    *,
    ca_certificate: CaCertificate,
    stations: Iterable[ChargingStation],
    actor,
    origin: CommandOrigin,
    at: datetime,
    address: str | None = None,
) -> tuple[list[StationCommand], list[tuple[ChargingStation, str]]]:
    """Ask many; return the commands, and the stations that cannot be asked with the reason."""
    commands, refused = [], []
    for station in stations:
        try:
            commands.append(
                install_certificate(
                    station=station, use=ca_certificate.use, certificate=ca_certificate.certificate,
                    actor=actor, origin=origin, at=at, address=address,
                )
            )  # fmt: skip
        except CommandRefused as error:
            refused.append((station, error.message))
    return commands, refused


def _checked(text: str, use: str, at: datetime) -> x509.Certificate:
    if use not in CertificateUse.values:
        raise CaCertificateRefused("There is no such use of a certificate.", field="use")
    try:
        parsed = read_one(text)
    except UnreadableCertificate as error:
        raise CaCertificateRefused(str(error), field="certificate") from error
    facts = facts_of(parsed)
    if not facts.is_authority:
        raise CaCertificateRefused("This is not the certificate of an authority.", field="certificate")
    if use in INSTALLABLE_USES and not facts.is_self_signed:
        raise CaCertificateRefused("A root signs itself; this one was signed by another.", field="certificate")
    if facts.valid_until <= at:
        raise CaCertificateRefused("The certificate has expired.", field="certificate")
    return parsed


def _hashes(certificate: x509.Certificate, organisation: Organisation) -> dict[str, list[str]]:
    issuer = certificate if is_signed_by(certificate, certificate) else _issuer(certificate, organisation)
    if issuer is None:
        return {}
    found = {algorithm: hash_of(certificate, issuer, algorithm) for algorithm in ALGORITHMS}
    return {algorithm: [data.issuer_name_hash, data.issuer_key_hash] for algorithm, data in found.items()}


def _issuer(certificate: x509.Certificate, organisation: Organisation) -> x509.Certificate | None:
    texts = CaCertificate.objects.filter(organisation=organisation).values_list("certificate", flat=True)
    return next((one for text in texts if is_signed_by(certificate, one := read_chain(text)[0])), None)
