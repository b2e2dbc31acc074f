"""What belongs to a signed-in person: the only door to rows in this area."""

from apps.drivers.models import Driver, IdToken
from apps.sessions.models import ChargingSession, Reservation
from apps.sites.models import Site


def own_sessions(user):
    """The person's sessions, with what the pages show of them."""
    rows = ChargingSession.objects.of_user(user).select_related("site", "station", "tariff_version__tariff")
    return rows.order_by("-started_at", "-pk")


def own_drivers(user):
    return Driver.objects.of_user(user)


def own_reservations(user):
    """Those for the person's cards, newest first."""
    rows = Reservation.objects.filter(driver__in=own_drivers(user))
    return rows.select_related("station__site__organisation", "station__connection").order_by("-asked_at", "-pk")


def own_cards(user):
    rows = IdToken.objects.filter(driver__in=own_drivers(user)).select_related("driver", "driver__home_site")
    return rows.order_by("value")


def own_sites(user):
    """Where the person is at home, or charges now: the places whose news the pages listen to."""
    return Site.objects.filter(drivers__in=own_drivers(user)).distinct()
