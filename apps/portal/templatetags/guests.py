"""What guests' pages print."""

from decimal import Decimal

from django import template
from django.forms.boundfield import BoundField

from apps.portal.kit import format as fmt

register = template.Library()


@register.simple_tag
def unit_price(price: Decimal | str) -> str:
    """A price per unit: two decimals, up to four where they say something."""
    amount = Decimal(price).normalize()
    return fmt.number(amount, min(max(2, -amount.as_tuple().exponent), 4))


@register.filter
def guest_input(field: BoundField) -> str:
    """The field with the look of the page, and its error named for screen readers."""
    attrs = {"class": "form-control form-control-lg" + (" is-invalid" if field.errors else "")}
    if field.errors:
        attrs["aria-describedby"] = f"{field.id_for_label}_error"
    return field.as_widget(attrs=attrs)
