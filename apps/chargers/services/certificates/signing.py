"""Signing what stations asked for, and sending it to them. The authority is asked outside of transactions."""

from datetime import datetime, timedelta

import structlog
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import transaction
from django.db.models import F

from apps.chargers.choices import CertificateState, CommandOrigin
from apps.chargers.engine.certificates.reading import UnreadableCertificate, facts_of, read_chain, to_pem
from apps.chargers.engine.certificates.requests import read_request
from apps.chargers.messages.commands import CertificateSigned
from apps.chargers.models import DeviceVariable, StationCertificate
from apps.chargers.services.certificates.authority import (
    AuthorityRefused,
    AuthorityUnavailable,
    configured_authority,
)
from apps.chargers.services.commands import CommandRefused, enqueue
from apps.chargers.services.notices import Notice, insert_notices

log = structlog.get_logger(__name__)

CLAIM = timedelta(minutes=2)
MOST_SIGNINGS, MOST_SENDINGS = 5, 3
LONGEST_CHAIN = 10_000  # characters, by the schemas of all versions
SEND_WITHIN_S = 86_400
_LIMITS = ("MaxCertificateChainSize", "CertificateSignedMaxChainSize")


def sign_requested(*, at: datetime, limit: int = 100) -> int:
    """Sign what waits for it; return how many were signed. Any number may run at once."""
    due = StationCertificate.objects.filter(state=CertificateState.REQUESTED, signing_due_at__lte=at)
    waiting = list(due.order_by("signing_due_at").values_list("pk", flat=True)[:limit])
    return sum(_sign(pk, at) for pk in waiting)


def send_certificate(certificate: StationCertificate, *, at: datetime) -> None:
    """Ask the station to take its certificate; the row, locked by the caller, remembers the command."""
    certificate.command = enqueue(
        station=certificate.station,
        command=CertificateSigned(certificate.chain, certificate.kind, certificate.request_id),
        actor=None,
        origin=CommandOrigin.AUTOMATION,
        at=at,
        deadline_s=SEND_WITHIN_S,
    )
    certificate.attempts += 1
    certificate.save(update_fields=["command", "attempts"])


def fail_certificate(certificate: StationCertificate, explanation: str, *, at: datetime) -> None:
    """Give up this one; the station keeps what it has."""
    changed = StationCertificate.objects.filter(pk=certificate.pk, state=certificate.state).update(
        state=CertificateState.FAILED, answered_at=at, explanation=explanation[:500]
    )
    if changed:
        insert_notices(
            [Notice(certificate.station_id, "security", "Certificate failed", at, at, details={"info": explanation})]
        )


def _sign(pk: int, at: datetime) -> bool:
    claimed = StationCertificate.objects.filter(pk=pk, state=CertificateState.REQUESTED, signing_due_at__lte=at)
    if not claimed.update(signing_due_at=at + CLAIM, attempts=F("attempts") + 1):
        return False
    row = StationCertificate.objects.select_related("station__site__organisation").get(pk=pk)
    try:
        text = configured_authority().sign_csr(
            row.request, identity=row.station.identity, organisation=row.station.site.organisation.name, kind=row.kind
        )
        chain = _checked(text, row)
    except AuthorityRefused as error:
        fail_certificate(row, str(error), at=at)
        return False
    except AuthorityUnavailable as error:
        _postpone(row, str(error), at)
        return False
    except Exception as error:  # the edge to somebody else's code: a pluggable authority may raise anything
        log.exception("certificate.not_signed", certificate=pk)
        _postpone(row, f"The certificate authority failed: {error!r}", at)
        return False
    return _keep(row, chain, at)


def _postpone(row: StationCertificate, explanation: str, at: datetime) -> None:
    if row.attempts >= MOST_SIGNINGS:
        fail_certificate(row, explanation, at=at)
        return
    StationCertificate.objects.filter(pk=row.pk, state=CertificateState.REQUESTED).update(
        signing_due_at=at + timedelta(minutes=2**row.attempts), explanation=explanation[:500]
    )


def _checked(text: str, row: StationCertificate) -> list[x509.Certificate]:
    """The chain, if it begins with the station's own key and name, and fits what the station takes."""
    try:
        chain = read_chain(text)
    except UnreadableCertificate as error:
        raise AuthorityRefused(f"The authority sent no readable chain. {error}") from error
    if _key(chain[0].public_key()) != _key(read_request(row.request).public_key):
        raise AuthorityRefused("The authority signed another key than the station's.")
    if facts_of(chain[0]).common_name != row.station.identity:
        raise AuthorityRefused("The authority signed another name than the station's.")
    return _shortened(chain, _limit(row))


def _shortened(chain: list[x509.Certificate], limit: int) -> list[x509.Certificate]:
    """As much of the chain, leaf first, as the station takes: the root it has, and what is above the leaf perhaps."""
    fitting = list(chain)
    while len(to_pem(fitting)) > limit and len(fitting) > 1:
        fitting.pop()
    if len(to_pem(fitting)) > limit:
        raise AuthorityRefused(f"The certificate is longer than the {limit} characters that the station takes.")
    return fitting


def _limit(row: StationCertificate) -> int:
    told = DeviceVariable.objects.filter(station=row.station_id, variable__in=_LIMITS, attribute="Actual")
    limits = [int(value) for value in told.values_list("value", flat=True) if value and value.isdecimal()]
    return min([LONGEST_CHAIN, *(limit for limit in limits if limit > 0)])


def _keep(row: StationCertificate, chain: list[x509.Certificate], at: datetime) -> bool:
    facts = facts_of(chain[0])
    with transaction.atomic():
        signed = StationCertificate.objects.filter(pk=row.pk, state=CertificateState.REQUESTED).update(
            state=CertificateState.SIGNED,
            chain=to_pem(chain),
            subject=facts.subject,
            issuer=facts.issuer,
            serial_number=facts.serial_number,
            fingerprint=facts.fingerprint,
            signed_at=at,
            valid_from=facts.valid_from,
            expires_at=facts.valid_until,
            attempts=0,
            explanation="",
        )
        if not signed:
            return False
        row.refresh_from_db()
        try:
            send_certificate(row, at=at)
        except CommandRefused as error:
            fail_certificate(row, error.message, at=at)
            return False
    return True


def _key(key: object) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined]
