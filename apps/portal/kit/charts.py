"""Small charts drawn on the server as SVG: the same picture on a screen and in a PDF.

Every function returns safe HTML: an ``<svg role="img">`` with a title and the values in words. ``colour`` is one of
``blue cyan green orange yellow red purple pink grey``; the theme decides its shade.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, cos, floor, log10, pi, sin

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps.portal.kit import format as fmt

COLOURS = ("blue", "cyan", "green", "orange", "yellow", "red", "purple", "pink", "grey")


@dataclass(frozen=True)
class Slice:
    """A named part of a whole. ``value`` ≥ 0."""

    label: str
    value: float
    colour: str = "blue"


@dataclass(frozen=True)
class Bar:
    """One bucket: ``label`` below the axis, ``hint`` in full (``22 Nov, 10:00 to 11:00``). ``value`` ≥ 0."""

    label: str
    value: float
    hint: str = ""


def _picture(view_box: str, title: str, words: str, body: SafeString, css: str = "") -> SafeString:
    return format_html(
        '<svg class="cn-chart {}" viewBox="{}" role="img" aria-label="{}"><title>{}</title><desc>{}</desc>{}</svg>',
        css,
        view_box,
        f"{title}. {words}" if words else title,
        title,
        words,
        body,
    )


def sparkline(values: Sequence[float | None], *, title: str, unit: str = "", colour: str = "blue") -> SafeString:
    """A line without axes, 96 × 24. ``None`` leaves a gap."""
    known = [value for value in values if value is not None]
    if not known:
        return _picture("0 0 96 24", title, "No values.", SafeString(""), "cn-spark")
    low, high = min(0, *known), max(known)
    span, step = (high - low) or 1, 92 / max(len(values) - 1, 1)
    points = [
        None if value is None else (round(2 + index * step, 1), round(22 - (value - low) / span * 20, 1))
        for index, value in enumerate(values)
    ]
    lines = format_html_join(
        "",
        '<line class="cn-line-{}" x1="{}" y1="{}" x2="{}" y2="{}" stroke-width="1.5" stroke-linecap="round"/>',
        ((colour, *left, *right) for left, right in pairwise(points) if left and right),
    )
    last = next(point for point in reversed(points) if point)
    dot = format_html('<circle class="cn-fill-{}" cx="{}" cy="{}" r="2"/>', colour, *last)
    words = f"From {_say(known[0], unit)} to {_say(known[-1], unit)}, at most {_say(high, unit)}."
    return _picture("0 0 96 24", title, words, lines + dot, "cn-spark")


def bar_chart(
    bars: Sequence[Bar], *, title: str, unit: str, colour: str = "blue", width: int = 640, height: int = 200
) -> SafeString:
    """Values over buckets of time, with a scale from 0 and at most eight labels below."""
    left, bottom, top = 44, 20, 26
    peak = max((bar.value for bar in bars), default=0)
    scale = _round_scale(peak)
    inner_w, inner_h = width - left - 4, height - bottom - top

    def y_of(value: float) -> float:
        return round(top + inner_h * (1 - value / scale[-1]), 1)

    grid = format_html_join(
        "",
        '<line class="cn-grid" x1="{0}" x2="{1}" y1="{2}" y2="{2}"/><text x="{3}" y="{4}" text-anchor="end">{5}</text>',
        ((left, width, y_of(value), left - 6, y_of(value) + 4, _say(value)) for value in scale),
    )
    slot = inner_w / max(len(bars), 1)
    thick = max(min(slot * 0.7, 36), 1)
    drawn = format_html_join(
        "",
        '<rect class="cn-fill-{}" x="{}" y="{}" width="{}" height="{}" rx="1.5"><title>{}</title></rect>',
        (
            (
                colour,
                round(left + index * slot + (slot - thick) / 2, 1),
                y_of(bar.value),
                round(thick, 1),
                round(top + inner_h - y_of(bar.value), 1),
                f"{bar.hint or bar.label}: {_say(bar.value, unit)}",
            )
            for index, bar in enumerate(bars)
        ),
    )
    every = ceil(len(bars) / 8) or 1
    labels = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        (
            (round(left + (index + 0.5) * slot, 1), height - 5, bar.label)
            for index, bar in enumerate(bars)
            if index % every == 0
        ),
    )
    words = "; ".join(f"{bar.hint or bar.label}: {_say(bar.value, unit)}" for bar in bars) or "No values."
    unit_text = format_html('<text x="{}" y="11" text-anchor="end">{}</text>', left - 6, unit)
    body = unit_text + grid + drawn + labels
    return _picture(f"0 0 {width} {height}", f"{title} ({unit})", words, body, "cn-bars")


def gauge(value: float, limit: float | None, *, title: str, unit: str, digits: int = 0) -> SafeString:
    """A half circle: ``value`` of ``limit`` (> 0; ``None`` where there is none). Orange from 80 %, red from 95 %."""
    share = min(max(value / limit, 0), 1) if limit else 0
    colour = "red" if share >= 0.95 else "orange" if share >= 0.8 else "cyan"
    track = format_html('<path class="cn-track-line" d="{}" stroke-width="14"/>', _arc(0, 1))
    arc = (
        format_html('<path class="cn-arc cn-line-{}" d="{}" stroke-width="14"/>', colour, _arc(0, share))
        if share > 0
        else ""
    )
    below = f"of {fmt.number(limit, digits)} {unit}" if limit else "no limit set"
    text = format_html(
        '<text class="cn-strong cn-gauge-value" x="80" y="74" text-anchor="middle">{}\u00a0{}</text>'
        '<text x="80" y="92" text-anchor="middle">{}</text>',
        fmt.number(value, digits),
        unit,
        below,
    )
    words = f"{fmt.number(value, digits)} {unit} {below}" + (f", {share:.0%}." if limit else ".")
    return _picture("0 0 160 98", title, words, track + arc + text, "cn-gauge")


def stacked_bar(slices: Sequence[Slice], *, title: str, legend: bool = True) -> SafeString:
    """Parts of a whole in one bar, such as the states of all connectors; the legend says the numbers."""
    total = sum(part.value for part in slices)
    parts, start = [], 0.0
    for part in slices:
        length = part.value / total * 400 if total else 0
        if length:
            parts.append(
                (part.colour, round(start, 1), round(max(length - 1.5, 1), 1), f"{part.label}: {_say(part.value)}")
            )
        start += length
    track = SafeString("" if total else '<rect class="cn-track" width="400" height="12" rx="3"/>')
    body = format_html_join(
        "", '<rect class="cn-fill-{}" x="{}" width="{}" height="12" rx="2"><title>{}</title></rect>', parts
    )
    words = ", ".join(f"{part.label} {_say(part.value)}" for part in slices)
    picture = format_html(
        '<svg class="cn-chart cn-stack-bar" viewBox="0 0 400 12" preserveAspectRatio="none" role="img" aria-label="{}">'
        "<title>{}</title><desc>{}</desc>{}</svg>",
        f"{title}. {words}.",
        title,
        words,
        track + body,
    )
    return picture + (_legend(slices) if legend else SafeString(""))


def donut(slices: Sequence[Slice], *, title: str, middle: str = "", legend: bool = True) -> SafeString:
    """Parts of a whole in a ring, ``middle`` written inside."""
    total = sum(part.value for part in slices)
    around, start = 2 * pi * 42, 0.0
    rings = []
    for part in slices:
        length = part.value / total * around if total else 0
        if length:
            rings.append(
                (part.colour, round(length, 2), round(around, 2), round(-start, 2), part.label, _say(part.value))
            )
        start += length
    ring = format_html_join(
        "",
        '<circle class="cn-arc cn-line-{}" cx="55" cy="55" r="42" stroke-width="15" stroke-dasharray="{} {}" '
        'stroke-dashoffset="{}" transform="rotate(-90 55 55)"><title>{}</title></circle>',
        rings,
    )
    track = SafeString('<circle class="cn-track-line" cx="55" cy="55" r="42" stroke-width="15"/>')
    text = format_html('<text class="cn-strong cn-donut-middle" x="55" y="61" text-anchor="middle">{}</text>', middle)
    words = ", ".join(f"{part.label} {_say(part.value)}" for part in slices)
    picture = _picture("0 0 110 110", title, words, track + ring + text, "cn-donut")
    return format_html('<div class="cn-donut-box">{}{}</div>', picture, _legend(slices) if legend else "")


def _legend(slices: Sequence[Slice]) -> SafeString:
    items = format_html_join(
        "",
        '<li><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="cn-fill-{}" width="10" height="10" rx="2"/></svg>'
        "{} <strong>{}</strong></li>",
        ((part.colour, part.label, _say(part.value)) for part in slices),
    )
    return format_html('<ul class="cn-legend">{}</ul>', items)


def _arc(begin: float, end: float) -> str:
    """A part of the half circle around (80, 80); 0 is left, 1 is right."""
    x1, y1, x2, y2 = (
        round(80 + sign * 66 * function(pi * share), 2)
        for share in (begin, end)
        for sign, function in ((-1, cos), (-1, sin))
    )
    return f"M{x1} {y1}A66 66 0 0 1 {x2} {y2}"


def _round_scale(peak: float) -> list[float]:
    """0 and up to five round steps that reach ``peak``."""
    if peak <= 0:
        return [0, 1]
    rough = peak / 4
    power = 10 ** floor(log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough)
    return [step * index for index in range(ceil(round(peak / step, 6)) + 1)]


def _say(value: float, unit: str = "") -> str:
    """A value with as many decimals as it needs, two at most."""
    text = fmt.number(value, 2)
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text} {unit}".strip()
