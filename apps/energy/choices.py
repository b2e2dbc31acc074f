"""States of profiles, and where they come from, with their looks."""

from django.db.models import TextChoices

from apps.core.choices import ColouredChoices


class ProfileState(ColouredChoices):
    """Life of a profile in a charger. ``accepted`` and ``reported`` are in force."""

    ASKED = "asked", "blue", "send", "Asked"
    ACCEPTED = "accepted", "green", "check", "Installed"
    REPORTED = "reported", "green", "checks", "Told by the charger"
    REJECTED = "rejected", "orange", "x", "Rejected"
    UNANSWERED = "unanswered", "red", "clock-x", "No answer"
    REPLACED = "replaced", "secondary", "arrow-right", "Replaced"
    CLEARED = "cleared", "secondary", "trash", "Cleared"
    EXPIRED = "expired", "secondary", "clock", "Over"


IN_FORCE = (ProfileState.ACCEPTED, ProfileState.REPORTED)
OPEN_STATES = (*IN_FORCE, ProfileState.ASKED, ProfileState.UNANSWERED)


class ProfileSource(TextChoices):
    """Who put it there."""

    US = "us", "Set from here"
    RAW = "raw", "Raw call"
    CHARGER = "charger", "Told by the charger"


class Purpose(TextChoices):
    """Purposes in the words of people; the values are those of OCPP 2.x."""

    STATION_MAX = "ChargingStationMaxProfile", "Station’s maximum"
    TX_DEFAULT = "TxDefaultProfile", "Every session"
    TX = "TxProfile", "This session"
    EXTERNAL = "ChargingStationExternalConstraints", "External limit"
    PRIORITY = "PriorityCharging", "Priority charging"
    LOCAL_GENERATION = "LocalGeneration", "Local generation"


class Kind(TextChoices):
    ABSOLUTE = "Absolute", "From a moment on"
    RECURRING = "Recurring", "Repeating"
    RELATIVE = "Relative", "From the session’s start"
    DYNAMIC = "Dynamic", "Dynamic"


class RateUnit(TextChoices):
    UNKNOWN = "", "As the charger says"
    A = "A", "A"
    W = "W", "W"


class NeedsAnswer(ColouredChoices):
    """What a car's needs were answered with."""

    ACCEPTED = "Accepted", "green", "check", "Accepted"
    PROCESSING = "Processing", "blue", "hourglass", "Being planned"
    REJECTED = "Rejected", "orange", "x", "Rejected"
    NO_PROFILE = "NoChargingProfile", "secondary", "ban", "No plan is made here"
