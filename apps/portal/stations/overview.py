"""The first sheet of a station's page: its EVSEs live, its last commands, what it is."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action, may
from apps.chargers.choices import OcppVersion
from apps.chargers.models import ChargingStation, Connector, Evse
from apps.portal.kit import format as fmt
from apps.portal.kit import html
from apps.portal.kit.parts import ActionButton
from apps.portal.kit.views import Attribute, DetailView, Panel
from apps.portal.links import page_of
from apps.portal.model.provisioning import load_provisioning
from apps.portal.model.quirks import load_quirks
from apps.portal.stations.commands_table import describe_commands
from apps.portal.stations.head import STATIONS, head_context
from apps.portal.stations.rights import (
    NO_RESERVE,
    StationRights,
    is_online,
    rights_on,
    why_not_command,
    why_unreachable,
)
from apps.sessions.models import ChargingSession, Reservation
from apps.sessions.selectors.stations import running_by_evse
from apps.sessions.services.pricing import running_costs

LATEST_COMMANDS = 6
_ENCRYPTION = {True: "yes (TLS)", False: "no", None: None}


@dataclass(frozen=True, slots=True)
class EvseCard:
    """One EVSE as the page shows it. ``cost``: gross so far, ``None`` without a tariff. ``currents_a``: per phase."""

    evse: Evse
    connectors: list[Connector]
    session: ChargingSession | None
    cost: Decimal | None
    buttons: list[ActionButton]
    reservation: Reservation | None = None

    @property
    def reservation_url(self) -> str:
        return page_of(self.reservation) if self.reservation else ""

    @property
    def title(self) -> str:
        kinds = ", ".join(dict.fromkeys(c.get_type_display() for c in self.connectors if c.type))
        power = (
            f"{self.evse.max_power_w / 1000:g} kW {'DC' if self.evse.is_dc else 'AC'}" if self.evse.max_power_w else ""
        )
        return " · ".join(filter(None, (kinds, power)))

    @property
    def currents_a(self) -> list[tuple[str, float]]:
        if self.session is None:
            return []
        phases = ("L1", self.session.current_l1_a), ("L2", self.session.current_l2_a), ("L3", self.session.current_l3_a)
        return [(name, value) for name, value in phases if value is not None]


def load_evses(request, station: ChargingStation) -> dict:
    """The EVSEs with their running sessions; a constant number of queries."""
    connectors = Prefetch("connectors", Connector.objects.order_by("number"))
    evses = list(station.evses.order_by("number").prefetch_related(connectors))
    sessions = running_by_evse([station.pk])
    costs = running_costs(sessions.values(), now=timezone.now())
    rights = rights_on(request.user, station)
    held = Reservation.objects.held_at(timezone.now()).filter(station=station).select_related("driver", "station")
    kept = {row.evse_number: row for row in held if row.evse_number}
    cards = []
    for evse in evses:
        session = sessions.pop((station.pk, evse.number), None)
        breakdown = costs.get(session.pk) if session else None
        cards.append(
            EvseCard(
                evse,
                list(evse.connectors.all()),
                session,
                breakdown.gross if breakdown else None,
                _evse_buttons(station, evse, session, rights, kept.get(evse.number)),
                kept.get(evse.number),
            )
        )
    return {
        "cards": cards,
        "unplaced": list(sessions.values()),
        "anywhere": [row for row in held if not row.evse_number],
        "is_online": is_online(station),
        "sees_drivers": may(request.user, Action.DRIVER_VIEW),
    }


def _evse_buttons(
    station: ChargingStation,
    evse: Evse,
    session: ChargingSession | None,
    rights: StationRights,
    reservation: Reservation | None,
) -> list[ActionButton]:
    now, later = why_not_command(station, rights, now=True), why_not_command(station, rights)

    def url(name: str) -> str:
        return f"{reverse(f'portal:station-{name}', args=[station.pk])}?evse={evse.number}"

    if session is not None:
        stop_url = reverse("portal:session-stop", args=[session.pk])
        first = ActionButton("Stop", stop_url, icon="player-stop", reason=now, in_dialog=True)
    else:
        first = ActionButton("Start", url("start"), icon="player-play", reason=now, in_dialog=True)
    may_reserve = why_unreachable(station, now=True) if rights.reserve else NO_RESERVE
    if reservation is not None:
        cancel_url = reverse("portal:reservation-cancel", args=[reservation.pk])
        keep = ActionButton("Cancel the reservation", cancel_url, icon="x", reason=may_reserve, in_dialog=True)
    else:
        keep = ActionButton("Reserve", url("reserve"), icon="calendar", reason=may_reserve, in_dialog=True)
    wish = "Take out of service" if evse.wanted_operative else "Put into service"
    return [
        first,
        keep,
        ActionButton("Unlock", url("unlock"), icon="lock-open", reason=now, in_dialog=True),
        ActionButton(wish, url("availability"), icon="toggle-right", reason=later, in_dialog=True),
    ]


def load_commands(request, station: ChargingStation) -> dict:
    rows = station.commands.select_related("requested_by").order_by("-created_at", "-pk")[:LATEST_COMMANDS]
    return {"commands": describe_commands(rows), "all_url": reverse("portal:station-commands", args=[station.pk])}


def _zone(station: ChargingStation) -> str:
    return station.site.time_zone


def _connection(station: ChargingStation, name: str):
    return getattr(getattr(station, "connection", None), name, None)


def _round_trip(station: ChargingStation):
    rtt_ms = _connection(station, "rtt_ms")
    return html.quantity(fmt.number(rtt_ms, 0), "ms") if rtt_ms is not None else None


def _clock(station: ChargingStation):
    skew_s = _connection(station, "clock_skew_s")
    if skew_s is None:
        return None
    if abs(skew_s) < 2:
        return "agrees with ours"
    return f"{fmt.duration(abs(skew_s))} {'ahead' if skew_s > 0 else 'behind'}"


class StationPage(DetailView):
    action = Action.STATION_VIEW
    queryset = STATIONS
    template_name = "portal/stations/page.html"
    sheet = "overview"

    panels = (
        Panel(
            "evses", "Connectors", template="portal/stations/evses.html", load=load_evses,
            live=lambda station: f"station:{station.pk}", flush=True,
        ),
        Panel(
            "commands", "Latest commands", template="portal/stations/latest_commands.html", load=load_commands,
            live=lambda station: f"station:{station.pk}", flush=True,
        ),
        Panel(
            "provisioning", "Settings by templates", template="portal/model/provisioning.html", side=True,
            load=load_provisioning, live=lambda station: f"station:{station.pk}",
        ),
        Panel("quirks", "Quirks", template="portal/model/quirks.html", load=load_quirks, side=True, flush=True),
        Panel(
            "connection", "Connection", side=True, live=lambda station: f"station:{station.pk}",
            attributes=(
                Attribute("Last word", lambda s: html.since(_connection(s, "last_seen_at"), _zone(s))),
                Attribute("Connected", lambda s: html.since(_connection(s, "connected_at"), _zone(s))),
                Attribute("Round trip", _round_trip),
                Attribute("Clock", _clock),
                Attribute("Reconnects", lambda s: _connection(s, "reconnects")),
                Attribute("Frames rejected", lambda s: _connection(s, "frames_rejected")),
                Attribute("Address", lambda s: _connection(s, "remote_address")),
                Attribute("Encrypted", lambda s: _ENCRYPTION[_connection(s, "is_tls")]),
            ),
        ),
        Panel(
            "facts", "Station", side=True,
            attributes=(
                Attribute("Identity", "identity"),
                Attribute("Vendor", "vendor"),
                Attribute("Model", "model"),
                Attribute("Serial number", "serial_number"),
                Attribute("Firmware", "firmware_version"),
                Attribute("Version", lambda s: OcppVersion(s.protocol).label if s.protocol else None),
                Attribute("Rated power", lambda s: html.quantity(fmt.kw(s.max_power_w, 0), "kW")),
                Attribute("Last boot", lambda s: html.since(s.booted_at, _zone(s))),
                Attribute("Reason of boot", "boot_reason"),
                Attribute("SIM card", "iccid"),
            ),
        ),
    )  # fmt: skip

    def extra_context(self, station):
        return head_context(self.request.user, station, sheet=self.sheet)
