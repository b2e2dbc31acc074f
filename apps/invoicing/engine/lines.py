"""Lines of a bill made from rated sessions: one per session and rate of VAT."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from apps.invoicing.engine.totals import Position, Totals, reckon
from apps.tariffs.engine.exact import CONTEXT, HUNDRED, ONE, ZERO, divide, half_up, plain
from apps.tariffs.engine.zones import zone_of

PIECE, KWH = "C62", "KWH"
STANDARD, ZERO_RATED, EXEMPT = "S", "Z", "E"
_PRICE_PLACES = 6
_WORDS = {
    "energy": "energy", "time": "time", "parking_time": "parking", "withheld_time": "time", "flat": "session fee",
    "reservation_time": "reservation", "reservation_flat": "reservation", "idle": "blocking after charging",
    "limit": "minimum or maximum price",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A position before the totals are known: ``net`` or, where prices include tax, ``gross`` is set, rounded."""

    kind: str
    description: str
    supplied_on: date
    vat_category: str
    vat_percent: Decimal
    net: Decimal | None = None
    gross: Decimal | None = None
    details: str = ""
    quantity: Decimal = ONE
    unit: str = PIECE
    unit_price: Decimal | None = None
    energy_wh: int = 0
    session_id: int | None = None
    cdr_id: int | None = None
    allocation: dict[str, str] = field(default_factory=dict)

    @property
    def amount(self) -> Decimal:
        """What is charged: with tax where the price includes it."""
        return (self.net if self.gross is None else self.gross) or ZERO


@dataclass(frozen=True, slots=True)
class RatedSession:
    """What a line is made from. ``breakdown``: as ``tariffs.engine.breakdown_json`` writes it."""

    session_id: int
    cdr_id: int
    kind: str
    place: str
    time_zone: str
    started_at: datetime
    ended_at: datetime
    end_date: date
    energy_wh: int
    tax_included: bool
    breakdown: Mapping[str, Any]
    allocation: dict[str, str] = field(default_factory=dict)


def lines_of(session: RatedSession, *, places: int, charges_vat: bool = True) -> list[DraftLine]:
    """One line per rate of VAT; a session that costs nothing has one of nothing.

    ``charges_vat`` False: the issuer charges no VAT at all; a price that includes tax is then the price.
    """
    rated: dict[str, list[Mapping[str, Any]]] = {}
    for line in session.breakdown.get("lines", ()):
        rated.setdefault(_rate(line) if charges_vat else "0", []).append(line)
    found = [_line(session, percent, lines, places, charges_vat) for percent, lines in rated.items()]
    priced = [line for line in found if line.amount] or found[:1] or [_line(session, "0", (), places, charges_vat)]
    first, *others = priced
    # The energy of a session counts once, with its first line.
    return [replace(first, energy_wh=session.energy_wh), *others]


def with_totals(
    lines: Sequence[DraftLine], *, places: int, cash_step: Decimal | None = None
) -> tuple[list[DraftLine], Totals]:
    """The lines with their nets, and the prices of pieces, as the totals made them."""
    positions = [Position(line.vat_category, line.vat_percent, line.net, line.gross) for line in lines]
    totals = reckon(positions, places=places, cash_step=cash_step)
    return [
        replace(line, net=net, unit_price=net if line.unit_price is None else line.unit_price)
        for line, net in zip(lines, totals.nets, strict=True)
    ], totals


def vat_category(percent: Decimal, *, charges_vat: bool = True) -> str:
    """UNTDID 5305."""
    if not charges_vat:
        return EXEMPT
    return STANDARD if percent else ZERO_RATED


def _rate(line: Mapping[str, Any]) -> str:
    return line["vat_percent"] or "0"


def _line(
    session: RatedSession, percent: str, lines: Sequence[Mapping[str, Any]], places: int, charges_vat: bool
) -> DraftLine:
    side = "gross" if session.tax_included else "net"
    rate = Decimal(percent)
    amount = ZERO
    for line in lines:
        amount = CONTEXT.add(amount, Decimal(line[side]))
    amount = half_up(amount, places)
    priced = [line for line in lines if Decimal(line[side])]
    quantity, unit, unit_price = _quantity(priced, rate, session.tax_included)
    return DraftLine(
        kind=session.kind,
        description=_description(session.place, priced),
        details=_details(session),
        supplied_on=session.end_date,
        vat_category=vat_category(rate, charges_vat=charges_vat),
        vat_percent=rate,
        net=None if session.tax_included else amount,
        gross=amount if session.tax_included else None,
        quantity=quantity,
        unit=unit,
        unit_price=unit_price,
        session_id=session.session_id,
        cdr_id=session.cdr_id,
        allocation=session.allocation,
    )


def _quantity(
    lines: Sequence[Mapping[str, Any]], rate: Decimal, tax_included: bool
) -> tuple[Decimal, str, Decimal | None]:
    """kWh and their net price where nothing else is charged and the price is one; else a piece."""
    prices = {line["unit_price"] for line in lines}
    if len(prices) != 1 or any(line["kind"] != "energy" for line in lines) or None in prices:
        return ONE, PIECE, None
    (price,) = prices
    kwh = sum((Decimal(line["billed"]) for line in lines), ZERO).scaleb(-3)
    net_price = divide(Decimal(price), ONE + rate / HUNDRED) if tax_included else Decimal(price)
    return half_up(kwh, 4), KWH, half_up(net_price, _PRICE_PLACES)


def _description(place: str, lines: Sequence[Mapping[str, Any]]) -> str:
    if not lines:
        return f"Charging at {place}, free of charge"[:200]
    words = ", ".join(dict.fromkeys(_WORDS[line["kind"]] for line in lines))
    return f"Charging at {place}: {words}"[:200]


def _details(session: RatedSession) -> str:
    zone = zone_of(session.time_zone)
    start, end = session.started_at.astimezone(zone), session.ended_at.astimezone(zone)
    until = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%-d %b %Y %H:%M}"
    kwh = half_up(Decimal(session.energy_wh).scaleb(-3), 3)
    return f"{start:%-d %b %Y %H:%M} to {until} {end:%Z}, {plain(kwh)} kWh"
