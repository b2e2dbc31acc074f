"""Why can't it connect: what is known of an identity, who waits, who was turned away, who went."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.accounts.policy import Action, may
from apps.chargers.choices import ConnectionEventKind
from apps.chargers.models import ChargingStation, ConnectionEvent, UnknownStation
from apps.chargers.selectors import Finding, advise_on_refusal, diagnose_identity, failed_handshakes, unknown_waiting
from apps.gateway.protocol.adapter import VERSIONS
from apps.portal.connections.looks import LOOKS
from apps.portal.kit.access import is_htmx
from apps.portal.kit.parts import ActionButton
from apps.portal.kit.views import PortalView
from apps.portal.stations.enrolment import gateway_url
from apps.portal.stations.lists import NO_RIGHT_TO_ENROL
from apps.sites.scope import organisations_visible_to

SHOWN = 30
REFUSALS_OF, DEPARTURES_OF = timedelta(days=7), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stranger:
    """A charger that waits, with what can be done; ``reason`` why not."""

    unknown: UnknownStation
    adopt: ActionButton
    ignore: ActionButton


@dataclass(frozen=True, slots=True)
class Departure:
    """The last time a station went, and how often it did within the time shown."""

    event: ConnectionEvent
    times: int

    @property
    def is_away(self) -> bool:
        return self.event.station.connection.connection_id is None


class Connections(PortalView):
    action = Action.CONNECTION_VIEW

    def get(self, request):
        template = "portal/connections/lists.html" if is_htmx(request) else "portal/connections/connections.html"
        return render(request, template, self._context())

    def _context(self) -> dict:
        user, asked = self.request.user, self.request.GET.get("identity", "").strip()[:120]
        may_enrol = may(user, Action.STATION_ADOPT)
        organisations = list(organisations_visible_to(user, self.action))
        query = f"?identity={asked}" if asked else ""
        new_reason = "" if may_enrol else NO_RIGHT_TO_ENROL
        return {
            "title": "Connections",
            "subtitle": "Why a charger can’t connect, and those that wait to be let in.",
            "buttons": [
                ActionButton(
                    "New station",
                    reverse("portal:station-new") + query,
                    icon="plus",
                    style="primary",
                    reason=new_reason,
                )
            ],
            "asked": asked,
            **self._diagnosis(asked),
            "strangers": [self._stranger(unknown) for unknown in unknown_waiting(user)[:SHOWN]],
            "refusals": [(event, advise_on_refusal(event.reason)) for event in self._refusals()],
            "departures": self._departures(),
            "handshakes": failed_handshakes(user, since=timezone.now() - REFUSALS_OF, limit=SHOWN),
            "addresses": [(one, gateway_url(self.request, one)) for one in organisations],
            "many_organisations": Organisation.objects.count() > 1,
            "subprotocols": list(VERSIONS),
            "topics": [f"organisation:{one.pk}" for one in organisations],
        }

    def _diagnosis(self, asked: str) -> dict:
        """What is known under the identity or, where there is none, the serial number ``asked``."""
        if not asked:
            return {"findings": []}
        user, at = self.request.user, timezone.now()
        stations = ChargingStation.objects.visible_to(user, self.action)
        station = stations.filter(identity=asked).first() or stations.filter(serial_number=asked).first()
        identity = station.identity if station else asked
        findings = diagnose_identity(user, identity, at=at)
        return {
            "findings": [_described(finding) for finding in findings],
            "found": station,
            "found_by_serial": station is not None and station.identity != asked,
            "asked_strangers": [self._stranger(one, asked) for one in unknown_waiting(user, identity=asked)[:5]],
        }

    def _stranger(self, unknown: UnknownStation, asked: str = "") -> Stranger:
        reason = "" if may(self.request.user, Action.STATION_ADOPT) else NO_RIGHT_TO_ENROL
        query = f"?identity={asked}" if asked else ""

        def button(label: str, name: str, **looks) -> ActionButton:
            return ActionButton(label, reverse(f"portal:unknown-{name}", args=[unknown.pk]) + query, **looks)

        taken = unknown.reason if unknown.is_identity_taken else ""
        return Stranger(
            unknown,
            button("Adopt", "adopt", icon="plus", style="primary", reason=reason or taken),
            button("Ignore", "ignore", icon="eye", in_dialog=True, reason=reason),
        )

    def _refusals(self) -> list[ConnectionEvent]:
        """The newest refusal of each station that has not come in since."""
        events = self._events(ConnectionEventKind.REFUSED, since=timezone.now() - REFUSALS_OF)
        newest: dict[int, ConnectionEvent] = {}
        for event in events[: SHOWN * 5]:
            connection = getattr(event.station, "connection", None)
            came_in = connection and connection.connected_at and connection.connected_at > event.at
            if not came_in:
                newest.setdefault(event.station_id, event)
        return list(newest.values())[:SHOWN]

    def _departures(self) -> list[Departure]:
        """The newest departure of each station, those still away first, then those that went most often."""
        times: dict[int, int] = Counter()
        newest: dict[int, ConnectionEvent] = {}
        events = self._events(ConnectionEventKind.DISCONNECTED, since=timezone.now() - DEPARTURES_OF)
        for event in events[: SHOWN * 10]:
            times[event.station_id] += 1
            newest.setdefault(event.station_id, event)
        found = [Departure(event, times[pk]) for pk, event in newest.items()]
        return sorted(found, key=lambda departure: (not departure.is_away, -departure.times))[:SHOWN]

    def _events(self, *kinds, since):
        events = ConnectionEvent.objects.visible_to(self.request.user, self.action).filter(
            kind__in=kinds, at__gte=since
        )
        return events.select_related("station__site", "station__connection").order_by("-at", "-pk")


def _described(finding: Finding) -> tuple:
    return finding, LOOKS[finding.level]
