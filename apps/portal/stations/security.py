"""The security of a station: alarms nobody has looked at, how it is let in, what it told."""

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.accounts.policy import Action
from apps.chargers.models import ChargingStation
from apps.chargers.services.security.alarms import acknowledge_alarms
from apps.chargers.services.security.network_profiles import slots_in_use
from apps.portal.kit.parts import ActionButton
from apps.portal.kit.views import ActionView, Attribute, DetailView, Panel
from apps.portal.stations.command_forms import OCPP16
from apps.portal.stations.head import STATIONS, head_context
from apps.portal.stations.rights import NO_EDIT, RETIRED, rights_on
from apps.portal.stations.security_forms import FULLY_SET
from apps.portal.stations.settings import PROFILES

SHOWN = 10
ONLY_2X = "OCPP 1.6 has no words for another address: it is set at the charger."
OBSERVED = {
    0: "0: neither password nor certificate",
    1: "1: password, without encryption",
    2: "2: TLS and password",
    3: "3: TLS with its certificate",
}


def edit_reason(request, station: ChargingStation) -> str:
    """Why the user cannot change anything here; empty where he can."""
    if not rights_on(request.user, station).edit:
        return NO_EDIT
    return RETIRED if station.retired_at else ""


def load_alarms(request, station: ChargingStation) -> dict:
    alarms = list(station.security_alarms.filter(acknowledged_at=None).order_by("-last_at", "pk"))
    url = reverse("portal:station-alarms-seen", args=[station.pk])
    button = ActionButton("I have looked", url, icon="checks", reason=edit_reason(request, station), in_dialog=True)
    return {"alarms": alarms, "buttons": [button] if alarms else []}


def load_changes(request, station: ChargingStation) -> dict:
    reason = edit_reason(request, station)
    is_16 = station.protocol in ("", OCPP16)
    order = {slot: place for place, slot in enumerate(slots_in_use(station), start=1)}

    def button(label: str, name: str, icon: str, why_not: str = "") -> ActionButton:
        url = reverse(f"portal:station-{name}", args=[station.pk])
        return ActionButton(label, url, icon=icon, reason=reason or why_not)

    return {
        "changes": list(station.profile_changes.select_related("requested_by").order_by("-created_at", "-pk")[:SHOWN]),
        "slots": [(row, order.get(row.slot)) for row in station.network_profiles.order_by("slot")],
        "buttons": [
            button(
                "Raise the profile", "raise-profile", "shield-lock", FULLY_SET if station.security_profile >= 3 else ""
            ),
            button("Change the password", "password", "password"),
            button("Connect to another system", "send-elsewhere", "transfer", ONLY_2X if is_16 else ""),
        ],
    }


def load_events(request, station: ChargingStation) -> dict:
    rows = list(station.notices.filter(kind="security").order_by("-received_at", "-pk")[:SHOWN])
    return {"rows": rows, "all_url": reverse("portal:station-security-events", args=[station.pk])}


def _observed(station: ChargingStation) -> str | None:
    connection = getattr(station, "connection", None)
    return OBSERVED.get(connection.security_profile) if connection else None


def _fingerprint(station: ChargingStation) -> str | None:
    connection = getattr(station, "connection", None)
    found = connection.certificate_fingerprint if connection else ""
    return format_html('<span class="cn-mono">{}…</span>', found[:16]) if found else None


def _live(station: ChargingStation) -> str:
    return f"station:{station.pk}"


class StationSecurity(DetailView):
    action = Action.STATION_VIEW
    queryset = STATIONS
    template_name = "portal/stations/page.html"

    panels = (
        Panel(
            "alarms", "Needs a look", template="portal/stations/security_alarms.html", load=load_alarms, live=_live,
            flush=True, icon="shield-exclamation",
        ),
        Panel(
            "changes", "Security profile and addresses", template="portal/stations/security_changes.html",
            load=load_changes, live=_live, flush=True, icon="shield-lock",
        ),
        Panel(
            "events", "Latest security events", template="portal/stations/security_events.html", load=load_events,
            live=_live, flush=True, icon="bell",
        ),
        Panel(
            "door", "At the door", side=True, live=_live, icon="shield-lock",
            attributes=(
                Attribute("Came in last by profile", _observed),
                Attribute("Least that is accepted", lambda s: dict(PROFILES).get(s.security_profile)),
                Attribute("Becomes the least", lambda s: dict(PROFILES).get(s.wanted_security_profile)),
                Attribute("Password", lambda s: "asked for" if s.password_hash else "none is asked for"),
                Attribute("New password", lambda s: "sent, not confirmed yet" if s.pending_password_hash else None),
                Attribute("AuthorizationKey (1.6)", lambda s: s.get_key_encoding_display().partition(":")[0].lower()),
                Attribute("Certificate it showed", _fingerprint),
            ),
        ),
    )  # fmt: skip

    def extra_context(self, station):
        return head_context(self.request.user, station, sheet="security")


class AlarmsSeen(ActionView):
    action = Action.STATION_EDIT
    queryset = STATIONS
    title = "You have looked at these alarms?"
    intro = "They leave the queue on the first page. The events stay in the list, and a new one raises a new alarm."
    submit_label = "I have looked"

    def save(self, form):
        return acknowledge_alarms(
            station=self.object, actor=self.request.user, at=timezone.now(),
            address=self.request.META.get("REMOTE_ADDR"),
        )  # fmt: skip

    def get_success_url(self, result):
        return reverse("portal:station-security", args=[self.object.pk])
