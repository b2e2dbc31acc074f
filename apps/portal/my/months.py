"""Sessions gathered by month, with totals."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from apps.portal.kit.format import zone
from apps.sessions.models import ChargingSession


@dataclass
class Month:
    """``first_day`` by the clock of the sites; totals per currency, for somebody may charge abroad."""

    first_day: date
    sessions: list[ChargingSession] = field(default_factory=list)
    energy_wh: int = 0
    costs: dict[str, Decimal] = field(default_factory=dict)

    def add(self, session: ChargingSession) -> None:
        self.sessions.append(session)
        self.energy_wh += session.energy_wh
        if session.cost_gross is not None:
            so_far = self.costs.get(session.currency, Decimal(0))
            self.costs[session.currency] = so_far + session.cost_gross


def by_month(sessions: Iterable[ChargingSession]) -> list[Month]:
    """Newest month first, sessions in the order given. ``site`` must be loaded."""
    months: dict[date, Month] = {}
    for session in sessions:
        first_day = session.started_at.astimezone(zone(session.site.time_zone)).date().replace(day=1)
        months.setdefault(first_day, Month(first_day)).add(session)
    return sorted(months.values(), key=lambda month: month.first_day, reverse=True)
