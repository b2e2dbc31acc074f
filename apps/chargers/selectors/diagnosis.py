"""Why can't it connect: what is known about an identity, in plain words, most telling first."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from apps.accounts.policy import Action
from apps.chargers.choices import ConnectionEventKind
from apps.chargers.models import ChargingStation, ConnectionEvent, StationConnection
from apps.chargers.selectors.stations import unknown_waiting

FLAPPING_WITHIN = timedelta(hours=1)
FLAPPING_TIMES = 6


class Level(StrEnum):
    """How much a finding matters."""

    BAD = "bad"
    WARNING = "warning"
    GOOD = "good"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """``advice`` is the next step, empty where there is none; ``at`` the instant of the evidence."""

    level: Level
    sentence: str
    advice: str = ""
    at: datetime | None = None


def diagnose_identity(user, identity: str, *, at: datetime) -> list[Finding]:
    """Everything that explains whether a charger calling itself ``identity`` gets in. Never empty.

    Another organisation's station is treated as if it did not exist.
    """
    identity = identity.strip()
    stations = ChargingStation.objects.visible_to(user, Action.CONNECTION_VIEW).select_related("connection")
    station = stations.filter(identity=identity).first()
    if station is not None:
        return _about_station(station, at)
    findings = _about_stranger(user, identity) + _near_misses(stations, identity)
    if not findings:
        findings.append(
            Finding(
                Level.INFO,
                f"No charger has called under “{identity}”, and none is enrolled under it.",
                "Check the URL at the charger: it must end in /ocpp/ and this identity, and reach this server.",
            )
        )
    return findings


def _about_station(station: ChargingStation, at: datetime) -> list[Finding]:
    findings = []
    if station.retired_at is not None:
        findings.append(Finding(Level.BAD, "The station is retired, so it is turned away.", at=station.retired_at))
    if station.registration != "Accepted":
        findings.append(
            Finding(
                Level.WARNING,
                f"Its registration is {station.registration}: it may connect, but not charge.",
                "Accept the station.",
            )
        )
    connection: StationConnection | None = getattr(station, "connection", None)
    findings += _about_connection(connection)
    events = list(station.connection_events.order_by("-at", "-pk")[:50])
    findings += _about_refusals(events, connection)
    findings += _about_flapping(events, at)
    if connection is None and not any(event.kind == ConnectionEventKind.REFUSED for event in events):
        findings.append(
            Finding(
                Level.INFO,
                "The station is enrolled, but nothing has called under its identity yet.",
                "Check the URL at the charger, its network, and whether a firewall lets it out.",
            )
        )
    return findings


def _about_connection(connection: StationConnection | None) -> list[Finding]:
    if connection is None or connection.connected_at is None:
        return []
    if connection.connection_id is not None:
        way = "over TLS" if connection.is_tls else "without encryption"
        if connection.security_profile is not None:
            way += f" (security profile {connection.security_profile})"
        sentence = f"It is connected from {connection.remote_address or 'an unknown address'} {way}."
        return [Finding(Level.GOOD, sentence, at=connection.connected_at)]
    reason = connection.disconnect_reason or "no reason known"
    return [
        Finding(
            Level.WARNING,
            f"It was connected, but its socket is gone: {reason}.",
            "If it does not return by itself, look at its power, its network and its SIM card.",
            at=connection.disconnected_at,
        )
    ]


def _about_refusals(events: list[ConnectionEvent], connection: StationConnection | None) -> list[Finding]:
    """The newest refusal, unless the charger has come in since."""
    refusal = next((event for event in events if event.kind == ConnectionEventKind.REFUSED), None)
    if refusal is None:
        return []
    came_in = connection is not None and connection.connected_at is not None and connection.connected_at > refusal.at
    offered = f" It offered {refusal.offered_protocols}." if refusal.offered_protocols else ""
    reason = refusal.reason.rstrip(".") or "no reason noted"
    return [
        Finding(
            Level.INFO if came_in else Level.BAD,
            f"{'Earlier it' if came_in else 'It'} was turned away: {reason}.{offered}",
            "" if came_in else advise_on_refusal(refusal.reason),
            at=refusal.at,
        )
    ]


def _about_flapping(events: list[ConnectionEvent], at: datetime) -> list[Finding]:
    recent = [e for e in events if e.kind == ConnectionEventKind.CONNECTED and e.at > at - FLAPPING_WITHIN]
    if len(recent) < FLAPPING_TIMES:
        return []
    return [
        Finding(
            Level.WARNING,
            f"It connected {len(recent)} times within the last hour.",
            "A weak mobile network or a proxy with a short time-out makes chargers redial like this.",
            at=recent[0].at,
        )
    ]


def _about_stranger(user, identity: str) -> list[Finding]:
    findings = []
    for unknown in unknown_waiting(user, identity=identity)[:5]:
        offered = unknown.offered_protocols or "no OCPP version"
        taken = unknown.is_identity_taken
        times = "once" if unknown.attempts == 1 else f"{unknown.attempts} times"
        findings.append(
            Finding(
                Level.BAD,
                f"A charger called {times} under this identity from"
                f" {unknown.remote_address or 'an unknown address'}, offering {offered};"
                f" {f'it cannot be enrolled. {unknown.reason}' if taken else 'it is not enrolled.'}",
                "Give the charger another identity." if taken else "Adopt it.",
                at=unknown.last_seen_at,
            )
        )
    return findings


def _near_misses(stations, identity: str) -> list[Finding]:
    """Enrolled stations, and strangers, whose identity differs in letter case or in what is around it."""
    alike = stations.filter(identity__iexact=identity)[:3]
    found = [
        Finding(
            Level.WARNING,
            f"“{station.identity}” is enrolled: identities must agree letter for letter, capitals included.",
            "Correct the identity at the charger.",
        )
        for station in alike
    ]
    if not found and len(identity) >= 4:
        longer = stations.filter(identity__istartswith=identity).exclude(identity=identity)[:3]
        found = [
            Finding(
                Level.INFO,
                f"“{station.identity}” is enrolled and begins alike.",
                "Some chargers add their serial number.",
            )
            for station in longer
        ]
    return found


def advise_on_refusal(reason: str) -> str:
    """What to do about a charger that was turned away for ``reason`` (as the gateway words it)."""
    lowered = reason.casefold()
    for word, advice in _ADVICE.items():
        if word in lowered:
            return advice
    return "Compare the settings of the charger with those of the station."


_ADVICE = {
    "too many": "It will be let in again after a minute; correct its password meanwhile.",
    "user name": "Set the user name at the charger to its identity.",
    "password": "Set a new password at the station and enter it at the charger.",
    "tls": "Let the charger connect with wss:// instead of ws://, or lower the station's security profile.",
    "signed by a ca": "Install a certificate at the charger that one of the trusted CAs signed.",
    "expired": "Renew the certificate of the charger.",
    "valid only from": "Compare the clock of whoever made the certificate with ours.",
    "certificate": "Install the client certificate of the station at the charger.",
    "speaks": "Set the charger to OCPP 1.6, 2.0.1 or 2.1, or let the site assume 1.6.",
    "organisation": "Correct the organisation's name in the URL at the charger.",
}
