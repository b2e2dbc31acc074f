"""The words of a change of the security profile: what went wrong at which step, and the way back. Pure."""

from apps.chargers.choices import ProfileChangeState

_WAY_BACK = {
    ProfileChangeState.PLANNED: "Nothing was changed at the charger.",
    ProfileChangeState.PROFILE_SENT: (
        "The new profile lies unused in slot {slot}; the charger connects as before. Nothing has to be taken back."
    ),
    ProfileChangeState.PRIORITY_SET: (
        "The charger will try it at its next restart. To take it back, set {setting} to “{before}” under Variables."
    ),
    ProfileChangeState.REBOOTING: (
        "It is let in with its old profile as before. To take the change back at the charger, set {setting} to"
        " “{before}” under Variables."
    ),
}
_STEP = {
    ProfileChangeState.PLANNED: "The charger did not take the new profile",
    ProfileChangeState.PROFILE_SENT: "The charger took the profile, but did not put it first",
    ProfileChangeState.PRIORITY_SET: "The charger took everything, but did not restart",
    ProfileChangeState.REBOOTING: "The charger did not come back with the new profile",
}


def explain_failure(state: ProfileChangeState, *, reason: str, slot: int | None, setting: str, before: str) -> str:
    """Sentences for people: the step that failed, why, and the way back. ``before`` empty: it is not known."""
    back = _WAY_BACK[state].format(slot=slot, setting=setting, before=before or "what it was")
    return f"{_STEP[state]}: {reason.rstrip('.')}. {back}"


def url_problem(url: str, profile: int) -> str:
    """What is wrong with the address of a central system for this security profile; empty if nothing is."""
    if not url or len(url) > 512:
        return "Give the address, at most 512 characters."
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in ("ws", "wss") or not rest.strip("/") or any(c.isspace() for c in url):
        return "The address begins with ws:// or wss://, followed by a host."
    if profile >= 2 and scheme != "wss":
        return f"Security profile {profile} is encrypted: the address begins with wss://."
    if profile == 1 and scheme != "ws":
        return "Security profile 1 is not encrypted: the address begins with ws://. Choose profile 2 for wss://."
    return ""
