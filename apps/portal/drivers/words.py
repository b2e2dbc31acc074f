"""Access rules as sentences."""

from apps.drivers.models import AccessRule
from apps.sites.choices import AccessPolicy

DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAYS = [(str(number), name) for number, name in enumerate(DAY_NAMES, 1)]


def rule_sentence(rule: AccessRule) -> str:
    """``Residents may charge at Lindenhof on weekdays from 18:00 until 07:00 the next day, free of charge.``"""
    who = rule.group or rule.driver or "Every card of the organisation"
    where = f"{rule.site}, {rule.area}" if rule.area else str(rule.site)
    price = "free of charge" if rule.free_of_charge else "at the price of the tariff"
    current = f" ({rule.get_current_display().lower()})" if rule.current else ""
    return f"{who} may charge at {where}{current} {hours_in_words(rule)}, {price}."


def hours_in_words(rule: AccessRule) -> str:
    """``on weekdays from 18:00 until 07:00 the next day``; ``at any time``."""
    days, hours = days_in_words(rule.weekdays), _hours(rule)
    return " ".join(part for part in (days, hours) if part) or "at any time"


def days_in_words(weekdays: str) -> str:
    """``on weekdays``; ``""`` for every day."""
    if weekdays in ("", "1234567"):
        return ""
    if weekdays == "12345":
        return "on weekdays"
    if weekdays == "67":
        return "on weekends"
    names = [f"{DAY_NAMES[int(day) - 1]}s" for day in weekdays]
    return "on " + (names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}")


def policy_note(rule: AccessRule) -> str:
    """What the site's own policy makes of its rules."""
    if rule.site.access_policy == AccessPolicy.BY_RULE:
        return f"{rule.site} admits only cards that a rule admits."
    if rule.free_of_charge:
        return f"{rule.site} admits every accepted card of the organisation; this rule makes it free in these hours."
    return f"{rule.site} admits every accepted card of the organisation, so this rule changes nothing there."


def _hours(rule: AccessRule) -> str:
    start, end = rule.from_time, rule.until_time
    if start is None or end is None or start == end:
        return ""
    next_day = " the next day" if end < start and f"{end:%H:%M}" != "00:00" else ""
    until = "midnight" if f"{end:%H:%M}" == "00:00" else f"{end:%H:%M}"
    return f"from {start:%H:%M} until {until}{next_day}"
