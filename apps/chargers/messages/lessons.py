"""What answers teach about the device model."""

from dataclasses import dataclass

from apps.chargers.messages.events.device_model import ItemResult, MonitorReport
from apps.chargers.messages.results import Learnt


@dataclass(frozen=True, slots=True)
class ItemsAnswered(Learnt):
    """What became of each variable or monitor of a call, in order."""

    items: tuple[ItemResult, ...]


@dataclass(frozen=True, slots=True)
class ReportPromised(Learnt):
    """The station will send a report. ``kind`` is ``variables`` or ``monitors``; ``base`` the inventory asked for."""

    request_id: int
    kind: str
    base: str = ""


@dataclass(frozen=True, slots=True)
class InventoryAnswered(Learnt):
    """The answer itself named all there is (1.6's GetConfiguration without keys): other keys have gone."""


@dataclass(frozen=True, slots=True)
class MonitorsChanged(Learnt):
    """Monitors that were set, and the numbers of those that are no more."""

    monitors: tuple[MonitorReport, ...] = ()
    cleared: tuple[int, ...] = ()
