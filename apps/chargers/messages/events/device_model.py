"""What answers and reports say of variables and monitors, beyond values."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from apps.chargers.messages.events.base import ChargerEvent


@dataclass(frozen=True, slots=True)
class MonitorReport:
    """A monitor that the station runs (2.x VariableMonitoringType with its place). ``origin`` only where told (2.1)."""

    monitor_id: int
    component: str
    variable: str
    type: str
    value: float
    severity: int
    component_instance: str = ""
    variable_instance: str = ""
    evse_id: int | None = None
    connector_id: int | None = None
    transaction: bool = False
    origin: str = ""


@dataclass(frozen=True, slots=True)
class MonitoringReportNotified(ChargerEvent):
    """NotifyMonitoringReport: one part of an answer to GetMonitoringReport."""

    request_id: int
    seq_no: int
    generated_at: datetime
    to_be_continued: bool
    monitors: tuple[MonitorReport, ...] = ()
    deviations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What the station said about one item of a call: ``address`` as in ``GetVariables``, or ``{"id": …}``; ``more``
    are further facts (``value``, ``type``, ``severity``, ``id``)."""

    address: dict[str, Any]
    status: str
    reason: str = ""
    more: dict[str, Any] = field(default_factory=dict)
