"""What is shown of a tariff before anybody pays it: words, the week, sample sessions, warnings."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apps.portal.charging.panels import cost_lines
from apps.portal.tariffs.plot import week_charts
from apps.portal.tariffs.words import price_sentences, rule_sentences, sample_prices, tax_sentence
from apps.tariffs.engine.lint import lint
from apps.tariffs.engine.market import NO_MARKET, Market
from apps.tariffs.engine.tariff import Tariff
from apps.tariffs.engine.week import week_prices


def preview_context(tariff: Tariff, *, at: datetime, time_zone: str, market: Market = NO_MARKET) -> dict:
    """Context of ``portal/tariffs/preview.html``."""
    local = at.astimezone(ZoneInfo(time_zone))
    monday = local.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=local.weekday())
    week = week_prices(tariff, start_at=monday, time_zone=time_zone, market=market)
    return {
        "sentences": [*price_sentences(tariff), *rule_sentences(tariff)],
        "tax": tax_sentence(tariff),
        "charts": week_charts(week, currency=tariff.currency, time_zone=time_zone),
        "samples": [
            (title, breakdown, [line for line in cost_lines(breakdown) if line.gross])
            for title, breakdown in sample_prices(tariff, at=at, time_zone=time_zone, market=market)
        ],
        "warnings": lint(tariff, time_zone=time_zone, on=local.date()),
        "time_zone": time_zone,
    }
