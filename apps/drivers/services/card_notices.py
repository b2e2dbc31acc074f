"""A driver hears when one of his cards is blocked, lost or accepted again."""

from django.utils import timezone

from apps.drivers.choices import NoticeKind, TokenStatus
from apps.drivers.models import DriverSettings, IdToken
from apps.drivers.services.notices import tell_driver

_SAID = {
    TokenStatus.ACTIVE: "is accepted again",
    TokenStatus.BLOCKED: "is blocked",
    TokenStatus.LOST: "is reported lost and refused from now on",
}


def tell_of_card(token: IdToken) -> None:
    """In the transaction that changed the card's status. ``driver`` must be loaded with it."""
    at = timezone.now()
    settings = DriverSettings.objects.filter(driver_id=token.driver_id).first()
    tell_driver(
        driver=token.driver,
        kind=NoticeKind.CARD,
        key=f"card:{token.pk}:{at:%Y%m%d%H%M%S%f}",
        subject=f"Your card {token} {_SAID[TokenStatus(token.status)]}",
        text="If this surprises you, speak to the people of your site.",
        at=at,
        by_mail=settings is None or settings.mails_card,
    )
