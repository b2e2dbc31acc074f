"""Plain sentences about what became of a command."""

CONFIRMATION_WINDOW_S = {
    "session.started": 180,
    "session.ended": 180,
    "station.booted": 600,
    "report.completed": 300,
    "der.reported": 300,
    "battery.swapped": 600,
}
"""How long after the charger's yes the promised fact may take."""

_PROMISES = {
    "session.started": "a session to start",
    "session.ended": "the session to end",
    "station.booted": "the station to restart",
    "report.completed": "the report to arrive in full",
    "der.reported": "the report to arrive in full",
    "battery.swapped": "the batteries to be swapped",
}
_CONFIRMED = {
    "session.started": "The session started.",
    "session.ended": "The session ended.",
    "station.booted": "The station restarted.",
    "report.completed": "The report arrived in full.",
    "der.reported": "The report arrived in full.",
    "battery.swapped": "The batteries were swapped.",
}
_NOTHING_CAME = {
    "session.started": "no session started",
    "session.ended": "the session did not end",
    "station.booted": "the station did not restart",
    "report.completed": "the report did not arrive in full",
    "der.reported": "the report did not arrive in full",
    "battery.swapped": "no battery was swapped",
}


def explain_answer(*, accepted: bool, status: str, detail: str, awaits: str) -> str:
    """What the charger's answer means. ``status`` is its own word."""
    word = f"The charger answered “{status}”" if status else "The charger answered"
    sentence = f"{word}: {detail.rstrip('.')}." if detail else f"{word}."
    if accepted and awaits in _PROMISES:
        return f"{sentence} Waiting for {_PROMISES[awaits]}."
    return sentence


def explain_error(code: str, description: str) -> str:
    """What a CALLERROR, or an answer that breaks the schema, means."""
    return f"The charger answered with the error {code}: {description.rstrip('.')}." if description else (
        f"The charger answered with the error {code}."
    )  # fmt: skip


def explain_confirmation(awaits: str) -> str:
    return _CONFIRMED.get(awaits, "What was asked for has happened.")


def explain_silence_after_yes(awaits: str) -> str:
    """The charger agreed, but what it promised did not happen."""
    window_s = CONFIRMATION_WINDOW_S.get(awaits, 0)
    return f"The charger accepted, but {_NOTHING_CAME.get(awaits, 'nothing followed')} within {window_s} seconds."


NEVER_CONNECTED = "The charger was not connected, or busy with another command, until the deadline."
NO_ANSWER = "The charger did not answer in time."
LOST = "The connection was lost before the charger answered."
