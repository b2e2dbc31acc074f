"""Plain words for what sessions say of themselves."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.portal.kit.html import badge, icon
from apps.sessions.choices import SessionFlag

FLAG_HELP = {
    SessionFlag.STOP_MISSING: "The end is our own: the last reading we have. Energy after it, if any, is not counted.",
    SessionFlag.START_MISSING: "Only later messages arrived. The start is the first moment that we know of.",
    SessionFlag.SUPERSEDED: "A new session began at the same connector, so this one must be over.",
    SessionFlag.CLOCK_IMPLAUSIBLE: "The charger told a time that cannot be. The time of arrival was taken instead.",
    SessionFlag.CLOCK_SKEWED: "The charger's clock differs from ours by more than five minutes. Its times were kept.",
    SessionFlag.METER_BACKWARDS: "A later reading was lower than an earlier one. The one that fits the others counts.",
    SessionFlag.METER_IMPLAUSIBLE: "The readings fit neither connector nor reported power. Compare with the device.",
    SessionFlag.METER_MISSING: "No reading of the energy register arrived, so no energy is billed.",
    SessionFlag.METER_RESET: "The register began anew during the session; both parts were added up.",
    SessionFlag.OFFLINE: "The charger had no connection and told us later. Nothing was lost.",
    SessionFlag.SEQ_GAP: "Numbers in the charger's messages are missing. It may still send them.",
    SessionFlag.UNAUTHORISED: "No card was accepted for it. It is not billed to anybody.",
    SessionFlag.REBOOTED: "The charger restarted while the session ran.",
    SessionFlag.UNPRICED: "Put right what the log names (time zone of the site, tariff), then rate the session again.",
    SessionFlag.COST_DIFFERS: "The charger worked out another price itself. The price here is what is billed.",
}
TOKEN_VERDICTS = {
    "Accepted": "Accepted",
    "Blocked": "Blocked: the card is blocked or reported lost, or its driver has left",
    "Expired": "Expired: the card's last day has passed",
    "Invalid": "Invalid: nobody knows this card",
    "Unknown": "Unknown: nobody knows this card",
    "ConcurrentTx": "Refused: the card was charging elsewhere",
    "NotAtThisLocation": "Refused: no rule admits the card at this site",
    "NotAtThisTime": "Refused: outside the hours in which the card is admitted",
}
STOP_REASONS = {
    "": "",
    "Local": "Stopped at the charger",
    "Remote": "Stopped from here or by app",
    "EVDisconnected": "The cable was unplugged",
    "DeAuthorized": "The card was refused while charging",
    "EmergencyStop": "Emergency stop pressed",
    "EnergyLimitReached": "The energy asked for was reached",
    "GroundFault": "Ground fault",
    "HardReset": "The charger was reset",
    "ImmediateReset": "The charger was reset",
    "SoftReset": "The charger was reset gently",
    "LocalOutOfCredit": "The credit was used up",
    "MasterPass": "Stopped with a master pass",
    "OvercurrentFault": "Overcurrent fault",
    "PowerLoss": "The charger lost power",
    "PowerQuality": "Poor power quality",
    "Reboot": "The charger restarted",
    "SOCLimitReached": "The battery reached the level asked for",
    "StoppedByEV": "The car ended it",
    "TimeLimitReached": "The time asked for was over",
    "Timeout": "Nothing was plugged in in time",
    "UnlockCommand": "The connector was unlocked from here",
    "ByHand": "Closed by hand here",
    "Other": "Another reason",
}


def flag_badge(flag: SessionFlag, *, short: bool = False) -> SafeString:
    """The flag in its colour; ``short``: only the icon, the words in its title."""
    if not short:
        return badge(flag)
    return format_html(
        '<span class="cn-badge cn-{}" title="{}">{}<span class="visually-hidden">{}</span></span>',
        flag.colour,
        flag.label,
        icon(flag.icon),
        flag.label,
    )


def stop_reason(word: str) -> str:
    """The charger's reason in plain words; its own word where we do not know it."""
    return STOP_REASONS.get(word, word)


def token_verdict(word: str) -> str:
    """Our verdict on the token in plain words."""
    return TOKEN_VERDICTS.get(word, word)
