"""Where each thing has its page. The domain knows no URLs; this table does."""

from django.db.models import Model
from django.urls import reverse

PAGES = {
    "sites.site": "portal:site",
    "chargers.chargingstation": "portal:station",
    "chargers.stationcommand": "portal:command",
    "charging_sessions.chargingsession": "portal:session",
    "drivers.driver": "portal:driver",
    "drivers.idtoken": "portal:token",
    "tariffs.tariff": "portal:tariff",
}


def page_of(row: Model) -> str:
    """URL of the page about ``row``. Raises ``KeyError`` for things without a page."""
    return reverse(PAGES[row._meta.label_lower], args=[row.pk])
