"""What is rated and on no bill."""

from collections.abc import Collection
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from apps.invoicing.models import BilledSession, Issuer
from apps.sessions.choices import SessionState
from apps.sessions.models import ChargeDetailRecord, ChargingSession


def on_a_bill(session: str = "session") -> Exists:
    """The condition that a live invoice holds the session that ``session`` leads to."""
    return Exists(BilledSession.objects.filter(session=OuterRef(session), released_at=None))


def unbilled_records(*, issuer: Issuer, until_date: date) -> QuerySet[ChargeDetailRecord]:
    """Current records at the issuer's sites of sessions that ended before ``until_date`` there, on no bill.

    Sessions that need a review are held back.
    """
    ended = ChargeDetailRecord.objects.current().filter(
        site__terms__issuer=issuer, end_date__lt=until_date, session__state=SessionState.ENDED
    )
    return ended.filter(~on_a_bill())


def held_sessions(*, issuer: Issuer, account_ids: Collection[int] | None = None) -> QuerySet[ChargingSession]:
    """Sessions of accounts at the issuer's sites that wait for a review and are on no bill."""
    records = ChargeDetailRecord.objects.current().filter(session=OuterRef("pk"), account__isnull=False)
    held = ChargingSession.objects.filter(state=SessionState.REVIEW, site__terms__issuer=issuer)
    if account_ids is not None:
        records = records.filter(account__in=account_ids)
    return held.filter(Exists(records), ~on_a_bill("pk"))
