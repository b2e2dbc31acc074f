"""States of stations, connectors and commands, with their looks."""

from django.db.models import IntegerChoices, TextChoices

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
    OCPP21 = "ocpp2.1", "OCPP 2.1"


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


class KeyEncoding(TextChoices):
    """How a 1.6 charger reads the value of AuthorizationKey."""

    TEXT = "text", "As it is: the charger presents exactly the text it was given"
    HEX = "hex", "In hexadecimal, as the security white paper says: the charger presents the bytes behind it"


class ProfileChangeState(ColouredChoices):
    """Life of a change of the security profile. The last two are final."""

    PLANNED = "planned", "secondary", "clock", "Waits for the charger"
    PROFILE_SENT = "profile_sent", "blue", "send", "Profile taken, its priority follows"
    PRIORITY_SET = "priority_set", "blue", "send", "Set, the restart follows"
    REBOOTING = "rebooting", "cyan", "rotate", "Restarts"
    DONE = "done", "green", "checks", "Done"
    FAILED = "failed", "red", "alert-circle", "Failed"


UNFINISHED_CHANGES = (
    ProfileChangeState.PLANNED,
    ProfileChangeState.PROFILE_SENT,
    ProfileChangeState.PRIORITY_SET,
    ProfileChangeState.REBOOTING,
)


class ConnectionEventKind(ColouredChoices):
    """What happened at the door."""

    CONNECTED = "connected", "green", "plug-connected", "Connected"
    DISCONNECTED = "disconnected", "orange", "plug-connected-x", "Disconnected"
    REFUSED = "refused", "red", "ban", "Refused"
    OFFLINE = "offline", "red", "wifi-off", "Declared offline"


class DisplayMessageState(ColouredChoices):
    """Life of a message on a display."""

    ASKED = "asked", "secondary", "clock", "Asked for"
    INSTALLED = "installed", "green", "check", "On the display"
    REFUSED = "refused", "orange", "x", "Refused"
    REPLACED = "replaced", "secondary", "replace", "Replaced"
    CLEARED = "cleared", "secondary", "trash", "Cleared"


class OperationKind(TextChoices):
    """Wishes that may take several calls."""

    READ_VARIABLES = "read_variables", "Read variables"
    SET_VARIABLES = "set_variables", "Set variables"
    REPORT = "report", "Report"
    SET_MONITORS = "set_monitors", "Set monitors"
    CLEAR_MONITORS = "clear_monitors", "Clear monitors"


class OperationState(ColouredChoices):
    """Where the commands of an operation stand together."""

    RUNNING = "running", "blue", "send", "Running"
    DONE = "done", "green", "check", "Done"
    PARTLY = "partly", "orange", "alert-circle", "Partly done"
    FAILED = "failed", "red", "x", "Not done"


class ReportKind(TextChoices):
    VARIABLES = "variables", "Variables"
    MONITORS = "monitors", "Monitors"


class AlarmSeverity(IntegerChoices):
    """OCPP 2.0.1 part 2, SetMonitoringDataType.severity: 0 is the worst."""

    DANGER = 0, "Danger"
    HARDWARE_FAILURE = 1, "Hardware failure"
    SYSTEM_FAILURE = 2, "System failure"
    CRITICAL = 3, "Critical"
    ERROR = 4, "Error"
    ALERT = 5, "Alert"
    WARNING = 6, "Warning"
    NOTICE = 7, "Notice"
    INFORMATIONAL = 8, "Informational"
    DEBUG = 9, "Debug"


class ProtocolFamily(TextChoices):
    """Which versions a template speaks to: keys of 1.6, or components and variables of 2.x."""

    OCPP16 = "1.6", "OCPP 1.6"
    OCPP2 = "2.x", "OCPP 2.x"


class ProvisioningStage(ColouredChoices):
    """How far bringing a station to its templates has come."""

    READING = "reading", "blue", "refresh", "Reading its settings"
    APPLYING = "applying", "blue", "send", "Setting what differs"
    DONE = "done", "green", "check", "As wanted"
    DIFFERS = "differs", "orange", "alert-circle", "Still differs"
    FAILED = "failed", "red", "x", "Its settings could not be read"


