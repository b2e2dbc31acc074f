"""Words that several pages of billing show."""

from django.utils.html import format_html

from apps.drivers.models import BillingAccount
from apps.portal.links import page_of

NO_RIGHT = "Your role may look at this, but not change it."


def account_link(account: BillingAccount):
    """The customer, leading to his page."""
    return format_html('<a href="{}">{}</a>', page_of(account), account)
