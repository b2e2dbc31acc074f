"""What stations say to a certificate that was sent to them."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from apps.chargers.choices import (
    CURRENT_CERTIFICATE_STATES,
    OPEN_CERTIFICATE_STATES,
    CertificateState,
    CommandState,
)
from apps.chargers.engine.certificates.reading import UnreadableCertificate, fingerprint, read_chain
from apps.chargers.facts import Lesson
from apps.chargers.messages.certificate_lessons import CertificateAnswered
from apps.chargers.models import StationCertificate
from apps.chargers.services.certificates.signing import MOST_SENDINGS, fail_certificate, send_certificate
from apps.chargers.services.commands import CommandRefused

_UNANSWERED = (CommandState.FAILED, CommandState.TIMED_OUT)


def record_certificate_answers(lessons: Sequence[Lesson[CertificateAnswered]]) -> None:
    """Taken: it is the station's certificate from now on. Refused: the one before stays. Known by its fingerprint.

    A certificate that the station uses already (``ACTIVE``) or that is revoked stays as it is.
    """
    for lesson in lessons:
        row = _row_of(lesson)
        if row is None:
            continue
        if lesson.learnt.accepted:
            _take(row, lesson.at)
        else:
            row.state, row.answered_at = CertificateState.REJECTED, lesson.at
            row.explanation = f"The station refused it ({lesson.learnt.word or 'no reason'})."[:500]
            row.save(update_fields=["state", "answered_at", "explanation"])


def end_certificate_command(*, command_id: int, state: str, at: datetime) -> None:
    """A CertificateSigned ended without an answer: send it again, ``MOST_SENDINGS`` times at most."""
    with transaction.atomic():
        rows = StationCertificate.objects.select_for_update(of=("self",)).select_related("station__site__organisation")
        row = rows.filter(command=command_id, state__in=OPEN_CERTIFICATE_STATES).first()
        if row is None or state in (CommandState.ACCEPTED, CommandState.REJECTED):
            return
        if state not in _UNANSWERED:
            fail_certificate(row, "Sending it was cancelled.", at=at)
        elif row.attempts >= MOST_SENDINGS:
            fail_certificate(row, f"The station did not answer {row.attempts} times.", at=at)
        else:
            try:
                send_certificate(row, at=at)
            except CommandRefused as error:
                fail_certificate(row, error.message, at=at)


def _row_of(lesson: Lesson[CertificateAnswered]) -> StationCertificate | None:
    try:
        leaf = read_chain(lesson.learnt.certificate_chain)[0]
    except UnreadableCertificate:
        return None
    waiting = (*OPEN_CERTIFICATE_STATES, CertificateState.FAILED)
    rows = StationCertificate.objects.select_for_update().filter(station=lesson.station.station_id, state__in=waiting)
    return rows.filter(fingerprint=fingerprint(leaf)).first()


def _take(row: StationCertificate, at: datetime) -> None:
    StationCertificate.objects.filter(
        station=row.station_id, kind=row.kind, state__in=CURRENT_CERTIFICATE_STATES
    ).exclude(pk=row.pk).update(state=CertificateState.SUPERSEDED)
    row.state, row.answered_at, row.explanation = CertificateState.ACCEPTED, at, ""
    row.save(update_fields=["state", "answered_at", "explanation"])
