"""A tariff: elements with restrictions, price components, limits, idle fee. A superset of OCPI 2.2.1 / 2.3.0.

Values only, and independent of place: wall-clock restrictions mean the clock of the site that a session is priced
for. A tariff is immutable once used; a change is a new ``version``.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from .kinds import ComponentKind, ReservationKind, TimeRule


@dataclass(frozen=True, slots=True)
class HourlyRule:
    """How a market's price of each hour becomes ours: market price × factor + surcharge, within the bounds.

    series: the name under which the market's prices are kept. surcharge, minimum, maximum: per kWh, in the tariff's
    tax mode. minimum is zero unless set: nobody is paid for charging by accident.
    """

    series: str
    factor: Decimal = Decimal(1)
    surcharge: Decimal = Decimal(0)
    minimum: Decimal = Decimal(0)
    maximum: Decimal | None = None

    def price_of(self, market_price: Decimal) -> Decimal:
        """Our price per kWh at a market price per kWh, which may be negative."""
        price = max(market_price * self.factor + self.surcharge, self.minimum)
        return price if self.maximum is None else min(price, self.maximum)


@dataclass(frozen=True, slots=True)
class PriceComponent:
    """One price of one dimension.

    price: per kWh, per hour or once, in the tariff's currency, without tax unless the tariff says ``tax_included``.
    step_size: quantities are billed in full steps of so many Wh or s, once per session; 0 bills the exact quantity.
    vat_percent: 19 means 19 %; None means that no tax is known or due. hourly: of energy alone; ``price`` then holds
    in hours whose market price is not known.
    """

    kind: ComponentKind
    price: Decimal
    step_size: int = 1
    vat_percent: Decimal | None = None
    hourly: HourlyRule | None = None


@dataclass(frozen=True, slots=True)
class Restrictions:
    """When an element applies: all that are set must hold at the start of a period (OCPI TariffRestrictions).

    Lower bounds are inclusive, upper bounds exclusive. Times and dates are the site's wall clock; a window whose end
    lies before its start wraps over midnight, an end of 00:00 is the end of the day. Energy and duration count from
    the start of the session. day_of_week: ISO numbers, Monday is 1.
    """

    start_time: time | None = None
    end_time: time | None = None
    start_date: date | None = None
    end_date: date | None = None
    min_kwh: Decimal | None = None
    max_kwh: Decimal | None = None
    min_current_a: Decimal | None = None
    max_current_a: Decimal | None = None
    min_power_kw: Decimal | None = None
    max_power_kw: Decimal | None = None
    min_duration_s: int | None = None
    max_duration_s: int | None = None
    day_of_week: frozenset[int] = frozenset()
    reservation: ReservationKind | None = None


@dataclass(frozen=True, slots=True)
class TariffElement:
    """Price components that share restrictions; the first element that prices a dimension and matches wins."""

    price_components: tuple[PriceComponent, ...]
    restrictions: Restrictions | None = None


@dataclass(frozen=True, slots=True)
class PriceLimit:
    """Bound of a whole session, before and after tax; each side is optional and is applied by itself."""

    excl_tax: Decimal | None = None
    incl_tax: Decimal | None = None


@dataclass(frozen=True, slots=True)
class IdleFee:
    """Fee for blocking a connector after charging.

    price_per_h: in the tariff's tax mode. grace_s: free seconds from the end of charging; a vehicle that charges
    again earns a new grace. retroactive: once the grace is over it is billed too. cap: most that one session pays.
    quiet_start, quiet_end: daily window of the site's clock in which nothing is counted; wraps like a restriction.
    """

    price_per_h: Decimal
    grace_s: int = 0
    step_size_s: int = 1
    vat_percent: Decimal | None = None
    cap: Decimal | None = None
    retroactive: bool = False
    quiet_start: time | None = None
    quiet_end: time | None = None


@dataclass(frozen=True)
class Tariff:
    """One version of a tariff.

    currency: ISO 4217. tax_included: prices, cap and fees are gross. valid_from, valid_until: instants between which
    a session may *start* under it, half-open. withheld_time: how TIME is billed while the station holds power back.
    preauthorisation: what a guest's payment is asked to cover before the start, gross.
    """

    id: str
    version: int
    currency: str
    elements: tuple[TariffElement, ...]
    min_price: PriceLimit | None = None
    max_price: PriceLimit | None = None
    tax_included: bool = False
    idle_fee: IdleFee | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    withheld_time: TimeRule = TimeRule.FREE
    preauthorisation: Decimal | None = None

    def __hash__(self) -> int:
        # id and version identify a tariff; hashing every element would cost more than pricing a session.
        return hash((self.id, self.version))

    def is_valid_at(self, at: datetime) -> bool:
        """Whether a session that starts at ``at`` may be priced with this tariff."""
        return (self.valid_from is None or self.valid_from <= at) and (
            self.valid_until is None or at < self.valid_until
        )
