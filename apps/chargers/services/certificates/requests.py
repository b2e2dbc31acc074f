"""Requests of stations to have a certificate signed: judged, kept and answered at once; signing follows."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from apps.chargers.choices import OPEN_CERTIFICATE_STATES, CertificateKind, CertificateState
from apps.chargers.engine.certificates.requests import BadRequest, SigningRequest, read_request
from apps.chargers.events import CERTIFICATE_REQUESTED
from apps.chargers.facts import Fact
from apps.chargers.messages.events import CertificateSigningRequested
from apps.chargers.messages.replies import SignCertificateReply
from apps.chargers.models import StationCertificate
from apps.chargers.services.notices import Notice, insert_notices
from apps.core import live, outbox

MOST_REQUESTS = 10
WITHIN = timedelta(hours=1)
_MAX_INTEGER = 2**63 - 1

SigningFact = Fact[CertificateSigningRequested]


@transaction.atomic(savepoint=False)
def record_signing_requests(facts: Sequence[SigningFact]) -> list[SignCertificateReply]:
    """Keep what can be signed (Accepted: the certificate follows), log at the station what cannot (Rejected).

    A newer request of the same kind replaces one that is still under way. More than ``MOST_REQUESTS`` of one station
    ``WITHIN`` an hour are refused. Source: OCPP 2.0.1 A02, A03; 1.6 security whitepaper, SignCertificate.
    """
    judged = [_judge(fact) for fact in facts]
    good = [(fact, request) for fact, request in zip(facts, judged, strict=True) if isinstance(request, SigningRequest)]
    busy = _too_busy([fact for fact, _ in good])
    kept = [(fact, request) for fact, request in good if fact.station.station_id not in busy]
    _replace_open([fact for fact, _ in kept])
    _keep(kept)
    replies, notices = [], []
    for fact, request in zip(facts, judged, strict=True):
        reason = request if isinstance(request, str) else ""
        if not reason and fact.station.station_id in busy:
            reason = f"More than {MOST_REQUESTS} requests within an hour."
        if reason:
            notices.append(_notice(fact, reason))
        replies.append(SignCertificateReply("Rejected", reason) if reason else SignCertificateReply("Accepted"))
    insert_notices(notices)
    for fact in facts:
        live.nudge_on_commit(
            organisation_id=fact.station.organisation_id, topics=[f"station:{fact.station.station_id}"]
        )
    return replies


def _judge(fact: SigningFact) -> SigningRequest | str:
    """The request, or why it cannot be signed."""
    if fact.event.certificate_type not in CertificateKind.values:
        return f"Certificates of the type {fact.event.certificate_type[:60]} are not signed here."
    try:
        return read_request(fact.event.csr)
    except BadRequest as error:
        return str(error)


def _too_busy(facts: Sequence[SigningFact]) -> set[int]:
    if not facts:
        return set()
    since = min(fact.received_at for fact in facts) - WITHIN
    stations = [fact.station.station_id for fact in facts]
    recent = StationCertificate.objects.filter(station__in=stations, requested_at__gt=since)
    counts = Counter(recent.values_list("station_id", flat=True))
    return {station for station, count in counts.items() if count >= MOST_REQUESTS}


def _replace_open(facts: Sequence[SigningFact]) -> None:
    wanted = {(fact.station.station_id, fact.event.certificate_type) for fact in facts}
    rows = StationCertificate.objects.filter(
        station__in={station for station, _ in wanted}, state__in=OPEN_CERTIFICATE_STATES
    )
    replaced = [pk for pk, *key in rows.values_list("pk", "station_id", "kind") if tuple(key) in wanted]
    StationCertificate.objects.filter(pk__in=replaced).update(
        state=CertificateState.SUPERSEDED, explanation="The station asked anew before it had this one."
    )


def _keep(kept: Sequence[tuple[SigningFact, SigningRequest]]) -> None:
    rows = StationCertificate.objects.bulk_create(
        StationCertificate(
            station_id=fact.station.station_id,
            kind=fact.event.certificate_type,
            request_id=_stored_number(fact.event.request_id),
            request=request.pem,
            key=request.key,
            requested_at=fact.received_at,
            signing_due_at=fact.received_at,
        )
        for fact, request in kept
    )
    outbox.record_many(
        outbox.Event(
            CERTIFICATE_REQUESTED,
            row.pk,
            {
                "station_id": row.station_id,
                "organisation_id": fact.station.organisation_id,
                "site_id": fact.station.site_id,
                "kind": row.kind,
                "at": fact.received_at.isoformat(),
            },
        )
        for row, (fact, _) in zip(rows, kept, strict=True)
    )


def _stored_number(number: int | None) -> int | None:
    return number if number is not None and abs(number) <= _MAX_INTEGER else None


def _notice(fact: SigningFact, reason: str) -> Notice:
    return Notice(
        fact.station.station_id,
        "security",
        "Certificate request refused",
        fact.received_at,
        fact.received_at,
        details={"info": reason, "certificate_type": fact.event.certificate_type},
    )
