"""What drivers reserve for themselves."""

from datetime import datetime, timedelta

from django.db import transaction

from apps.chargers.choices import CommandOrigin
from apps.drivers.models import Driver, IdToken
from apps.sessions.models import Reservation
from apps.sessions.selectors.places import free_places
from apps.sessions.services.reservations.asking import UnableToReserve, reserve

MAX_OWN_HOLD = timedelta(hours=1)


def reserve_for_oneself(
    *, card: IdToken, evse_id: int, expires_at: datetime, actor, at: datetime, address: str | None = None
) -> Reservation:
    """Ask a station to keep a place that is free and open to ``card``, which is ``actor``'s own.

    At most ``MAX_OWN_HOLD``, and one place per driver at a time. Raises ``UnableToReserve``, ``CommandRefused``.
    """
    if not at < expires_at <= at + MAX_OWN_HOLD:
        minutes = int(MAX_OWN_HOLD.total_seconds() // 60)
        raise UnableToReserve(f"A place is kept for you at most {minutes} minutes.", field="minutes")
    with transaction.atomic():
        driver = Driver.objects.of_user(actor).select_for_update().filter(pk=card.driver_id).first()
        if driver is None:
            raise UnableToReserve("This card is not yours.", field="card")
        if Reservation.objects.live().filter(driver=driver, expires_at__gt=at).exists():
            raise UnableToReserve("A place is kept for you already. Give it up first.")
        places = free_places(card, at=at, evse_id=evse_id)
        if not places:
            raise UnableToReserve("This place is not free for your card any more.", field="place")
        evse = places[0].evse
        return reserve(
            station=evse.station,
            card=card,
            expires_at=expires_at,
            evse_number=evse.number,
            actor=actor,
            origin=CommandOrigin.PORTAL,
            at=at,
            address=address,
        )
