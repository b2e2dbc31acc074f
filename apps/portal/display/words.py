"""Plain words for messages on displays."""

from zoneinfo import ZoneInfo

from apps.chargers.models import DisplayMessage

PRIORITIES = {
    "NormalCycle": "In turn with others",
    "InFront": "Before others",
    "AlwaysFront": "Always in front",
}
STATES = {
    "Idle": "nobody charges",
    "Charging": "somebody charges",
    "Suspended": "charging pauses",
    "Discharging": "the car gives energy",
    "Faulted": "it is faulted",
    "Unavailable": "it is out of service",
}
FORMATS = {
    "UTF8": "Text",
    "ASCII": "Text without accents (ASCII)",
    "HTML": "HTML",
    "URI": "Address of a page or picture",
    "QRCODE": "QR code",
}


def when(message: DisplayMessage) -> str:
    """``while nobody charges, from 14 Mar 12:00 until 15 Mar 08:00``, in the time of the place."""
    zone = ZoneInfo(message.station.site.time_zone)
    parts = [f"while {STATES.get(message.shown_in, message.shown_in)}" if message.shown_in else "always"]
    if message.starts_at:
        parts.append(f"from {message.starts_at.astimezone(zone):%d %b %H:%M}")
    if message.ends_at:
        parts.append(f"until {message.ends_at.astimezone(zone):%d %b %H:%M}")
    if message.transaction_id:
        parts.append(f"during transaction {message.transaction_id}")
    return ", ".join(parts)
