"""Distributed energy resources (OCPP 2.1 block R): what grid rules a station keeps, and when they act."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.chargers.messages.events.base import ChargerEvent
from apps.chargers.messages.results import Learnt


@dataclass(frozen=True, slots=True)
class DerAlarmRaised(ChargerEvent):
    """NotifyDERAlarm: a control of ``control_type`` acts because of ``grid_fault``, or has ``ended``."""

    control_type: str
    occurred_at: datetime
    grid_fault: str = ""
    ended: bool = False
    info: str = ""
    deviations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DerControlSwitched(ChargerEvent):
    """NotifyDERStartStop: a scheduled control started or stopped, in place of ``superseded_ids``."""

    control_id: str
    started: bool
    occurred_at: datetime
    superseded_ids: tuple[str, ...] = ()
    deviations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DerControl:
    """One control that a station keeps. ``settings`` has OCPP's own shape for ``control_type``."""

    control_id: str
    control_type: str
    settings: dict[str, Any]
    is_default: bool = False
    is_superseded: bool = False


@dataclass(frozen=True, slots=True)
class DerControlsReported(ChargerEvent):
    """ReportDERControl: one part of the answer to GetDERControl ``request_id``."""

    request_id: int
    to_be_continued: bool
    controls: tuple[DerControl, ...] = ()


@dataclass(frozen=True, slots=True)
class DerControlKept(Learnt):
    """The station took a control of ours, in place of ``superseded_ids`` (SetDERControl)."""

    control: DerControl
    superseded_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DerControlsCleared(Learnt):
    """The station dropped what these words meet (ClearDERControl)."""

    is_default: bool
    control_type: str = ""
    control_id: str = ""
