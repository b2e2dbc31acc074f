"""Who charges, what stations know of them, and what was asked about them."""

from apps.drivers.models.accounts import BillingAccount, PlanSubscription, Vehicle
from apps.drivers.models.customers import CustomerInformation
from apps.drivers.models.local_lists import LocalList, LocalListEntry, SiteLocalLists
from apps.drivers.models.people import AccessRule, Driver, DriverGroup, IdToken
from apps.drivers.models.residents import DriverNotice, DriverSettings, Invitation

__all__ = [
    "AccessRule",
    "BillingAccount",
    "CustomerInformation",
    "Driver",
    "DriverGroup",
    "DriverNotice",
    "DriverSettings",
    "IdToken",
    "Invitation",
    "LocalList",
    "LocalListEntry",
    "PlanSubscription",
    "SiteLocalLists",
    "Vehicle",
]
