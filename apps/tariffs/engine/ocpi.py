"""Price of an OCPI CDR from its charging periods: the same path as our own sessions, with periods given.

OCPI 2.2.1 mod_cdrs. A period is priced by the components that are valid at its start; its quantities are taken as
they are. A period that should have been split at a price change is priced whole, and noted.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any
from zoneinfo import ZoneInfo

from .breakdown import Breakdown, Notice
from .errors import InvalidUsage, NoActiveTariff, UnknownTariff
from .exact import CONTEXT, ONE, SECONDS_PER_HOUR, WH_PER_KWH, ZERO, seconds_between
from .fields import Fields
from .kinds import LineKind
from .matching import Moment
from .prepared import PreparedComponent, PreparedTariff, prepare
from .pricing import rate
from .segmentation import Piece, Share
from .slices import time_marks
from .tariff_ocpi import from_ocpi
from .zones import zone_of

_ENERGY = LineKind.ENERGY
_TIMES = {
    "TIME": LineKind.TIME,
    "PARKING_TIME": LineKind.PARKING_TIME,
    "RESERVATION_TIME": LineKind.RESERVATION_TIME,
}
_EARLY = Notice("period_before_start", "A charging period starts before the session.")
_SPANS = Notice("period_spans_price_change", "A charging period was not split where the price changes.")
_COSTS = {
    "total_energy_cost": (LineKind.ENERGY,),
    "total_time_cost": (LineKind.TIME,),
    "total_parking_cost": (LineKind.PARKING_TIME,),
    "total_fixed_cost": (LineKind.FLAT,),
    "total_reservation_cost": (LineKind.RESERVATION_TIME, LineKind.RESERVATION_FLAT),
}


def price_cdr(
    cdr: Mapping[str, Any], tariffs: Sequence[Mapping[str, Any]], *, time_zone: str, version: str
) -> Breakdown:
    """Price a CDR with the first of ``tariffs`` valid at its start, or the one that a period names.

    Decode JSON with ``parse_float=Decimal``. A time dimension may carry exact ``seconds`` beside its volume in hours.
    ``reservation_expired`` tells that the driver never came. Raises NoActiveTariff, UnknownTariff, UnknownTimeZone,
    InvalidTariff, InvalidUsage.
    """
    zone = zone_of(time_zone)
    source = Fields.of(cdr, "cdr", InvalidUsage)
    started_at, ended_at = source.instant("start_date_time"), source.instant("end_date_time")
    if ended_at < started_at:
        raise InvalidUsage("The CDR ends before it starts.", field="end_date_time")
    offered = [from_ocpi(tariff, version=version) for tariff in tariffs]
    active = next((tariff for tariff in offered if tariff.is_valid_at(started_at)), None)
    if active is None:
        raise NoActiveTariff
    by_id = {tariff.id: prepare(tariff) for tariff in (*offered, active)}
    reader = _Reader(started_at, source.flag("reservation_expired"), zone)
    periods = sorted(source.items("charging_periods"), key=lambda period: period.instant("start_date_time"))
    ends = [period.instant("start_date_time") for period in periods[1:]] + [ended_at]
    with localcontext(CONTEXT):
        pieces = [
            reader.piece(period, _tariff_of(period, by_id, active.id), end_at)
            for period, end_at in zip(periods, ends, strict=True)
        ]
        return rate(
            pieces,
            active,
            started_at=started_at,
            ended_at=ended_at,
            notices=[notice for piece in pieces for notice in piece.prepared.notices] + reader.notices,
        )


def cdr_costs(breakdown: Breakdown) -> dict[str, dict[str, Decimal]]:
    """Unrounded ``total_…cost`` fields of a CDR, each with ``excl_vat`` and ``incl_vat``."""
    costs = {"total_cost": {"excl_vat": breakdown.net, "incl_vat": breakdown.gross}}
    with localcontext(CONTEXT):
        for name, kinds in _COSTS.items():
            totals = [breakdown.total(kind) for kind in kinds]
            costs[name] = {
                "excl_vat": sum((total.net for total in totals), ZERO),
                "incl_vat": sum((total.gross for total in totals), ZERO),
            }
    return costs


def _tariff_of(period: Fields, by_id: Mapping[str, PreparedTariff], default: str) -> PreparedTariff:
    named = period.optional("tariff_id", Fields.text) or default
    if named not in by_id:
        raise UnknownTariff(field=period.at("tariff_id"))
    return by_id[named]


class _Reader:
    """Turns periods into pieces, in order: energy so far and the fees already due are carried along."""

    def __init__(self, started_at: datetime, expired: bool, zone: ZoneInfo) -> None:
        self._started_at = started_at
        self._expired = expired
        self._zone = zone
        self._energy_wh = ZERO
        self._open_fees = {LineKind.FLAT, LineKind.RESERVATION_FLAT}
        self.notices: list[Notice] = []

    def piece(self, period: Fields, prepared: PreparedTariff, end_at: datetime) -> Piece:
        start_at = period.instant("start_date_time")
        dimensions = {item.text("type"): item for item in period.items("dimensions")}
        moment = self._moment(start_at, dimensions)
        quantities = _quantities(dimensions)
        fee = LineKind.RESERVATION_FLAT if set(quantities) == {LineKind.RESERVATION_TIME} else LineKind.FLAT
        if fee in self._open_fees and self._look(prepared, fee, moment) is not None:
            self._open_fees.discard(fee)
            quantities = {fee: ONE, **quantities}
        shares = tuple(Share(kind, amount, self._look(prepared, kind, moment)) for kind, amount in quantities.items())
        self._note(start_at, end_at, shares, moment, prepared)
        self._energy_wh += quantities.get(_ENERGY, ZERO)
        return Piece(start_at, end_at, shares, False, prepared)

    def _look(self, prepared: PreparedTariff, kind: LineKind, moment: Moment) -> PreparedComponent | None:
        return prepared.lookup(kind, moment, reservation_expired=self._expired)

    def _moment(self, start_at: datetime, dimensions: Mapping[str, Fields]) -> Moment:
        def bound(name: str, factor: Decimal = ONE) -> Decimal | None:
            return dimensions[name].amount("volume") * factor if name in dimensions else None

        return Moment(
            local=start_at.astimezone(self._zone),
            elapsed_s=max(seconds_between(self._started_at, start_at), ZERO),
            energy_wh=self._energy_wh,
            min_power_w=bound("MIN_POWER", WH_PER_KWH),
            max_power_w=bound("MAX_POWER", WH_PER_KWH),
            min_current_a=bound("MIN_CURRENT"),
            max_current_a=bound("MAX_CURRENT"),
        )

    def _note(
        self, start_at: datetime, end_at: datetime, shares: Sequence[Share], moment: Moment, prepared: PreparedTariff
    ) -> None:
        if start_at < self._started_at:
            self.notices.append(_EARLY)
        for at in time_marks(self._started_at, start_at, end_at, prepared, self._zone):
            later = moment._replace(local=at.astimezone(self._zone), elapsed_s=seconds_between(self._started_at, at))
            priced = (share for share in shares if share.kind not in (LineKind.FLAT, LineKind.RESERVATION_FLAT))
            if any(self._look(prepared, share.kind, later) != share.component for share in priced):
                self.notices.append(_SPANS)
                return


def _quantities(dimensions: Mapping[str, Fields]) -> dict[LineKind, Decimal]:
    """Energy in Wh and times in whole seconds; OCPI rounds hours, so a volume is taken as the nearest second."""
    quantities: dict[LineKind, Decimal] = {}
    for name, dimension in dimensions.items():
        if name == "ENERGY":
            quantities[_ENERGY] = dimension.amount("volume") * WH_PER_KWH
        elif name in _TIMES:
            seconds = dimension.optional("seconds", Fields.amount)
            if seconds is None:
                seconds = (dimension.amount("volume") * SECONDS_PER_HOUR).to_integral_value(ROUND_HALF_UP)
            quantities[_TIMES[name]] = seconds
    return quantities
