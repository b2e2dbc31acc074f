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


# A register that began anew and rose since (METER_RESET alone) is a meter's ordinary way; one that no rise confirms
# carries METER_BACKWARDS beside it.
REVIEW_FLAGS = frozenset(
    {SessionFlag.START_MISSING, SessionFlag.STOP_MISSING, SessionFlag.METER_BACKWARDS, SessionFlag.METER_IMPLAUSIBLE}
)
