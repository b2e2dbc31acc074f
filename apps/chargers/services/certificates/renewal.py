"""Renewing certificates of stations before they expire, by hand and by itself."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from apps.chargers.choices import (
    CURRENT_CERTIFICATE_STATES,
    OPEN_CERTIFICATE_STATES,
    CertificateKind,
    CertificateState,
    CommandOrigin,
)
from apps.chargers.messages.commands import TriggerMessage
from apps.chargers.models import ChargingStation, StationCertificate, StationCommand
from apps.chargers.services.commands import CommandRefused, enqueue

RENEW_BEFORE = timedelta(days=30)
AGAIN_AFTER = timedelta(days=1)
MOST_BY_ITSELF = 3

TRIGGERS = {
    CertificateKind.STATION: "SignChargingStationCertificate",
    CertificateKind.V2G: "SignV2GCertificate",
    CertificateKind.V2G20: "SignV2G20Certificate",
}


def request_renewal(
    *,
    station: ChargingStation,
    kind: str = CertificateKind.STATION,
    actor,
    origin: CommandOrigin,
    at: datetime,
    address: str | None = None,
) -> StationCommand:
    """Ask the station for a request to sign (A02, 1.6 ExtendedTriggerMessage). Raises ``CommandRefused``."""
    trigger = TriggerMessage(TRIGGERS[CertificateKind(kind)])
    return enqueue(station=station, command=trigger, actor=actor, origin=origin, at=at, address=address)


def renew_expiring(*, at: datetime) -> int:
    """Ask connected stations for requests where a certificate expires within ``RENEW_BEFORE``; return how many.

    Once a day and ``MOST_BY_ITSELF`` times at most for each certificate; never a station that is not to be provisioned.
    """
    under_way = StationCertificate.objects.filter(
        station=OuterRef("station"), kind=OuterRef("kind"), state__in=OPEN_CERTIFICATE_STATES
    )
    rows = (
        StationCertificate.objects.filter(
            Q(renewal_asked_at=None) | Q(renewal_asked_at__lte=at - AGAIN_AFTER),
            state__in=CURRENT_CERTIFICATE_STATES,
            expires_at__lt=at + RENEW_BEFORE,
            expires_at__gt=at,
            renewals_asked__lt=MOST_BY_ITSELF,
            station__provisioning_enabled=True,
            station__retired_at=None,
            station__registration="Accepted",
            station__connection__is_online=True,
        )
        .exclude(Exists(under_way))
        .select_related("station__site__organisation")
        .order_by("expires_at")[:500]
    )
    return sum(_renew(row, at) for row in rows)


def expire_certificates(*, at: datetime) -> int:
    """Mark what has expired; return how many."""
    gone = StationCertificate.objects.filter(state__in=CURRENT_CERTIFICATE_STATES, expires_at__lte=at)
    return gone.update(state=CertificateState.EXPIRED)


def _renew(row: StationCertificate, at: datetime) -> bool:
    with transaction.atomic():
        claimed = StationCertificate.objects.filter(pk=row.pk, renewals_asked=row.renewals_asked).update(
            renewal_asked_at=at, renewals_asked=F("renewals_asked") + 1
        )
        if not claimed:
            return False
        try:
            request_renewal(
                station=row.station, kind=row.kind, actor=None, origin=CommandOrigin.AUTOMATION, at=at
            )  # fmt: skip
        except CommandRefused:
            return False
    return True