class CertificateState(ColouredChoices):
    """Life of a certificate that a station carries. ``sent`` is shown, not stored."""

    REQUESTED = "requested", "secondary", "clock", "Requested"
    SIGNED = "signed", "blue", "certificate", "Signed"
    SENT = "sent", "blue", "send", "Sent"
    ACCEPTED = "accepted", "green", "check", "Taken by the station"
    ACTIVE = "active", "green", "checks", "In use"
    SUPERSEDED = "superseded", "secondary", "arrow-right", "Replaced"
    REJECTED = "rejected", "orange", "x", "Rejected by the station"
    FAILED = "failed", "red", "alert-circle", "Failed"
    EXPIRED = "expired", "red", "clock-x", "Expired"
    REVOKED = "revoked", "red", "ban", "Revoked"


OPEN_CERTIFICATE_STATES = (CertificateState.REQUESTED, CertificateState.SIGNED)
"""On its way to the station."""

CURRENT_CERTIFICATE_STATES = (CertificateState.ACCEPTED, CertificateState.ACTIVE)
"""What the station is to use now."""


class CertificateKind(TextChoices):
    """OCPP 2.1 CertificateSigningUseEnumType."""

    STATION = "ChargingStationCertificate", "Station"
    V2G = "V2GCertificate", "Plug & Charge"
    V2G20 = "V2G20Certificate", "Plug & Charge (ISO 15118-20)"


class ContractAction(TextChoices):
    """What a vehicle asks for: OCPP 2.0.1 CertificateActionEnumType, and either."""

    ANY = "", "Either"
    INSTALL = "Install", "Install"
    UPDATE = "Update", "Update"


class CertificateUse(TextChoices):
    """What a certificate of an authority is for: OCPP 2.1 InstallCertificateUseEnumType, and what we check with."""

    CSMS_ROOT = "CSMSRootCertificate", "Root of this server"
    MANUFACTURER_ROOT = "ManufacturerRootCertificate", "Root of the manufacturer"
    V2G_ROOT = "V2GRootCertificate", "Root of Plug & Charge (V2G)"
    MO_ROOT = "MORootCertificate", "Root of a contract provider (MO)"
    OEM_ROOT = "OEMRootCertificate", "Root of a car maker (OEM)"
    INTERMEDIATE = "Intermediate", "Authority below a root, not installed"


INSTALLABLE_USES = tuple(use for use in CertificateUse if use is not CertificateUse.INTERMEDIATE)


class BulkKind(TextChoices):
    """What can be asked of many stations at once."""

    RESET = "reset", "Reset"
    AVAILABILITY = "availability", "Put into or out of service"
    TRIGGER = "trigger", "Ask for a message"
    CLEAR_CACHE = "clear_cache", "Clear the card cache"
    READ_VARIABLES = "read_variables", "Read all variables"
    SET_VARIABLE = "set_variable", "Set a variable"
    APPLY_TEMPLATES = "apply_templates", "Apply the templates"
    UNLOCK = "unlock", "Unlock a connector"
    RAW_CALL = "raw_call", "Raw call"


class BulkState(ColouredChoices):
    """Where a bulk operation stands."""

    RUNNING = "running", "blue", "player-play", "Running"
    DONE = "done", "green", "checks", "Finished"
    CANCELLED = "cancelled", "secondary", "ban", "Cancelled"


class BulkItemState(ColouredChoices):
    """What became of one station of a bulk operation. The last five are final until somebody tries again."""

    WAITING = "waiting", "secondary", "hourglass", "Waiting"
    ASKED = "asked", "blue", "send", "Asked"
    DONE = "done", "green", "check", "Done"
    REFUSED = "refused", "orange", "x", "Refused"
    FAILED = "failed", "red", "alert-circle", "Failed"
    SKIPPED = "skipped", "secondary", "player-skip-forward", "Left out"
    CANCELLED = "cancelled", "secondary", "ban", "Cancelled"
