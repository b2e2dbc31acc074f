"""Periodic event streams (OCPP 2.1 block N): values of monitored variables, sent unanswered."""

from dataclasses import dataclass
from datetime import datetime

from apps.chargers.messages.events.base import ChargerEvent
from apps.chargers.messages.results import Learnt


@dataclass(frozen=True, slots=True)
class Stream:
    """``interval_s`` and ``values`` are what makes the station send: time passed, values come together."""

    stream_id: int
    variable_monitoring_id: int
    interval_s: int | None = None
    values: int | None = None


@dataclass(frozen=True, slots=True)
class StreamOpened(ChargerEvent):
    """OpenPeriodicEventStream."""

    stream: Stream


@dataclass(frozen=True, slots=True)
class StreamClosed(ChargerEvent):
    """ClosePeriodicEventStream."""

    stream_id: int


@dataclass(frozen=True, slots=True)
class StreamValuesReported(ChargerEvent):
    """NotifyPeriodicEventStream: ``values`` as (instant, text); ``pending`` so many more wait in the station."""

    stream_id: int
    pending: int
    values: tuple[tuple[datetime, str], ...]
    deviations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StreamsListed(Learnt):
    """The streams that are open, all of them (GetPeriodicEventStream)."""

    streams: tuple[Stream, ...]


@dataclass(frozen=True, slots=True)
class StreamAdjusted(Learnt):
    """The station agreed to new parameters (AdjustPeriodicEventStream)."""

    stream_id: int
    interval_s: int | None
    values: int | None
