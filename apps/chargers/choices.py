"""States of stations, connectors and commands, with their looks."""

from django.db.models import TextChoices

from apps.core.choices import ColouredChoices

IDENTITY_TAKEN = "The identity cannot be used: it is taken on this server."
"""Why a charger that names one organisation is turned away while another's station has its identity."""


class StationStatus(ColouredChoices):
    """The derived status of a whole station."""

    NEVER_SEEN = "never_seen", "secondary", "plug-connected-x", "Never connected"
    OFFLINE = "offline", "red", "wifi-off", "Offline"
    PENDING = "pending", "yellow", "hourglass", "Waiting for approval"
    FAULTED = "faulted", "red", "alert-triangle", "Faulted"
    UNAVAILABLE = "unavailable", "orange", "circle-off", "Out of service"
    CHARGING = "charging", "blue", "bolt", "Charging"
    OCCUPIED = "occupied", "cyan", "car", "Occupied"
    AVAILABLE = "available", "green", "circle-check", "Available"
    RETIRED = "retired", "secondary", "ban", "Retired"


class ConnectorState(ColouredChoices):
    """What a connector reported last. 1.6's nine states and 2.x's Occupied."""

    UNKNOWN = "", "secondary", "help-circle", "Unknown"
    AVAILABLE = "Available", "green", "circle-check", "Available"
    PREPARING = "Preparing", "cyan", "plug", "Preparing"
    CHARGING = "Charging", "blue", "bolt", "Charging"
    SUSPENDED_EV = "SuspendedEV", "indigo", "player-pause", "Paused by car"
    SUSPENDED_EVSE = "SuspendedEVSE", "purple", "player-pause", "Paused by charger"
    FINISHING = "Finishing", "cyan", "flag", "Finishing"
    OCCUPIED = "Occupied", "cyan", "car", "Occupied"
    RESERVED = "Reserved", "purple", "calendar", "Reserved"
    UNAVAILABLE = "Unavailable", "orange", "circle-off", "Out of service"
    FAULTED = "Faulted", "red", "alert-triangle", "Faulted"


class ConnectorType(TextChoices):
    """OCPP 2.0.1 ConnectorEnumType, the part found on charging stations."""

    UNKNOWN = "", "Unknown"
    TYPE2_SOCKET = "sType2", "Type 2 socket"
    TYPE2_CABLE = "cType2", "Type 2 cable"
    TYPE1_CABLE = "cType1", "Type 1 cable"
    CCS1 = "cCCS1", "CCS 1"
    CCS2 = "cCCS2", "CCS 2"
    CHADEMO = "cG105", "CHAdeMO"
    NACS = "cTesla", "NACS"


class OcppVersion(TextChoices):
    """The WebSocket subprotocols we speak, best first is decided by the client's list."""

    OCPP16 = "ocpp1.6", "OCPP 1.6"
    OCPP201 = "ocpp2.0.1", "OCPP 2.0.1"


class CommandState(ColouredChoices):
    """Life of a command. The last five are final."""

    PENDING = "pending", "secondary", "clock", "Waiting"
    SENT = "sent", "blue", "send", "Sent"
    ACCEPTED = "accepted", "green", "check", "Accepted"
    CONFIRMED = "confirmed", "green", "checks", "Confirmed"
    REJECTED = "rejected", "orange", "x", "Rejected"
    FAILED = "failed", "red", "alert-circle", "Failed"
    TIMED_OUT = "timed_out", "red", "clock-x", "No answer"
    SUPERSEDED = "superseded", "secondary", "arrow-right", "Superseded"


UNSETTLED_STATES = (CommandState.PENDING, CommandState.SENT)


class CommandOrigin(TextChoices):
    PORTAL = "portal", "Portal"
    API = "api", "API"
    AUTOMATION = "automation", "Automation"


class ConnectionEventKind(ColouredChoices):
    """What happened at the door."""

    CONNECTED = "connected", "green", "plug-connected", "Connected"
    DISCONNECTED = "disconnected", "orange", "plug-connected-x", "Disconnected"
    REFUSED = "refused", "red", "ban", "Refused"
    OFFLINE = "offline", "red", "wifi-off", "Declared offline"
