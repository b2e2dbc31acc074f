"""Remembering what stations say they do not know, so that they are not asked again and again."""

from collections.abc import Iterable

from django.db import transaction

from apps.chargers.models import StationCommand
from apps.sessions.models import StationPricing
from apps.sessions.services.station_costs.stations import EVERYTHING

UNKNOWN_WORDS = frozenset({"UnknownVendorId", "UnknownMessageId"})
UNKNOWN_CODES = frozenset({"NotSupported", "NotImplemented"})


def note_refusals(command_ids: Iterable[int | None]) -> set[int]:
    """Of these commands about prices, remember which message the station does not know; those stations. Repeatable."""
    wanted = {pk for pk in command_ids if pk is not None}
    if not wanted:
        return set()
    found = set()
    words = StationCommand.objects.filter(pk__in=wanted, status_word__in=UNKNOWN_WORDS)
    codes = StationCommand.objects.filter(pk__in=wanted, error_code__in=UNKNOWN_CODES)
    for command in (words | codes).only("station_id", "name", "status_word", "error_code"):
        word = command.status_word or command.error_code
        remember_refusal(command.station_id, EVERYTHING if word == "UnknownVendorId" else command.name, word)
        found.add(command.station_id)
    return found


@transaction.atomic
def remember_refusal(station_id: int, name: str, word: str) -> None:
    """The station does not know the command ``name``; ``*`` is all of them."""
    StationPricing.objects.get_or_create(station_id=station_id)
    row = StationPricing.objects.select_for_update().get(station_id=station_id)
    if name not in row.refused:
        row.refused = {**row.refused, name: word}
        row.save(update_fields=["refused"])
