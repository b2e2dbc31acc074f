"""What was charged and is on no bill."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.invoicing.models import BilledSession, BillingPeriod, Issuer
from apps.sessions.choices import SessionState
from apps.sessions.models import ChargeDetailRecord, ChargingSession
from apps.tariffs.engine.zones import zone_of

_A_DAY_OF_ANY_ZONE = timedelta(days=1, hours=2)


def on_a_bill(session: str = "session") -> Exists:
    """The condition that a live invoice holds the session that ``session`` leads to."""
    return Exists(BilledSession.objects.filter(session=OuterRef(session), released_at=None))


def unbilled_records(*, issuer: Issuer, until_date: date) -> QuerySet[ChargeDetailRecord]:
    """Current records at the issuer's sites of sessions that ended before ``until_date`` there, on no bill.

    Sessions that need a review are held back.
    """
    return _open_records(issuer, until_date).filter(session__state=SessionState.ENDED)


def held_records(*, issuer: Issuer, until_date: date) -> QuerySet[ChargeDetailRecord]:
    """Those that wait for a review."""
    return _open_records(issuer, until_date).filter(session__state=SessionState.REVIEW)


def unrated_sessions(period: BillingPeriod) -> QuerySet[ChargingSession]:
    """Sessions at the issuer's sites that ended in or before the period and whose record, or its account, is missing.

    The site's own clock decides when they are rated; here a day more is looked at.
    """
    midnight = datetime.combine(period.end_date, time(), tzinfo=zone_of(period.issuer.time_zone))
    rated = ChargeDetailRecord.objects.current().filter(session=OuterRef("pk"), account__isnull=False)
    return ChargingSession.objects.filter(
        ~Exists(rated),
        Q(tariff_version__isnull=False) | Q(free_of_charge=True),
        site__terms__issuer=period.issuer,
        ended_at__lt=midnight + _A_DAY_OF_ANY_ZONE,
    )


def unrated_of(period: BillingPeriod, account_ids: Collection[int]) -> dict[int, int]:
    """``{session: account}`` of the unrated sessions whose vehicle or driver one of the accounts pays for."""
    rows = unrated_sessions(period)
    by_vehicle = rows.filter(id_token__vehicle__account__in=account_ids)
    by_driver = rows.filter(driver__account__in=account_ids)
    found = dict(by_driver.values_list("pk", "driver__account_id"))
    return found | dict(by_vehicle.values_list("pk", "id_token__vehicle__account_id"))


def _open_records(issuer: Issuer, until_date: date) -> QuerySet[ChargeDetailRecord]:
    ended = ChargeDetailRecord.objects.current().filter(site__terms__issuer=issuer, end_date__lt=until_date)
    return ended.filter(~on_a_bill())
