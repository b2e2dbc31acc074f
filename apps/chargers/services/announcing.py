"""Telling the gateways that something is to be done for stations they hold."""

from collections.abc import Iterable

from django.db import transaction

from apps.chargers.models import StationConnection
from apps.core import live


def send_to_gateways(station_ids: Iterable[int], message_type: str) -> None:
    """After commit, one ``{"type": message_type, "station_ids": […]}`` to each process that holds such stations."""
    held = StationConnection.objects.filter(station_id__in=list(station_ids)).exclude(gateway=None)
    by_channel: dict[str, list[int]] = {}
    for station_id, channel in held.order_by("station_id").values_list("station_id", "gateway__channel"):
        by_channel.setdefault(channel, []).append(station_id)
    by_channel.pop("", None)
    for channel, here in by_channel.items():
        message = {"type": message_type, "station_ids": here}
        transaction.on_commit(lambda to=channel, what=message: live.send_to_channel(to, what))
