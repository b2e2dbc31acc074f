"""The answer of the engine: every line with its evidence, taxes, totals. Values are unrounded."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from .exact import ZERO
from .kinds import LineKind


class Notice(NamedTuple):
    """A coded warning with a sentence for people; the price stands, somebody should look."""

    code: str
    message: str


class Line(NamedTuple):
    """One kind of quantity at one price over one segment ``[from_at, until_at)``.

    measured, billed: in ``kind.unit``; they differ by the step size. unit_price: per kWh, per h or once, None when
    no price applies. net + tax = gross, exact. element_index, component_index: where in the tariff, None for what
    is not an element (idle fee, limit, free). imputed: the energy was interpolated between two readings.
    """

    kind: LineKind
    from_at: datetime
    until_at: datetime
    measured: Decimal
    billed: Decimal
    unit_price: Decimal | None
    vat_percent: Decimal | None
    net: Decimal
    tax: Decimal
    gross: Decimal
    tariff_id: str
    tariff_version: int
    element_index: int | None
    component_index: int | None
    imputed: bool
    why: str


class TaxLine(NamedTuple):
    """Net and tax of all lines with one rate; vat_percent None gathers what bears no tax."""

    vat_percent: Decimal | None
    net: Decimal
    tax: Decimal


class KindTotal(NamedTuple):
    """Sum of the lines of one kind."""

    kind: LineKind
    net: Decimal
    tax: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Price of a session and why. Σ lines = Σ totals = net, tax, gross; Σ taxes.tax = gross − net.

    limit_applied: ``minimum``, ``maximum`` or None. energy_wh: all energy of the session, priced or free.
    """

    currency: str
    started_at: datetime
    ended_at: datetime
    energy_wh: Decimal
    lines: tuple[Line, ...]
    taxes: tuple[TaxLine, ...]
    totals: tuple[KindTotal, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal
    limit_applied: str | None = None
    warnings: tuple[Notice, ...] = ()

    def total(self, kind: LineKind) -> KindTotal:
        """Sum of one kind; zeros when the session has none of it."""
        for total in self.totals:
            if total.kind == kind:
                return total
        return KindTotal(kind, ZERO, ZERO, ZERO)

    def billed(self, kind: LineKind) -> Decimal:
        """Billed quantity of one kind that has a price, in ``kind.unit``."""
        return sum((line.billed for line in self.lines if line.kind == kind and line.unit_price is not None), ZERO)
