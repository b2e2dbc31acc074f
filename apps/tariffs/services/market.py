"""Keeping what markets ask for energy, hour by hour."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from apps.accounts.models import Organisation
from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.tariffs.models import MarketPrice

Hour = tuple[datetime, datetime, Decimal]  # from, until, price per kWh


class UnableToRecordPrices(DomainError):
    code = "unable_to_record_prices"
    message = "These prices cannot be kept."


def record_market_prices(
    *, organisation: Organisation, series: str, currency: str, prices: Sequence[Hour], actor, at: datetime
) -> int:
    """Keep ``prices``; return how many were new. Telling the same again changes nothing.

    Raises ``UnableToRecordPrices`` where a price that is known would become another, or hours overlap: then none of
    them is kept.
    """
    for start_at, end_at, _ in prices:
        if end_at <= start_at:
            raise UnableToRecordPrices("The end of an hour must lie after its beginning.", field="prices")
    with transaction.atomic():
        Organisation.objects.select_for_update().get(pk=organisation.pk)
        new = _new_prices(organisation, series, currency, sorted(prices))
        MarketPrice.objects.bulk_create(
            MarketPrice(
                organisation=organisation, series=series, currency=currency, start_at=begin, end_at=end, price=price
            )
            for begin, end, price in new
        )
        if new:
            record_audit(
                actor=actor,
                action="market.prices_recorded",
                subject=organisation,
                organisation=organisation,
                changes={
                    series: [None, f"{len(new)} prices from {new[0][0].isoformat()} until {new[-1][1].isoformat()}"]
                },
            )
        return len(new)


def _new_prices(organisation: Organisation, series: str, currency: str, prices: Sequence[Hour]) -> list[Hour]:
    if not prices:
        return []
    known = MarketPrice.objects.filter(
        organisation=organisation, series=series, currency=currency,
        end_at__gt=prices[0][0], start_at__lt=max(end for _, end, _ in prices),
    ).values_list("start_at", "end_at", "price")  # fmt: skip
    merged = sorted({(*hour, True) for hour in known} | {(*hour, False) for hour in prices})
    new: list[Hour] = []
    last: tuple | None = None
    for begin, end, price, is_known in merged:
        if last is not None and begin < last[1]:
            if (begin, end, price) != last:
                raise UnableToRecordPrices(
                    f"The price at {begin.isoformat()} is known already and is another.", field="prices"
                )
            if is_known:
                new.pop()
            continue
        last = (begin, end, price)
        if not is_known:
            new.append(last)
    return new
