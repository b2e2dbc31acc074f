"""Where each thing has its page. The domain knows no URLs; this table does."""

from django.db.models import Model
from django.urls import reverse

PAGES = {
    "sites.site": "portal:site",
    "chargers.bulkoperation": "portal:bulk-operation",
    "chargers.chargingstation": "portal:station",
    "chargers.stationcommand": "portal:command",
    "chargers.firmware": "portal:firmware-version",
    "chargers.firmwarecampaign": "portal:campaign",
    "chargers.firmwareupdate": "portal:firmware-update",
    "chargers.logrequest": "portal:log-request",
    "chargers.stationfile": "portal:station-file",
    "chargers.stationoperation": "portal:operation",
    "chargers.devicevariable": "portal:variable",
    "charging_sessions.chargingsession": "portal:session",
    "charging_sessions.reservation": "portal:reservation",
    "drivers.billingaccount": "portal:customer",
    "invoicing.bankfile": "portal:bank-file",
    "invoicing.banktransaction": "portal:bank-transaction",
    "invoicing.debitcollection": "portal:collection",
    "drivers.driver": "portal:driver",
    "drivers.idtoken": "portal:token",
    "drivers.customerinformation": "portal:customer-information",
    "invoicing.guestvisit": "portal:guest",
    "invoicing.billingrun": "portal:billing-run",
    "invoicing.invoice": "portal:invoice",
    "invoicing.payment": "portal:payment",
    "invoicing.issuer": "portal:issuer",
    "tariffs.tariff": "portal:tariff",
}


def page_of(row: Model) -> str:
    """URL of the page about ``row``. Raises ``KeyError`` for things without a page."""
    return reverse(PAGES[row._meta.label_lower], args=[row.pk])
