"""Columns of the list of customers."""

import django_tables2 as tables

from apps.drivers.models import BillingAccount
from apps.portal.kit.columns import KitColumn, LinkColumn, MomentColumn

_NUMBER = {"th": {"class": "cn-num"}, "td": {"class": "cn-num"}}


class CustomerTable(tables.Table):
    name = LinkColumn(verbose_name="Customer")
    number = KitColumn(verbose_name="Number")
    kind = KitColumn(accessor="get_kind_display", order_by="kind")
    home_site = LinkColumn(
        verbose_name="Home site", accessor="home_site.name", url_name="portal:site", args_from=("home_site_id",),
        order_by="home_site__name", hide_on_phone=True,
    )  # fmt: skip
    drivers_count = KitColumn(verbose_name="Drivers", attrs=_NUMBER)
    pay_by = KitColumn(verbose_name="Pays by", accessor="get_pay_by_display", order_by="pay_by", hide_on_phone=True)
    email = KitColumn(verbose_name="E-mail address", hide_on_phone=True)
    closed_at = MomentColumn(verbose_name="Closed", zone="home_site.time_zone", hide_on_phone=True)

    class Meta:
        model = BillingAccount
        fields = ()
        sequence = ("name", "number", "kind", "home_site", "drivers_count", "pay_by", "email", "closed_at")
        order_by = "name"
