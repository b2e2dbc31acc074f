"""Small pieces of HTML that columns and template tags share."""

from datetime import datetime
from functools import cache
from pathlib import Path
from re import sub

from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from apps.portal.kit import format as fmt

_ICONS = Path(settings.BASE_DIR) / "static" / "vendor" / "tabler-icons" / "outline"
_COLOURS = frozenset(
    (
        "blue",
        "azure",
        "indigo",
        "purple",
        "pink",
        "red",
        "orange",
        "yellow",
        "lime",
        "green",
        "teal",
        "cyan",
        "secondary",
    )
)


class UnknownIcon(LookupError):
    """There is no such file in ``static/vendor/tabler-icons/outline``."""


@cache
def icon(name: str, extra_class: str = "") -> SafeString:
    """The vendored Tabler icon, inline; hidden from screen readers, because words stand beside it."""
    try:
        text = (_ICONS / f"{name}.svg").read_text()
    except OSError as error:
        raise UnknownIcon(name) from error
    shapes = text[text.index(">") + 1 : text.rindex("</svg>")]
    shapes = sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>|\s{2,}|\n', "", shapes)
    classes = f"icon {extra_class}".strip()
    return mark_safe(
        f'<svg class="{classes}" width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        f'stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">'
        f"{shapes}</svg>"
    )


def badge(value) -> SafeString:
    """A member of coloured choices as icon and label in its colour; other values as a grey label."""
    if value is None or value == "":
        return dash()
    colour = getattr(value, "colour", "secondary")
    colour = colour if colour in _COLOURS else "secondary"
    sign = icon(getattr(value, "icon", "circle"))
    return format_html('<span class="cn-badge cn-{}">{}{}</span>', colour, sign, getattr(value, "label", value))


def dash() -> SafeString:
    """What stands where there is no value."""
    return mark_safe('<span class="cn-none">–<span class="visually-hidden">none</span></span>')


def since(at: datetime | None, zone_name: str = "") -> SafeString:
    """How long ago, ticking in the browser; the moment at the place in the title."""
    if not at:  # templates hand over "" where a row on the way is missing
        return dash()
    age = fmt.duration((timezone.now() - at).total_seconds())
    return format_html(
        '<time class="cn-time" datetime="{}" title="{}" data-since>{} ago</time>',
        at.isoformat(),
        fmt.local_time_with_zone(at, zone_name),
        age,
    )


def moment(at: datetime | None, zone_name: str = "") -> SafeString:
    """The moment at the place, with its zone in the title."""
    if not at:
        return dash()
    return format_html(
        '<time class="cn-time" datetime="{}" title="{}">{}</time>',
        at.isoformat(),
        fmt.local_time_with_zone(at, zone_name),
        fmt.local_time(at, zone_name),
    )


def running(start: datetime | None) -> SafeString:
    """How long something has been going on, counting in the browser."""
    if not start:
        return dash()
    age = fmt.duration((timezone.now() - start).total_seconds())
    return format_html('<time class="cn-time" datetime="{}" data-running>{}</time>', start.isoformat(), age)


def quantity(text: str, unit: str) -> SafeString:
    """A number with its unit, or a dash."""
    if text == fmt.DASH:
        return dash()
    return format_html('<span class="cn-quantity">{}\u00a0<span class="cn-unit">{}</span></span>', text, unit)


def link(url: str, text) -> SafeString:
    """Text that leads to a page."""
    return format_html('<a href="{}">{}</a>', url, text)


def row_button(label: str, url: str, *, reason: str = "") -> SafeString:
    """What can be done with one row of a table, in a dialog; switched off with its ``reason``."""
    if reason:
        return format_html(
            '<button type="button" class="btn btn-sm cn-off" aria-disabled="true" data-reason="{1}" title="{1}">{0}'
            '<span class="visually-hidden">: {1}</span></button>',
            label, reason,
        )  # fmt: skip
    return format_html('<a class="btn btn-sm" href="{1}" hx-get="{1}" hx-target="#dialog">{0}</a>', label, url)
