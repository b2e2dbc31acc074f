"""States and flags of sessions."""

from apps.core.choices import ColouredChoices


class SessionState(ColouredChoices):
    """Where a session stands. ``REVIEW``: ended, but its facts contradict each other and a person must look."""

    ACTIVE = "active", "blue", "bolt", "Charging"
    IDLE = "idle", "indigo", "player-pause", "Plugged in, not charging"
    ENDED = "ended", "secondary", "flag", "Ended"
    REVIEW = "review", "orange", "eye", "Needs review"


OPEN_STATES = (SessionState.ACTIVE, SessionState.IDLE)


class SessionFlag(ColouredChoices):
    """Something about a session that an auditor should know. Stored as a list of values."""

    STOP_MISSING = "stop_missing", "orange", "flag", "The charger never reported the end"
    START_MISSING = "start_missing", "orange", "flag", "The charger never reported the start"
    SUPERSEDED = "superseded", "orange", "arrow-right", "Closed because a new session began"
    CLOCK_IMPLAUSIBLE = "clock_implausible", "orange", "clock", "The charger's clock was implausible; ours was used"
    CLOCK_SKEWED = "clock_skewed", "yellow", "clock", "The charger's clock was off"
    METER_BACKWARDS = "meter_backwards", "red", "alert-triangle", "The meter ran backwards"
    METER_IMPLAUSIBLE = "meter_implausible", "red", "alert-triangle", "More energy than the connector can give"
    METER_MISSING = "meter_missing", "orange", "help-circle", "No usable meter reading"
    METER_RESET = "meter_reset", "yellow", "refresh", "The meter's register restarted"
    OFFLINE = "offline", "secondary", "wifi-off", "Reported after an offline period"
    SEQ_GAP = "seq_gap", "yellow", "list-numbers", "Events are missing"
    UNAUTHORISED = "unauthorised", "red", "ban", "Started without an accepted token"
    REBOOTED = "rebooted", "yellow", "refresh", "The charger rebooted during the session"
    UNPRICED = "unpriced", "red", "receipt-off", "The price could not be worked out"
    COST_DIFFERS = "cost_differs", "orange", "alert-triangle", "The charger reckons another price"


# A register that began anew and rose since (METER_RESET alone) is a meter's ordinary way; one that no rise confirms
# carries METER_BACKWARDS beside it.
REVIEW_FLAGS = frozenset(
    {SessionFlag.START_MISSING, SessionFlag.STOP_MISSING, SessionFlag.METER_BACKWARDS, SessionFlag.METER_IMPLAUSIBLE}
)


class ReservationState(ColouredChoices):
    """Life of a reservation: asked → held → used, expired, cancelled or removed; or refused."""

    ASKED = "asked", "secondary", "clock", "Asked for"
    HELD = "held", "purple", "calendar", "Reserved"
    REFUSED = "refused", "orange", "x", "Refused"
    USED = "used", "green", "check", "Used"
    EXPIRED = "expired", "secondary", "clock-x", "Expired"
    CANCELLED = "cancelled", "secondary", "ban", "Cancelled"
    REMOVED = "removed", "orange", "alert-circle", "Dropped by the station"


LIVE_RESERVATIONS = (ReservationState.ASKED, ReservationState.HELD)


class PriceTelling(ColouredChoices):
    """Whether a station is told prices and costs."""

    AUTO = "auto", "secondary", "refresh", "If the station says that it can show them"
    ALWAYS = "always", "green", "check", "Always"
    NEVER = "never", "secondary", "ban", "Never"


class HeldTariffState(ColouredChoices):
    """What became of a tariff at a station."""

    HELD = "held", "green", "check", "In the station"
    REJECTED = "rejected", "orange", "x", "Refused"
    TOO_MANY = "too_many", "orange", "alert-circle", "Too long for the station"
    UNSUPPORTED = "unsupported", "orange", "ban", "Not supported by the station"


class RatingReason(ColouredChoices):
    """Why a session was rated."""

    ENDED = "ended", "secondary", "flag", "The session ended"
    FACTS = "facts", "yellow", "refresh", "Facts of it changed"
    BY_HAND = "by_hand", "orange", "pencil", "Asked for by a person"
