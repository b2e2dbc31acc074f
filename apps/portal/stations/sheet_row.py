"""The sheets of a station's page, in groups: a first row of groups, and a second row within the open one."""

from dataclasses import dataclass

from django.urls import reverse

from apps.accounts.policy import Action, may
from apps.chargers.choices import OcppVersion
from apps.chargers.models import ChargingStation


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of the page; ``action`` closes it to roles without it.

    ``since_2``: stations of 1.6 have none; ``since_21``: only stations of 2.1 have one.
    """

    key: str
    label: str
    icon: str
    url_name: str
    action: Action
    since_2: bool = False
    since_21: bool = False

    def fits(self, station: ChargingStation) -> bool:
        """Whether the version that ``station`` speaks has what the sheet shows."""
        if self.since_21:
            return station.protocol == OcppVersion.OCPP21
        return not (self.since_2 and station.protocol == OcppVersion.OCPP16)


@dataclass(frozen=True, slots=True)
class SheetGroup:
    """Sheets that are looked at for the same purpose; it opens at its first."""

    label: str
    icon: str
    sheets: tuple[Sheet, ...]


_VIEW = Action.STATION_VIEW
GROUPS = (
    SheetGroup(
        "Overview", "layout-dashboard", (Sheet("overview", "Overview", "layout-dashboard", "portal:station", _VIEW),)
    ),
    SheetGroup(
        "Sessions",
        "battery-charging",
        (Sheet("sessions", "Sessions", "battery-charging", "portal:station-sessions", Action.SESSION_VIEW),),
    ),
    SheetGroup(
        "Control",
        "send",
        (
            Sheet("commands", "Commands", "send", "portal:station-commands", _VIEW),
            Sheet("limits", "Charging limits", "adjustments", "portal:station-limits", _VIEW),
            Sheet("prices", "Prices", "receipt", "portal:station-prices", _VIEW),
            Sheet("access", "Access", "lock-access", "portal:station-local-list", _VIEW),
            Sheet("display", "Display", "message", "portal:station-display", _VIEW, since_2=True),
            Sheet("grid", "Grid and streams", "solar-panel", "portal:station-grid", _VIEW, since_21=True),
        ),
    ),
    SheetGroup(
        "Device",
        "cpu",
        (
            Sheet("variables", "Variables", "variable", "portal:station-variables", _VIEW),
            Sheet("monitors", "Monitors", "activity", "portal:station-monitors", _VIEW),
            Sheet("files", "Firmware and files", "cpu", "portal:station-files", _VIEW),
        ),
    ),
    SheetGroup(
        "Security",
        "shield-lock",
        (
            Sheet("security", "Security", "shield-lock", "portal:station-security", _VIEW),
            Sheet("certificates", "Certificates", "certificate", "portal:station-certificates", _VIEW),
        ),
    ),
    SheetGroup(
        "Records",
        "messages",
        (
            Sheet("journal", "Journal", "messages", "portal:station-journal", Action.JOURNAL_VIEW),
            Sheet("history", "History", "history", "portal:station-history", _VIEW),
        ),
    ),
    SheetGroup("Settings", "settings", (Sheet("settings", "Settings", "settings", "portal:station-settings", _VIEW),)),
)


def sheet_context(user, station: ChargingStation, *, sheet: str) -> dict:
    """``sheet_groups`` with the sheets that ``user`` may open, the open ones marked; ``open_group`` among them.

    ``sheet_label`` is what the open sheet is called."""
    groups = []
    for group in GROUPS:
        shown = [
            {
                "label": one.label,
                "icon": one.icon,
                "url": reverse(one.url_name, args=[station.pk]),
                "is_open": one.key == sheet,
            }
            for one in group.sheets
            if may(user, one.action) and one.fits(station)
        ]
        if shown:
            is_open = any(one["is_open"] for one in shown)
            groups.append({"label": group.label, "icon": group.icon, "sheets": shown, "is_open": is_open})
    open_group = next((group for group in groups if group["is_open"]), None)
    label = next((one["label"] for one in open_group["sheets"] if one["is_open"]), "") if open_group else ""
    return {"sheet_groups": groups, "open_group": open_group, "sheet_label": label}
