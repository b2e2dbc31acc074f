"""What the gateway hands to the services: an event with its station and our clock.

Services that take facts take many at once (at most one per station in a batch, so order within a station is kept
by the caller) and return one reply per fact, in order. They write set-based: a constant number of statements per
batch. The caller opens the transaction.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from apps.chargers.engine.quirks import DEFAULTS as NO_QUIRKS
from apps.chargers.engine.quirks import Quirks
from apps.chargers.messages.events import ChargerEvent
from apps.chargers.messages.results import Learnt

E = TypeVar("E", bound=ChargerEvent)
L = TypeVar("L", bound=Learnt)


@dataclass(frozen=True, slots=True)
class StationContext:
    """What is known of a station while it is connected, read once per connection."""

    station_id: int
    identity: str
    organisation_id: int
    site_id: int
    site_time_zone: str
    currency: str
    protocol: str
    max_power_w: int | None = None
    heartbeat_interval_s: int = 300
    provisioning_enabled: bool = True
    area_id: int | None = None
    quirks: Quirks = NO_QUIRKS


@dataclass(frozen=True, slots=True)
class Fact(Generic[E]):
    """``received_at`` is the instant the frame was read, by our clock."""

    station: StationContext
    event: E
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Lesson(Generic[L]):
    """What the answer to the command ``command_id`` teaches of its station; ``at`` is when the answer came.

    Services that take lessons are set-based and idempotent, and run in the transaction that settles the command.
    """

    station: StationContext
    learnt: L
    command_id: int
    at: datetime
