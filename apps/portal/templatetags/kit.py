"""Tags of the kit: ``{% load kit %}``."""

from django import forms, template
from django.forms import BoundField
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django_filters.widgets import RangeWidget

from apps.core.live import sign_topic
from apps.portal.kit import format as fmt
from apps.portal.kit import html

register = template.Library()

register.simple_tag(html.icon)
register.simple_tag(html.badge)
register.simple_tag(html.since)
register.simple_tag(html.moment)
register.simple_tag(html.running)
register.simple_tag(fmt.duration)


@register.simple_tag
def money(amount, currency: str) -> SafeString:
    """``{% money 12.3 "EUR" %}`` → 12.30 EUR."""
    return html.quantity(fmt.DASH if amount is None else fmt.number(amount, fmt.currency_digits(currency)), currency)


@register.simple_tag
def kwh(energy_wh, digits: int = 2) -> SafeString:
    """Wh as kWh with the unit."""
    return html.quantity(fmt.kwh(energy_wh, digits), "kWh")


@register.simple_tag
def kw(power_w, digits: int = 1) -> SafeString:
    """W as kW with the unit."""
    return html.quantity(fmt.kw(power_w, digits), "kW")


@register.simple_tag
def quantity(value, unit: str, digits: int = 0) -> SafeString:
    """A number with any unit: ``{% quantity evse.voltage_v "V" %}``."""
    return html.quantity(fmt.number(value, digits), unit)


@register.filter
def or_dash(value):
    """The value, or a dash where there is none."""
    return html.dash() if value is None or value == "" else value


@register.simple_tag
def live_topic(kind: str, pk=None) -> SafeString:
    """``{% live_topic "station" station.pk %}``: the attribute by which an element is redrawn when nudged.

    The element needs ``hx-get`` and ``hx-trigger="live"``. One argument is a whole topic (``"station:12"``).
    """
    return live_topics([kind if pk is None else f"{kind}:{pk}"])


@register.simple_tag
def live_topics(topics) -> SafeString:
    """As ``live_topic`` for several whole topics."""
    signed = " ".join(sign_topic(topic) for topic in topics if topic)
    return format_html(' data-live-topic="{}"', signed) if signed else mark_safe("")


@register.simple_tag(takes_context=True)
def window_title(context) -> str:
    """What the browser calls the page: its title, and what it belongs to where the title does not say that."""
    title, crumbs = context.get("title") or "", context.get("breadcrumbs") or ()
    above = crumbs[-1].label if crumbs and crumbs[-1].label not in title else ""
    return " · ".join(part for part in (title, above, "ChargeNet") if part)


@register.simple_tag(takes_context=True)
def querystring(context, **changes) -> str:
    """The page's own query string with ``changes``; ``None`` removes a parameter. Always starts with ``?``."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag
def list_link(query: str) -> SafeString:
    """The attributes of a link within a list: a plain link that htmx turns into a swap of the list alone."""
    return format_html(
        'href="?{0}" hx-get="?{0}" hx-target="#list" hx-swap="morph:outerHTML" hx-push-url="true" '
        'hx-sync="#list:replace"',
        query.removeprefix("?"),
    )


@register.simple_tag(takes_context=True)
def sort_link(context, column) -> SafeString:
    """The attributes of a column head's link: ascending, then descending."""
    query: QueryDict = context["request"].GET.copy()
    query.pop("page", None)
    query["sort"] = str(column.order_by_alias.next)
    return list_link(query.urlencode())


@register.simple_tag
def widget(field: BoundField, compact: bool = False) -> SafeString:
    """A form field's input in the house's clothes; errors and help are announced with it."""
    if isinstance(field.field.widget, RangeWidget):
        for end, one in zip(("from", "until"), field.field.widget.widgets, strict=True):
            one.attrs["aria-label"] = f"{field.label}: {end}"
    return field.as_widget(attrs={"class": _widget_class(field, compact)})


@register.filter
def is_check(field: BoundField) -> bool:
    """Whether the label stands behind the box."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def is_choice_list(field: BoundField) -> bool:
    """Whether the field is a list of boxes with labels of their own."""
    return isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


@register.filter
def boxes(field: BoundField) -> list[dict]:
    """A choice of several as boxes to tick: ``value``, ``label``, ``ticked``. Empty for every other field."""
    if not isinstance(field.field.widget, forms.SelectMultiple):
        return []
    ticked = {str(value) for value in field.value() or ()}
    return [
        {"value": str(value), "label": label, "ticked": str(value) in ticked}
        for value, label in field.field.choices
        if str(value)
    ]


def _widget_class(field: BoundField, compact: bool) -> str:
    widget = field.field.widget
    own = widget.attrs.get("class", "")
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        base = "form-check-input"
    elif isinstance(widget, forms.Select):
        base = "form-select form-select-sm" if compact else "form-select"
    else:
        base = "form-control form-control-sm" if compact else "form-control"
    invalid = "is-invalid" if field.errors else ""
    return " ".join(part for part in (base, own, invalid) if part)


@register.simple_tag(takes_context=True)
def panel_content(context, panel: dict) -> SafeString:
    """The panel's template with the page's context and what its ``load`` gave."""
    with context.push(**panel["context"]):
        return context.template.engine.get_template(panel["template"]).render(context)
