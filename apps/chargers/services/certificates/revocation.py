"""Certificates of stations at the door: the first use of one, and taking one away."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from apps.chargers.choices import CURRENT_CERTIFICATE_STATES, CertificateState
from apps.chargers.models import StationCertificate
from apps.chargers.services.announcing import send_to_gateways
from apps.chargers.services.commands.enqueueing import nudge_station
from apps.core.audit import record_audit
from apps.core.errors import DomainError


class CertificateNotRevocable(DomainError):
    code = "certificate_not_revocable"
    message = "Only a certificate that was signed and not yet revoked can be revoked."


def revoke_certificate(
    *, certificate: StationCertificate, actor, at: datetime, address: str | None = None
) -> StationCertificate:
    """Refuse the certificate at the door and close what it opened. Raises ``CertificateNotRevocable``."""
    with transaction.atomic():
        rows = StationCertificate.objects.filter(pk=certificate.pk).exclude(fingerprint="")
        if not rows.exclude(state=CertificateState.REVOKED).update(state=CertificateState.REVOKED, revoked_at=at):
            raise CertificateNotRevocable
        record_audit(
            actor=actor,
            action="certificate.revoked",
            subject=certificate,
            organisation=certificate.station.site.organisation,
            changes={"state": [certificate.state, CertificateState.REVOKED.value]},
            address=address,
        )
        send_to_gateways([certificate.station_id], "trust.changed")
        nudge_station(certificate.station)
    certificate.refresh_from_db()
    return certificate


def note_certificates_used(connected: Mapping[int, str], *, at: datetime) -> None:
    """``{station: fingerprint}`` of stations that connected so. One query where each has been used before."""
    if not connected:
        return
    unused = StationCertificate.objects.filter(
        station__in=connected, fingerprint__in=set(connected.values()), used_at=None
    )
    for station_id, fingerprint in sorted(set(unused.values_list("station_id", "fingerprint"))):
        if connected[station_id] == fingerprint:
            _note_used(station_id=station_id, fingerprint=fingerprint, at=at)


def _note_used(*, station_id: int, fingerprint: str, at: datetime) -> None:
    """The station connected with it: it is in use, and what it had before is replaced."""
    with transaction.atomic():
        row = StationCertificate.objects.select_for_update().filter(
            station=station_id, fingerprint=fingerprint, used_at=None
        ).exclude(state__in=(CertificateState.REVOKED, CertificateState.EXPIRED)).first()  # fmt: skip
        if row is None:
            return
        StationCertificate.objects.filter(
            station=station_id, kind=row.kind, state__in=CURRENT_CERTIFICATE_STATES
        ).exclude(pk=row.pk).update(state=CertificateState.SUPERSEDED)
        row.state, row.used_at = CertificateState.ACTIVE, at
        row.save(update_fields=["state", "used_at"])
