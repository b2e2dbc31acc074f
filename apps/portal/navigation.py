"""The portal's main menu."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from apps.accounts.policy import Action, may


@dataclass(frozen=True)
class NavItem:
    """One entry: shown to people who may do ``action``. A ``section`` starts a group with that heading."""

    label: str
    url_name: str
    icon: str
    action: Action
    section: str = ""


NAVIGATION = (
    NavItem("My charging", "portal:my", "bolt", Action.OWN_CHARGING_VIEW),
    NavItem("My history", "portal:my-history", "history", Action.OWN_CHARGING_VIEW),
    NavItem("Free places", "portal:my-places", "parking", Action.OWN_CHARGING_VIEW),
    NavItem("My bills", "portal:my-bills", "file-invoice", Action.OWN_CHARGING_VIEW),
    NavItem("My cards", "portal:my-cards", "nfc", Action.OWN_CHARGING_VIEW),
    NavItem("More", "portal:my-more", "dots", Action.OWN_CHARGING_VIEW),
    NavItem("Overview", "portal:home", "layout-dashboard", Action.NETWORK_VIEW),
    NavItem("Stations", "portal:stations", "charging-pile", Action.STATION_VIEW, section="Operate"),
    NavItem("Sessions", "portal:sessions", "battery-charging", Action.SESSION_VIEW),
    NavItem("Reservations", "portal:reservations", "calendar", Action.RESERVATION_VIEW),
    NavItem("Bulk operations", "portal:bulk-operations", "checks", Action.STATION_VIEW),
    NavItem("Connections", "portal:connections", "plug-connected-x", Action.CONNECTION_VIEW),
    NavItem("Sites", "portal:sites", "map-pin", Action.SITE_VIEW, section="Sites and prices"),
    NavItem("Tariffs", "portal:tariffs", "receipt", Action.TARIFF_VIEW),
    NavItem("Membership plans", "portal:plans", "discount", Action.TARIFF_VIEW),
    NavItem("Customers", "portal:customers", "users-group", Action.DRIVER_VIEW, section="Billing"),
    NavItem("Billing runs", "portal:billing-runs", "calculator", Action.BILLING_VIEW),
    NavItem("Invoices", "portal:invoices", "file-invoice", Action.BILLING_VIEW),
    NavItem("Unbilled", "portal:unbilled", "receipt-off", Action.BILLING_VIEW),
    NavItem("Open items", "portal:open-items", "hourglass", Action.BILLING_VIEW),
    NavItem("Guests", "portal:guest-visits", "qrcode", Action.BILLING_VIEW),
    NavItem("Bank", "portal:bank", "cash-banknote", Action.BILLING_VIEW),
    NavItem("Direct debits", "portal:debits", "transfer-out", Action.BILLING_VIEW),
    NavItem("Mandates", "portal:mandates", "signature", Action.BILLING_VIEW),
    NavItem("Payments", "portal:payments", "cash", Action.BILLING_VIEW),
    NavItem("Reminders", "portal:reminders", "bell", Action.BILLING_VIEW),
    NavItem("Ledger", "portal:ledger", "book", Action.BILLING_VIEW),
    NavItem("Issuers", "portal:issuers", "building-store", Action.BILLING_VIEW),
    NavItem("Drivers", "portal:drivers", "steering-wheel", Action.DRIVER_VIEW, section="Who may charge"),
    NavItem("Cards", "portal:tokens", "nfc", Action.DRIVER_VIEW),
    NavItem("Access rules", "portal:access-rules", "lock-access", Action.DRIVER_VIEW),
    NavItem("Local lists", "portal:local-lists", "list-check", Action.STATION_VIEW),
    NavItem("Firmware", "portal:firmware", "cpu", Action.STATION_VIEW, section="Equipment"),
    NavItem("Campaigns", "portal:campaigns", "versions", Action.STATION_VIEW),
    NavItem("Templates", "portal:configuration-templates", "adjustments", Action.STATION_VIEW),
    NavItem("Differences", "portal:drift", "exchange", Action.STATION_VIEW),
    NavItem("Quirks", "portal:quirk-profiles", "bug", Action.STATION_VIEW),
    NavItem("Certificates", "portal:certificates", "certificate", Action.CERTIFICATE_VIEW),
    NavItem("Users", "portal:users", "users", Action.USER_VIEW, section="Administer"),
    NavItem("Audit log", "portal:audit", "history", Action.AUDIT_VIEW),
)


def menu_for(user, path: str) -> list[dict]:
    """The entries that ``user`` may open, the one that ``path`` lies in marked. Screens without a route are absent."""
    entries = []
    section = ""
    for item in NAVIGATION:
        section = item.section or section
        if may(user, item.action) and (url := url_or_none(item.url_name)):
            entries.append({"label": item.label, "icon": item.icon, "url": url, "section": section, "is_open": False})
    here = [entry for entry in entries if _lies_in(path, entry["url"])]
    if here:
        max(here, key=lambda entry: len(entry["url"]))["is_open"] = True
    return entries


def _lies_in(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))


def url_or_none(url_name: str) -> str | None:
    """The route's URL, or ``None`` where no such screen is installed."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return None
