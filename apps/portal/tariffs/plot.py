"""The prices of a week as steps, drawn on the server."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps.tariffs.engine.exact import half_up, plain
from apps.tariffs.engine.week import WeekPrice

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 640, 150, 44, 20, 20
_DRAWN = (
    ("per_kwh", "Price per kWh", "blue"),
    ("per_minute", "Price per minute of charging", "orange"),
    ("per_parked_minute", "Price per minute without charging", "purple"),
)


def week_charts(prices: Sequence[WeekPrice], *, currency: str, time_zone: str) -> list[SafeString]:
    """A chart for each kind of price that is not zero all week; the first always."""
    zone = ZoneInfo(time_zone)
    return [
        _chart(prices, [getattr(price, name) for price in prices], title, currency, colour, zone)
        for name, title, colour in _DRAWN
        if name == "per_kwh" or any(getattr(price, name) for price in prices)
    ]


def _chart(
    prices: Sequence[WeekPrice], values: Sequence[Decimal], title: str, currency: str, colour: str, zone: ZoneInfo
) -> SafeString:
    begin, end = prices[0].start_at, prices[-1].end_at
    top = max(values) or Decimal(1)

    def x_of(at: datetime) -> float:
        return round(_LEFT + (_WIDTH - _LEFT) * ((at - begin) / (end - begin)), 1)

    def y_of(value: Decimal) -> float:
        return round(_TOP + (_HEIGHT - _TOP - _BOTTOM) * float(1 - value / top), 1)

    steps = " ".join(
        f"{'M' if number == 0 else 'L'}{x_of(price.start_at)} {y_of(value)}H{x_of(price.end_at)}"
        for number, (price, value) in enumerate(zip(prices, values, strict=True))
    )
    grid = format_html_join(
        "",
        '<line class="cn-grid" x1="{0}" x2="{1}" y1="{2}" y2="{2}"/><text x="{3}" y="{4}" text-anchor="end">{5}</text>',
        ((_LEFT, _WIDTH, y_of(v), _LEFT - 6, y_of(v) + 4, _say(v)) for v in (Decimal(0), top / 2, top)),
    )
    days = _days(prices, zone)
    labels = format_html_join(
        "", '<text x="{}" y="{}">{}</text>', ((x_of(at), _HEIGHT - 4, f"{at.astimezone(zone):%a}") for at in days)
    )
    words = "; ".join(
        f"from {price.start_at.astimezone(zone):%A %H:%M} {_say(value)}"
        for price, value in zip(prices, values, strict=True)
    )
    return format_html(
        '<figure class="cn-week"><figcaption>{title} '
        '<span class="text-secondary">{currency}, with tax</span></figcaption>'
        '<svg class="cn-chart cn-bars" viewBox="0 0 {width} {height}" role="img" aria-label="{title}: {words}">'
        '<title>{title}</title><desc>{words}</desc>{grid}{labels}'
        '<path class="cn-line-{colour}" d="{steps}" fill="none" stroke-width="2"/></svg></figure>',
        title=title, currency=currency, width=_WIDTH, height=_HEIGHT, words=words, grid=grid, labels=labels,
        colour=colour, steps=steps,
    )  # fmt: skip


def _days(prices: Sequence[WeekPrice], zone: ZoneInfo) -> list[datetime]:
    """The midnights of the week."""
    first = prices[0].start_at.astimezone(zone)
    days = [first.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=n) for n in range(8)]
    return [day for day in days if prices[0].start_at <= day < prices[-1].end_at]


def _say(value: Decimal) -> str:
    return plain(half_up(value, 4))
