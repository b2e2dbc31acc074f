"""A guest decides to charge: the visit is written down, and the payment begins."""

import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from apps.core import outbox
from apps.core.errors import DomainError
from apps.invoicing.engine.guests import PAY_WITHIN
from apps.invoicing.events import GUEST_WANTS_END
from apps.invoicing.models import GuestVisit, QrCode
from apps.invoicing.services import payments
from apps.invoicing.services.guests.offers import Offer, offer_at
from apps.invoicing.services.guests.people import account_for, new_token_value

WINDOW = timedelta(minutes=10)
MOST_PER_ORIGIN = 8
MOST_PER_CODE = 40


class NotOffered(DomainError):
    code = "not_offered"
    message = "Nobody can begin to charge here now."


class OfferChanged(DomainError):
    code = "offer_changed"
    message = "The price has changed. Look at it again before you pay."


class TooManyVisits(DomainError):
    code = "too_many_visits"
    message = "There were too many attempts from here. Wait ten minutes and try again."


def begin_visit(
    *, code: QrCode, email: str, form_key: UUID, tariff_version_id: int, base_url: str, origin: str, at: datetime
) -> GuestVisit:
    """A visit whose payment waits for the guest at ``pay_url``; the same ``form_key`` again gives the same visit.

    ``code`` is from ``find_code``; ``tariff_version_id`` is the price that the guest was shown. Raises ``NotOffered``,
    ``OfferChanged``, ``TooManyVisits``, and what ``payments.authorise`` raises: the visit stays, for the next attempt.
    """
    visit = GuestVisit.objects.filter(form_key=form_key, code=code).first()
    if visit is None:
        offer = offer_at(code, at=at)
        if not offer.is_open:
            raise NotOffered(offer.reason)
        if offer.tariff_version.pk != tariff_version_id:
            raise OfferChanged
        _check_rate(code, origin, at)
        visit = _write(offer, email, form_key, base_url, origin, at)
    if visit.payment_id is None and visit.is_live:
        _begin_payment(visit, at)
    return visit


def ask_for_end(*, visit: GuestVisit, at: datetime) -> None:
    """The guest stops charging, or gives up before; asking twice changes nothing."""
    with transaction.atomic():
        if GuestVisit.objects.filter(pk=visit.pk, wants_end_at=None).update(wants_end_at=at, due_at=at):
            outbox.record(outbox.Event(GUEST_WANTS_END, visit.pk))


def origin_of(address: str, at: datetime) -> str:
    """What tells visitors apart for a day, without keeping where they came from."""
    text = f"{at:%Y-%m-%d} {address}"
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()[:16]


def _check_rate(code: QrCode, origin: str, at: datetime) -> None:
    recent = GuestVisit.objects.filter(created_at__gt=at - WINDOW)
    if recent.filter(origin=origin).count() >= MOST_PER_ORIGIN or recent.filter(code=code).count() >= MOST_PER_CODE:
        raise TooManyVisits


def _write(offer: Offer, email: str, form_key: UUID, base_url: str, origin: str, at: datetime) -> GuestVisit:
    site = offer.evse.station.site
    try:
        with transaction.atomic():
            return GuestVisit.objects.create(
                form_key=form_key,
                site=site,
                evse=offer.evse,
                code=offer.code,
                email=email,
                base_url=base_url,
                origin=origin,
                issuer=offer.issuer,
                account=account_for(site.organisation, email),
                currency=offer.currency,
                hold_amount=offer.hold_amount,
                tariff_version=offer.tariff_version,
                offer=[line.as_json() for line in offer.prices],
                token_value=new_token_value(),
                created_at=at,
                pay_due_at=at + PAY_WITHIN,
                due_at=at + PAY_WITHIN,
            )
    except IntegrityError:  # the second tap overtook the first
        return GuestVisit.objects.get(form_key=form_key, code=offer.code)


def _begin_payment(visit: GuestVisit, at: datetime) -> None:
    """Ask the provider for a page on which to pay; the key makes asking again harmless."""
    asked = payments.authorise(
        account=visit.account,
        issuer=visit.issuer,
        amount=visit.hold_amount,
        currency=visit.currency,
        key=f"guest:{visit.public_id}",
        description=f"Charging at {visit.site}, {visit.evse.station}",
        return_url=f"{visit.base_url}/q/visits/{visit.public_id}/",
        email=visit.email,
        at=at,
    )
    GuestVisit.objects.filter(pk=visit.pk).update(payment=asked.payment, pay_url=asked.redirect_url)
    visit.refresh_from_db()
