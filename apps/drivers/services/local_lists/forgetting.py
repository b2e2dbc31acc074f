"""A card that a station was told to forget leaves its local list too (OCPP 2.0.1 N10: clear customer information)."""

from datetime import datetime

from apps.chargers.messages.commands.local_lists import DIFFERENTIAL, ListEntry, SendLocalList
from apps.chargers.models import ChargingStation
from apps.drivers.engine.local_list import arguments_of
from apps.drivers.services.local_lists.keeping import list_of
from apps.drivers.services.local_lists.steps import send


def forget_token(station: ChargingStation, *, id_token: str, id_token_type: str, at: datetime) -> bool:
    """Send the removal of the card if the list holds it; say whether it does. The card is not sent again by itself.

    It follows from what a person asked for, so it is sent whether or not the list is kept.
    """
    row = list_of(station)
    entry = row.entries.filter(key=id_token.casefold(), type=id_token_type).first()
    if entry is None:
        return False
    was_held = bool(entry.held)
    entry.is_forgotten, entry.wanted, entry.status = True, "", ""
    entry.save(update_fields=["is_forgotten", "wanted", "status"])
    if was_held and row.version:
        removal = arguments_of(ListEntry(entry.value, entry.type))
        send(row, SendLocalList(row.version + 1, DIFFERENTIAL, (removal,)), at=at)
        row.save()
    return was_held
