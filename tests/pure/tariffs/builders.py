"""Short words for tariffs and sessions in the tests of the engine."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from apps.tariffs.engine.kinds import ComponentKind, UsageState
from apps.tariffs.engine.tariff import PriceComponent, Restrictions, Tariff, TariffElement
from apps.tariffs.engine.usage import Usage, UsageSegment

CHARGING, WAITING = UsageState.CHARGING, UsageState.WAITING
SUSPENDED_EV, SUSPENDED_EVSE, IDLE = UsageState.SUSPENDED_EV, UsageState.SUSPENDED_EVSE, UsageState.IDLE


def at(text):
    """UTC instant from ``2026-05-05 10:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def component(kind, price, step=0, vat=None):
    return PriceComponent(ComponentKind(kind), Decimal(price), step, None if vat is None else Decimal(vat))


def energy(price, **more):
    return component("energy", price, **more)


def charging_time(price, **more):
    return component("time", price, **more)


def parking(price, **more):
    return component("parking_time", price, **more)


def fee(price, **more):
    return component("flat", price, **more)


def element(*components, **restrictions):
    return TariffElement(components, Restrictions(**restrictions) if restrictions else None)


def tariff(*elements, **more):
    """Tariff of the elements; bare components become one element without restrictions."""
    loose = tuple(part for part in elements if isinstance(part, PriceComponent))
    bound = tuple(part for part in elements if isinstance(part, TariffElement))
    return Tariff("T1", 1, "EUR", (*bound, TariffElement(loose)) if loose else bound, **more)


def session(start, *parts, ended=True, **more):
    """Session from parts of (minutes, Wh, state[, further segment fields]), one after another."""
    started_at = begin = at(start)
    segments = []
    for minutes, energy_wh, state, *extra in parts:
        end = begin + timedelta(minutes=minutes)
        segments.append(UsageSegment(begin, end, Decimal(energy_wh), state, **(extra[0] if extra else {})))
        begin = end
    return Usage(started_at, begin if ended else None, tuple(segments), **more)
